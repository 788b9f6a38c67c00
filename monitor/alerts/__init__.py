"""Flags: what falls due in a case, raising and withdrawing flags, who is told."""
