"""Parts: a view model in, Dash components out. Nothing is computed here."""
