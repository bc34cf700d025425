"""The words of a notebook's own: names of figures, heads of tables, words in charts.

A name claims nothing: no direction, superlative, comparison or cause, and a number in it is one of
the window that it is over. Words in a chart are axis words, names, labels of facts, or a person
vouches for them; a figure there is that of a fact.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from reportgen.core.facts import Fact
from reportgen.record.own import Word
from reportgen.verify.ticks import is_tick
from reportgen.verify.unvouchable import objections
from reportgen.verify.vocabulary import CONNECTING, DIGIT, MONTHS, SHORT_MONTHS, WEEKDAYS, WORD

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
LISTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
AXIS = frozenset(LISTS["axis"].split())
"""What the axis, the legend or the subtitle of a chart may say without a person who vouches."""
UNTOLD = (
    "a figure in a chart that no fact of its section has; record it by desk.stat, or name its"
    " facts: desk.show(chart, facts=[...])"
)
COUNTED = "Count of Records"
"""What Vega-Lite calls an axis that counts."""
CLAIMED = ("a direction", "a superlative", "a comparison", "a cause", "a claim")
NOUNS = frozenset(LISTS["nouns"].split())
"""Words that a head may have as the name of a quantity, where a sentence would claim something."""

BearsOut = Callable[[str, Fact], bool]


def of_label(fact: Fact, names: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the label of a fact, each word with the reason."""
    yield from of_name(fact.label, (fact.window,), names)


def of_name(
    text: str, windows: tuple[str, ...], names: re.Pattern[str]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a name: it claims something, or has a number that is not its window's."""
    left = names.sub(" ", text)
    known = {number for window in windows for number in NUMBER.findall(window)}
    for number in NUMBER.findall(left):
        if number not in known:
            shown = " or ".join(sorted(repr(window) for window in windows)) or "none"
            yield number, f"a number that is not in its window, {shown}; name it there"
    for objection in objections(DIGIT.sub(" ", left)):
        if objection.what in CLAIMED and objection.word.lower() not in NOUNS:
            yield objection.word, f"{objection.what}, which a name cannot say"


class Judge:
    """Judges the words of one record's charts."""

    def __init__(
        self,
        facts: Mapping[str, Fact],
        vouched: Mapping[str, str],
        names: re.Pattern[str],
        bears_out: BearsOut,
    ) -> None:
        self.facts = facts
        self.vouched = sorted(vouched, key=len, reverse=True)
        self.names = names
        self.bears_out = bears_out

    def __call__(self, word: Word) -> Iterator[tuple[str, str]]:
        """What is wrong with *word*, each part with the reason."""
        if word.free:
            yield from of_name(word.text, word.windows, self.names)
            return
        if not word.figure and is_tick(word.text):
            return
        facts = [self.facts[id] for id in word.facts if id in self.facts]
        if any(self.bears_out(word.text, fact) for fact in facts):
            return
        left = self._unnamed(word.text, facts)
        for number in NUMBER.findall(left):
            yield number, UNTOLD
        for objection in objections(DIGIT.sub(" ", left)):
            if objection.what in CLAIMED and objection.word.lower() not in NOUNS:
                yield objection.word, f"{objection.what}, which no person can vouch for"
        for found in WORD.findall(_without(left, self.vouched)):
            if not self._known(found):
                hint = f'desk.vouch("{word.text}", by="NAME")'
                yield found, f"nobody has vouched for this word of a chart: {hint}"
                return

    def _unnamed(self, text: str, facts: list[Fact]) -> str:
        """*text* without names of instruments and the labels of its facts."""
        labels = sorted((fact.label for fact in facts if fact.label), key=len, reverse=True)
        return self.names.sub(" ", _without(text, labels).replace(COUNTED, " "))

    def _known(self, found: str) -> bool:
        """Whether anybody may say that word beside an axis."""
        bare = found.lower().removesuffix("'s")
        days = (*WEEKDAYS, *MONTHS, *(name.rstrip(".") for name in SHORT_MONTHS))
        return bare in AXIS | NOUNS or bare in CONNECTING or bare.capitalize() in days


def _without(text: str, known: Iterable[str]) -> str:
    """*text* without the phrases that are *known*, whatever their letters' size."""
    for one in known:
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return text
