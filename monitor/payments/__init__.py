"""Money: what is held against what, and what a driver is given to pay by."""
