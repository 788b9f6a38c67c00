"""Pages: each offers PATH, TITLE_KEY, layout and register; the shell finds it by its module."""
