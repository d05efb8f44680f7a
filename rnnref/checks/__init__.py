"""What arguments must be: shapes by letter, settings, class numbers."""
