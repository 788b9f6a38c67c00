"""Rows of any file become events by one mechanism: a YAML page per format."""
