"""Pages that people look at: the board, the cases, the data behind them, and the page they record on."""
