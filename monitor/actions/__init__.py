"""Every write that a person makes, one function each."""
