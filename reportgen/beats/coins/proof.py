"""Why a claim about the price of a coin is false."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal, same

KINDS = ("crypto_level", "crypto_day")


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    A coin is priced at the moment of the brief, if its price then and at the last close before
    today's are known. Otherwise its figures are those of UTC days, as over any longer window.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    symbol, value = claim["instrument"], claim["value"]
    if claim["kind"] == "crypto_day":
        return equal(value, rows.utc_day.isoformat())
    since = rows.price_if_known(symbol, rows.anchor)
    priced = claim["window"] == "day" and since is not None
    price = rows.price_if_known(symbol, rows.at) if priced else None
    if isinstance(value, str):
        # It is the UTC day that was over, or the close that the change is
        # measured from.
        return equal(
            value[:10],
            (rows.utc_day if price is None else rows.anchor.date()).isoformat(),
        )
    return same(value, rows.closes(symbol)[1][-1] if price is None else price)
