"""Why a claim about a basket is false: its name, its members, its decliners."""

from __future__ import annotations

from reportgen.verify.rows import Claim, Rows, equal

KINDS = ("basket",)


def objection(claim: Claim, rows: Rows) -> str | None:
    """Why *claim* is false.

    Args:
        claim: A claim as in a brief.json.
        rows: The raw rows up to the session.

    Returns:
        The reason, None where the claim is true.
    """
    key, name = claim["fact"].split(".", 1)
    changes = rows.basket(key)
    truth = {
        "name": rows.baskets[key]["name"],
        "members": len(changes),
        "decliners": sum(change < 0 for change in changes),
    }
    return equal(claim["value"], truth[name]) or _other_members(claim, rows.members(key))


def _other_members(claim: Claim, members: list[str]) -> str | None:
    """Why the basket was computed from other members than it has, None where it was not."""
    said = claim.get("evidence", {}).get("members", members)
    if sorted(said) == sorted(members):
        return None
    return f"it was computed from {', '.join(said)}; its members are {', '.join(members)}"
