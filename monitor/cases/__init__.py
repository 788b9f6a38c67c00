"""The life of a case: activities, events, the fold, clocks, branches, limits. Pure: no database."""
