"""Stories ask: no threshold, count or list of kinds of news is in a template."""

import re
from pathlib import Path

import pytest

from reportgen.beats import beats, shipped_limits

ROOT = Path(__file__).parents[2]
SHIPPED = [*(ROOT / "templates" / "story").rglob("*.j2"), *ROOT.glob("reports/*/story.j2")]
TEXTS = {
    path.relative_to(ROOT).as_posix(): re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    for path in sorted(SHIPPED)
}
OWNERS = {kind: beat.name for beat in beats() for kind in (beat.name, *beat.kinds)}
NUMBER = r"-?\d+(?:\.\d+)?"
COMPARED = re.compile(
    rf"([\w.]*)(?: \| \w+)* *(?:[<>]=?|[=!]=) *({NUMBER})|\"(?:lt|gt|le|ge)\", *({NUMBER})"
)
COUNTED = re.compile(rf"\[[^\[\]:]*:({NUMBER})\]|\bin \(({NUMBER})|\bwidest\(.*?, ({NUMBER})\)")
FORMS = ("n", "b", "loop.index", "loop.revindex")
"""What numbers may be compared with: the form of a sentence, and the place in a list of words."""
OTHERS = (
    r'voices\("\w+"\)|"\w+" (?:not )?in (?:charts|under)|\w+="\w+"|says\((?:(?!\.kind)[^()])*\)'
)
"""What else is in quotation marks: topics, pictures, windows and words."""


def thresholds(text):
    """The numbers but 0 and 1, which make singular and plural, that *text* compares with."""
    found = [(left, a or b) for left, a, b in COMPARED.findall(text) if a or b if left not in FORMS]
    found += [("", next(filter(None, groups))) for groups in COUNTED.findall(text)]
    return [(left, number) for left, number in found if number not in ("0", "1", "-1")]


@pytest.mark.parametrize("name", TEXTS)
def test_a_story_has_no_threshold(name):
    """It asks: limits.session.still. A desk then changes it in one file."""
    assert thresholds(TEXTS[name]) == []


@pytest.mark.parametrize("name", TEXTS)
def test_a_story_names_no_family_but_its_own(name):
    """Nor their kinds of news. It asks others for what they found: sectors.funds, plan.groups."""
    quoted = re.findall(r'"(\w+)"', re.sub(OTHERS, "", TEXTS[name]))
    family = Path(name).stem
    assert [kind for kind in quoted if OWNERS.get(kind, family) != family] == []


@pytest.mark.parametrize(
    "text",
    [
        "{% if f.change.number | abs >= 0.05 %}",
        '{{ list | selectattr("change.number", "lt", -0.02) }}',
        "{% if run.length.number > 4 %}",
        "{% for f in list[:3] %}",
        "{% if funds.rising.number not in (5, 6) %}",
        '{{ widest(every("mover"), 8) }}',
        "{% if movers | length >= 3 %}",
    ],
)
def test_a_threshold_would_be_found(text):
    """In each way in which stories had one."""
    assert thresholds(text)


def test_every_limit_is_asked_for():
    """By a template or by the teller; a desk that changes one changes a brief."""
    asked = "\n".join([*TEXTS.values(), *map(Path.read_text, ROOT.glob("reportgen/story/*.py"))])
    idle = [
        f"{name}.{limit}"
        for name, limits in shipped_limits().items()
        for limit in limits
        if not re.search(rf'limits\.{name}\.{limit}\b|"{name}"\]\["{limit}"\]', asked)
    ]
    assert [name for name in idle if not name.startswith("windows.apart_")] == []


STORIES = sorted(ROOT.glob("reports/*/story.j2"))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.parent.name)
def test_a_shipped_story_fits_on_a_screen(path):
    """Parts say the rest."""
    lines = [line for line in path.read_text().splitlines() if line]
    assert len(lines) <= 50
