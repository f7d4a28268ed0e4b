"""What provkg promises, one file per behaviour."""
