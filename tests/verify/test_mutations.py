"""Every false variant of a finished narrative is caught, and no true narrative is."""

import collections
from functools import cache

import pytest
from mutations import DATES, Mutation, Mutator, told

from reportgen.verify.factcheck import FactCheck

pytestmark = pytest.mark.slow

KINDS = ("digit", "sign", "verb", "hedge", "unit", "date", "name", "superlative")
PLAIN = ("claim",)
"""Beyond the eight classes: plain words that claim something else, and figures of another fact."""


@cache
def mutants() -> list[Mutation]:
    """All mutations of the narratives of four moments of the sample market."""
    return [mutation for as_of in DATES for mutation in Mutator(as_of).all()]


@cache
def survivors(kind: str) -> list[str]:
    """The mutations of a class in which the check sees nothing wrong,
    neither in their line nor in the whole narrative."""
    checks = {id(told(as_of)[1]): FactCheck(told(as_of)[0]) for as_of in DATES}
    found = []
    for mutation in (m for m in mutants() if m.kind == kind):
        check = checks[id(mutation.story)]
        if not list(check.line(mutation.where, mutation.new)) and not check.narrative(
            mutation.narrative
        ):
            found.append(str(mutation))
    return found


@pytest.mark.parametrize("as_of", DATES)
def test_a_narrative_as_told_passes(as_of):
    """What the templates tell of each moment is borne out by its record."""
    record, story = told(as_of)
    assert [str(check) for check in FactCheck(record).narrative(story)] == []


@pytest.mark.parametrize("kind", [*KINDS, *PLAIN])
def test_every_mutation_is_caught(kind):
    """A narrative with one false thing in it fails, whatever the class of the false thing."""
    left = survivors(kind)
    assert not left, f"{len(left)} mutations of class '{kind}' survive:\n" + "\n".join(left[:400])


def test_each_class_has_at_least_twenty_mutations_of_each_moment():
    """The classes are all there, at each of the four moments,
    and together are far more than three hundred."""
    for as_of in DATES[:2]:
        counts = collections.Counter(m.kind for m in mutants() if m.story is told(as_of)[1])
        assert all(counts[kind] >= 20 for kind in KINDS), counts
        assert sum(counts[kind] for kind in KINDS) >= 300


def test_no_mutation_leaves_its_line_as_it_was():
    """Each mutation changes what a reader sees, or which fact it rests on."""
    assert [str(m) for m in mutants() if m.new == m.old or m.narrative == m.story] == []
