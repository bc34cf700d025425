"""Raw values as a newspaper prints them. Rounding is half up, once, on the unrounded value."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

MINUS = "\N{MINUS SIGN}"
WHOLE = 100
"""The percentage from which on no decimal is printed."""
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
)


def decimal(value: float) -> Decimal:
    """*value* as the Decimal of its shortest text, so that 0.285 is not 0.28499999."""
    return Decimal(repr(float(value)))


def rounded(value: Decimal, places: int) -> Decimal:
    """*value* with that many decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def plain(value: Decimal, places: int) -> str:
    """Grouped digits, "2,225.43"; a zero never carries a minus."""
    number = rounded(value, places)
    return f"{abs(number) if number == 0 else number:,}"


def percent(value: float) -> str:
    """The size of a fraction as a percentage: "8.9%", "2%", "less than 0.1%"; whole from 100 on."""
    size = abs(decimal(value)) * 100
    if 0 < size < Decimal("0.05"):
        return "less than 0.1%"
    if size >= WHOLE:
        return f"{rounded(size, 0)}%"
    return f"{trimmed(rounded(size, 1))}%"


def percent_near(value: float, line: float) -> str:
    """As :func:`percent`, with as many decimals as keep the figure on its own side of *line*."""
    size = abs(decimal(value)) * 100
    if size < Decimal("0.05"):
        return percent(value)
    return f"{trimmed(rounded(size, places_near(value, line)))}%"


def places_near(value: float, line: float) -> int:
    """How many decimals, at least one, keep a percentage on its own side of *line*."""
    size, edge = abs(decimal(value)) * 100, abs(decimal(line)) * 100
    places = 1
    while places < 6 and (rounded(size, places) >= edge) != (size >= edge):
        places += 1
    return places


def hedged_percent(value: float) -> str:
    """The size of a fraction with the hedge that is true of it.

    "nearly 11%", "more than 8%", "10%", "23%".
    """
    size = abs(decimal(value)) * 100
    if size < 1:
        return percent(value)
    return f"{hedged(size)}%"


def hedged(size: Decimal) -> str:
    """A figure of at least 1 on the grid of whole numbers, hedged.

    Nearly, just over, more than, or bare.
    """
    below = size.to_integral_value(ROUND_FLOOR)
    over, under = size - below, below + 1 - size
    if rounded(size, 1) == rounded(size, 0):
        return f"{rounded(size, 0)}"
    if under <= Decimal("0.2"):
        return f"nearly {below + 1}"
    if over <= Decimal("0.1"):
        return f"just over {below}"
    if size >= 10 and over <= Decimal("0.5"):
        return f"{below}"
    if over <= Decimal("0.6"):
        return f"more than {below}"
    return f"{rounded(size, 1)}" if size < 10 else f"{rounded(size, 0)}"


def probability(value: float) -> str:
    """A chance on the grid of five where it is at least half.

    "nearly 95%", "more than 95%"; else whole: "42%".
    """
    size = decimal(value) * 100
    if size < 1:
        return "less than 1%"
    if rounded(size, 1) > 99:
        return "more than 99%"
    below = size // 5 * 5
    over, under = size - below, below + 5 - size
    if min(over, under) < Decimal("0.05"):
        return f"{rounded(size, 0)}%"
    if below >= 50 and under <= 1 and below + 5 < 100:
        return f"nearly {rounded(below + 5, 0)}%"
    if below >= 50 and over <= 3:
        return f"more than {rounded(below, 0)}%"
    return f"{rounded(size, 0)}%"


def near_thousand(value: float) -> tuple[str, str]:
    """The nearest thousand with its hedge, if that is within half a percent: "about ", "94,000".

    Else the nearest hundred, or ten; where none is near, the whole number, without one.
    """
    price = decimal(value)
    for step in (1000, 100, 10):
        near = (price / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
        if near and abs(price - near) <= price * Decimal("0.005"):
            return ("" if price == near else "about "), f"{near:,}"
    return "", plain(price, 0)


def points(value: float) -> str:
    """A difference of index levels, its size: "28 points" from ten on, "1.32 points" below."""
    size = abs(decimal(value))
    text = plain(size, 0 if size >= 10 else 2)
    return f"{text} point" if text in ("1", "1.00") else f"{text} points"


def exact_points(value: float, places: int = 2) -> str:
    """A difference of index levels, its size to 0.01: "99.09 points", "1.00 points"."""
    return f"{plain(abs(decimal(value)), places)} points"


def signed_points(value: float, places: int = 2) -> str:
    """The same for a table, with its sign: "+99.09"; a zero without one."""
    size = rounded(decimal(value), places)
    sign = "+" if size > 0 else MINUS
    return f"{abs(size)}" if size == 0 else f"{sign}{plain(abs(size), places)}"


def percentage_points(value: float) -> str:
    """A difference of percentages, its size: whole from ten on, else to 0.1."""
    size = abs(decimal(value)) * 100
    text = f"{rounded(size, 0)}" if size >= 10 else trimmed(rounded(size, 1))
    return f"{text} percentage point" + ("" if text == "1" else "s")


def in_percent(value: float, places: int) -> str:
    """The size of a fraction in percent with so many decimals: "3.57"."""
    return f"{rounded(abs(decimal(value)) * 100, places)}"


def basis_points(value: float) -> str:
    """A difference of rates, its size in whole basis points: "5 basis points"."""
    count = rounded(abs(decimal(value)) * 10000, 0)
    return f"{count} basis point" + ("" if count == 1 else "s")


def rate(value: float) -> str:
    """A yield or a rate to 0.01 percent: "4.67%"."""
    return f"{rounded(decimal(value) * 100, 2)}%"


def signed(value: float, places: int = 1) -> str:
    """A change for a table: sign, true minus, fixed decimals; a zero without a sign."""
    size = rounded(decimal(value) * 100, places)
    if size == 0:
        return f"{abs(size)}%"
    return f"{'+' if size > 0 else MINUS}{abs(size)}%"


def signed_bp(value: float) -> str:
    """A change of a yield for a table, in basis points with its sign: "+5 bp"."""
    size = rounded(decimal(value) * 10000, 0)
    return "0 bp" if size == 0 else f"{'+' if size > 0 else MINUS}{abs(size)} bp"


def with_sign(amount: str, value: float) -> str:
    """The *amount* that a change of *value* is printed as, with its sign; a zero without one."""
    if not any(digit in amount for digit in "123456789"):
        return amount
    return f"{'+' if value > 0 else MINUS}{amount}"


def article(figure: str) -> str:
    """The article before a figure read aloud.

    "an" before 8, 11, 18 and what begins with them, and before "eighth", else "a".
    """
    if figure.startswith("eigh"):
        return "an"
    whole = "".join(c for c in figure.split(".", maxsplit=1)[0] if c.isdigit())
    return (
        "an"
        if whole.startswith("8") or (whole[:2] in ("11", "18") and len(whole) in (2, 5))
        else "a"
    )


def count(value: float) -> str:
    """A count in words up to nine."""
    number = int(value)
    return WORDS[number] if 0 <= number < len(WORDS) else f"{number:,}"


def ordinal(value: float) -> str:
    """A rank in words up to nine, then "10th"."""
    number = int(value)
    if number < len(ORDINALS):
        return ORDINALS[number]
    suffix = (
        "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{suffix}"


def trimmed(number: Decimal | str) -> str:
    """*number* without zeros at the end of its decimals."""
    text = f"{number}"
    return text.rstrip("0").rstrip(".") if "." in text else text
