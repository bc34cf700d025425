"""A headline in a person's words, read as a claim.

:mod:`reportgen.verify.grammar` says what the headline claims, and
:mod:`reportgen.verify.verdicts` whether that is true. What no fact bears out is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reportgen.core.errors import EditError
from reportgen.story.citations import Run, Runs
from reportgen.verify.bearing import NOTHING, Refused
from reportgen.verify.currencies import READ
from reportgen.verify.factcheck import FactCheck, credited
from reportgen.verify.grammar import Reader, Span, Unread
from reportgen.verify.verdicts import Verdicts

LINK = r"\b(?:after|amid|as|because(?: of)?|due to|following|thanks to)"
BEGINS = re.compile(rf"(?:{LINK}|on|over) (?:an? |the )?(?P<clause>.+)", re.IGNORECASE)
"""Unread words that begin as a cause does."""
FOLLOWS = re.compile(rf"{LINK} (?P<of>[^,;:]*)$", re.IGNORECASE)
"""What was read of a cause before the words that were not."""
ODD = re.compile(r"[^A-Za-z0-9 .,;:%&'\u2019+\u2212\u2013\u2014/-]")
"""What no headline needs, unless a name or a sign of money has it."""


def cited(words: str, check: FactCheck) -> Runs:
    """*words* as runs that the fact check bears out.

    Raises:
        EditError: It names what nothing bears out.
    """
    known = "".join((*check.subjects, *READ["signs"]))
    if odd := ODD.search(words.translate(dict.fromkeys(map(ord, known)))):
        raise EditError(
            f"The headline has {odd[0]!r}, which no headline needs; write plain words.",
            subject=words,
        )
    claimed, cause = _cause(words, check)
    judge = Verdicts(claimed, check)
    try:
        claims = Reader(claimed, check.subjects, tuple(judge.events)).claims()
    except Unread as unread:
        raise EditError(_unread(words, unread.place, check), subject=words) from unread
    for claim in claims:
        try:
            judge.claim(claim)
        except Refused as refused:
            start, end = refused.span
            whose = words[slice(*refused.whose.span)] if refused.whose else ""
            of = f" of {whose}" if whose and refused.why.startswith(NOTHING) else ""
            raise EditError(
                f"The headline says '{words[start:end].strip()}'{of}, {refused.why}.",
                subject=words,
            ) from refused
    runs = (*_runs(claimed, judge.cites), *cause)
    objections = list(check.line("title", runs))
    if objections:
        reasons = "; ".join(f"'{each.words}': {each.reason}" for each in objections)
        raise EditError(f"The headline '{words}' is not borne out: {reasons}.", subject=words)
    return runs


def _cause(words: str, check: FactCheck) -> tuple[str, Runs]:
    """*words* without a driver's clause at their end, and the clause with its speaker.

    "as Fed signals fewer cuts, strategist says" is the person's to say.
    """
    for item in check.record.commentary.values():
        clause = item.get("clause", "")
        for credit in sorted(credited(item)) if clause else ():
            tail = f" as {clause}, {credit}"
            if words.endswith(tail):
                runs = Run(" as "), Run(clause, item["id"]), Run(", "), Run(credit, item["id"])
                return words.removesuffix(tail), runs
    return words, ()


def _unread(words: str, place: int, check: FactCheck) -> str:
    """What is said of words that the grammar cannot read, from *place* on."""
    rest = words[place:].strip(" ,;:")
    if not rest:
        return f"The headline '{words}' ends before it says what moved, and which way."
    rest = re.split(r"(?<=\w)[,;:] ", rest)[0]
    if clause := _clause(words[:place], rest):
        return (
            f"The headline says '{rest}', {NOTHING}. An event has to be a fact of the brief;"
            " a cause is that of a person who names it: reportgen voice add BRIEF --driver"
            f' --by NAME --says TEXT --clause "{clause}".'
        )
    name = re.match(r"(?:[A-Z][\w.'\u2019-]*)(?: [A-Z][\w.'\u2019-]*)*", rest)
    if name and not any(map(rest.lower().startswith, check.subjects)):
        return (
            f"The headline says '{rest}'; '{name[0]}' is no instrument of this brief,"
            " and no claim that a fact can bear out."
        )
    return (
        f"The headline says '{rest}', {NOTHING}; say who moved, which way and how far,"
        " with nothing that no fact says."
    )


def _clause(read: str, rest: str) -> str:
    """The words of a cause that ends in *rest*, without "as" or "after"; "" for no cause."""
    if begins := BEGINS.match(rest):
        return begins["clause"]
    follows = FOLLOWS.search(read)
    return f"{follows['of']}{rest}" if follows else ""


def _runs(words: str, cites: Mapping[Span, str]) -> Iterator[Run]:
    place = 0
    for (start, end), ref in sorted(cites.items()):
        if start > place:
            yield Run(words[place:start])
        yield Run(words[start:end], ref)
        place = end
    if place < len(words):
        yield Run(words[place:])
