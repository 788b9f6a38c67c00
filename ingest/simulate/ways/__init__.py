"""What the county tells by other ways than ledgers: weighings, an event log, a database view, pushes."""
