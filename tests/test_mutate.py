"""Mutants: how they are found and chosen, and whether a test that sees one kills it."""

from __future__ import annotations

import mutate
import pytest
from mutate import Bench, Copy, Source


def found(tmp_path, rule, *lines):
    """What *rule* changes in a file of those *lines*: the line, and its new text."""
    (tmp_path / "rules.py").write_text("\n".join([*lines, ""]))
    source = Source(tmp_path, "rules.py")
    return [
        one.applied(source.bytes).decode().splitlines()[one.line - 1].strip()
        for one in rule(source)
    ]


def test_there_are_bounds_and_lines_enough():
    """Sixty of the checks and twenty of delivery, of each file some, no two of one line."""
    bounds = mutate.found(mutate.ROOT, mutate.CHECKS, mutate.bounds)
    lines = mutate.found(mutate.ROOT, mutate.DELIVERY, mutate.lines)
    for every, wanted in ((bounds, mutate.BOUNDS), (lines, mutate.LINES)):
        chosen = mutate.chosen(every, wanted)
        assert len({(one.path, one.line) for one in chosen}) == wanted
        assert {one.path for one in chosen} == {one.path for one in every}
        assert chosen == mutate.chosen(every, wanted)


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("LEAST = 3", ["LEAST = 4", "LEAST = 2"]),
        ("DAYS = 250", ["DAYS = 275", "DAYS = 225"]),
        ("FAR = 0.5", ["FAR = 0.55", "FAR = 0.45"]),
        ("TINY = 1e-9", []),
        ("far = lambda x: x > 0.5", ["far = lambda x: x > 0.55", "far = lambda x: x > 0.45"]),
        ("SIGN = 1 if UP else -1", []),
        ("DOWN, LEAST = -1, -2", ["DOWN, LEAST = -1, -3", "DOWN, LEAST = -1, -1"]),
        ("far = lambda x: x > LEAST", ["far = lambda x: x >= LEAST"]),
        ("last = rows[-1]", []),
        ("known = {1} <= numbers", ["known = {2} <= numbers", "known = {0} <= numbers"]),
        ("print(f'{size:.2f}, at most {5}')", []),
    ],
)
def test_a_bound_is_a_number_or_a_comparison(tmp_path, line, changed):
    """No place in a list, nothing for errors of rounding, and no words."""
    assert found(tmp_path, mutate.bounds, line) == changed


def test_a_line_is_left_out_or_says_the_opposite(tmp_path):
    """A raise, a call and a guard are left out, a condition is negated."""
    told = found(
        tmp_path,
        mutate.lines,
        "def send(letter):",
        "    if not letter:",
        "        raise ValueError",
        "    server.send(letter)",
        "    server.close()",
    )
    assert told == ["if (not (not letter)):", "pass", "pass", "pass"]


@pytest.fixture
def checkout(tmp_path):
    """A checkout with one rule, a test of one of its two bounds, and one of another room."""
    files = {
        "reportgen/__init__.py": "",
        "reportgen/rooms/rules.py": "def fits(size):\n    return 3 < size < 9\n",
        "tests/rooms/test_rules.py": "from reportgen.rooms.rules import fits\n\n\n"
        "def test_three_is_too_small():\n    assert fits(4)\n    assert not fits(3)\n",
        "tests/others/test_others.py": "def test_nothing():\n    pass\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_the_nearest_tests_are_those_of_the_room(checkout):
    """First those that import the file; what makes a brief comes last."""
    (checkout / "tests/rooms/test_more.py").write_text("def test_it():\n    pass\n")
    (checkout / "tests/rooms/test_brief.py").write_text("def test_it(sample_brief):\n    pass\n")
    (checkout / "tests/conftest.py").write_text("def sample_brief():\n    pass\n")
    rules, more, brief = (f"tests/rooms/test_{name}.py" for name in ("rules", "more", "brief"))
    assert mutate.nearest(checkout, "reportgen/rooms/rules.py") == [[rules, more], [brief]]
    assert mutate.nearest(checkout, "reportgen/rooms/other.py") == [[more, rules], [brief]]


@pytest.mark.slow
def test_a_mutant_that_a_test_sees_is_killed_and_another_survives(checkout):
    """The lower bound has a test on both sides, the upper one has none; the checkout stays."""
    mutants = mutate.found(checkout, ["rooms/*.py"], mutate.bounds)
    strict = [one for one in mutants if one.what.startswith("<")]
    killed, survived = Bench(checkout, 1).judged(strict)
    assert (killed.killer, survived.killer) == ("tests/rooms/test_rules.py", None)
    assert str(killed).endswith("< is <=: 3 < size < 9, by test_rules.py")
    assert str(survived).startswith("SURVIVED")
    source = (checkout / "reportgen/rooms/rules.py").read_text()
    assert source == "def fits(size):\n    return 3 < size < 9\n"


@pytest.mark.slow
def test_tests_that_hang_are_stopped(checkout, tmp_path, monkeypatch):
    """An endless loop is seen."""
    monkeypatch.setattr(mutate, "LONGEST", 2)
    loop = "def test_it():\n    while True:\n        pass\n"
    (checkout / "tests/rooms/test_rules.py").write_text(loop)
    copy = Copy.of(checkout, tmp_path / "copy")
    assert copy.failing(["tests/rooms/test_rules.py"]) == "tests/rooms/test_rules.py"


@pytest.mark.slow
def test_a_test_that_fails_anyhow_ends_the_run(checkout):
    """It says nothing of a mutant."""
    (checkout / "tests/rooms/test_rules.py").write_text("def test_it():\n    assert False\n")
    mutants = mutate.found(checkout, ["rooms/*.py"], mutate.bounds)
    with pytest.raises(SystemExit, match=r"unchanged code, tests/rooms/test_rules\.py fails"):
        list(Bench(checkout, 1).judged(mutants[:1]))
