"""What a script of a page reads: data as JSON, in a form that can stand inside HTML."""

import json


def embedded(data):
    """Return data as a script element; no text in it can end the element early."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json">{text}</script>'
