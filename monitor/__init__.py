"""Fangxing (放行): cases of highway overload inspection stations, from detection to release."""
