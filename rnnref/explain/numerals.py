"""Numbers as readers see them: rounded, a true minus sign, no negative zero."""

import math

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed(value, fmt=".2f"):
    """Write a number by a format such as .2f, g or d.

    Raises
    ------
    ValueError
        If it is infinite or not a number.
    """
    if not math.isfinite(value):
        raise ValueError(f"the number is {value}, so there is nothing to print")
    text = format(value, fmt)
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def power(exponent):
    """Write a power of ten, such as 10⁻⁸."""
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def scientific(value, digits=1):
    """Write a positive number with a power of ten: 3.0 × 10⁻⁸."""
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa} × {power(int(exponent))}"
