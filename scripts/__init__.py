"""Glue between the pages, `rnnref` and the site; run a command as `python scripts/<name>.py`."""
