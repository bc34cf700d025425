"""Text with citations: marks that survive a template, and the runs between them.

A filter wraps what it prints as START + reference + MIDDLE + text + END, with
private-use characters that no source text contains. The reference is a fact id,
"@SYMBOL" for a name, the id of a commentary item, "sources" or "report" for
what the data's sources or the report are called, "own" for words of the notebook.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

START, MIDDLE, END = "\ue000", "\ue001", "\ue002"
NOTEBOOK = "notebook"
"""The reference of words that a notebook without a story shows, and nobody checks."""
MARK = re.compile(f"{START}([^{MIDDLE}]*){MIDDLE}([^{END}]*){END}")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text.

    ``ref`` names the fact, name or statement it rests on; "" for plain words. The words of a
    notebook without a story have a form: ``mark`` is "strong", "em" or "code", ``link`` an address.
    """

    text: str
    ref: str = ""
    mark: str = ""
    link: str = ""

    @property
    def is_fact(self) -> bool:
        """Whether the run states a fact."""
        return (
            bool(self.ref)
            and self.ref not in ("sources", "report", "own", NOTEBOOK)
            and not self.ref.startswith(("@", "commentary."))
        )


Runs = tuple[Run, ...]


def cite(ref: str, text: str) -> str:
    """*text* marked as resting on *ref*."""
    return f"{START}{ref}{MIDDLE}{clean(text)}{END}"


def clean(text: str) -> str:
    """*text* without our marks and control characters, white space folded.

    It cannot break out of its run.
    """
    if text.isprintable():  # as most is: none of our marks are, and no control character
        return " ".join(text.split())

    def kept(letter: str) -> bool:
        marks = START <= letter <= END
        return letter.isspace() or (letter.isprintable() and not marks)

    return " ".join("".join(filter(kept, text)).split())


def split(marked: str) -> Runs:
    """The runs of a marked line, its white space folded."""
    folded = re.sub(r"[ \t\n]+", " ", marked).strip()
    runs: list[Run] = []
    place = 0
    for match in MARK.finditer(folded):
        if match.start() > place:
            runs.append(Run(folded[place : match.start()]))
        runs.append(Run(match[2], match[1]))
        place = match.end()
    if place < len(folded):
        runs.append(Run(folded[place:]))
    return tuple(runs)


def facts_of(marked: str) -> list[str]:
    """The facts that a marked text states, in its order."""
    return [run.ref for run in split(marked) if run.is_fact]


def text_of(runs: Iterable[Run]) -> str:
    """The plain text of runs."""
    return "".join(run.text for run in runs)


CLAUSE, PHRASE = re.compile(r"[,;:] | as | but | and "), re.compile(r" in | on | after | since ")
"""Where a headline may end, the better places first."""


def shortened(runs: Runs, most: int) -> Runs:
    """*runs* cut at the last clause, or else phrase, or else word, within *most* letters."""
    text = text_of(runs)
    if len(text) <= most:
        return runs
    if any(run.ref.startswith("commentary.") for run in runs):
        return shortened(_unexplained(runs), most)
    for cut in (CLAUSE, PHRASE):
        ends = [found.start() for found in cut.finditer(text) if found.start() <= most]
        if ends:
            return upto(runs, ends[-1])
    return upto(runs, text.rfind(" ", 0, most + 1))


def _unexplained(runs: Runs) -> Runs:
    """*runs* without the cause that a person names: the words and the name go together."""
    before = tuple(itertools.takewhile(lambda run: not run.ref.startswith("commentary."), runs))
    return upto(before, text_of(before).rstrip().rfind(" "))


def upto(runs: Runs, end: int) -> Runs:
    """The first *end* letters of *runs*."""
    kept: list[Run] = []
    for run in runs:
        if end > 0:
            kept.append(replace(run, text=run.text[:end]))
            end -= len(run.text)
    return tuple(kept)


def capitalise(marked: str) -> str:
    """A text with its first visible letter in upper case."""
    match = re.match(
        f"(\\s*(?:{START}[^{MIDDLE}]*{MIDDLE})?)(.)(.*)",
        marked,
        re.DOTALL,
    )
    return marked if match is None else match[1] + match[2].upper() + match[3]


def sentences(runs: Runs) -> list[Runs]:
    """The runs of each sentence.

    Split at a full stop in plain words that a space and a new start follow.
    """
    found: list[list[Run]] = [[]]
    for run in runs:
        if run.ref:
            found[-1].append(run)
            continue
        pieces = re.split(r"(?<=[.?!])(?<!U\.S\.) (?=\S|$)", run.text)
        for i, piece in enumerate(pieces):
            if i:
                found.append([])
            if piece:
                found[-1].append(Run(piece))
    return [tuple(sentence) for sentence in found if text_of(sentence).strip()]
