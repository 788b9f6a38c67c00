"""Numbers as programs write them, told as people write them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation


def plain_number(text: str) -> str:
    """A number without an exponent: Java writes 12345678.9 as 1.23456789E7. What is no number, or has more
    digits than any measure has, stays as it is."""
    if "e" not in text and "E" not in text:
        return text
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return text
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) < 30 else text
