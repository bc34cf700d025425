"""The bytes of a brief do not depend on the version of Python."""

from __future__ import annotations

import builtins
import sys

import inprocess
import pytest

from reportgen.beats import measure
from reportgen.config.settings import Settings
from reportgen.produce import telling


def test_parts_of_a_score_that_cancel_leave_no_negative_zero():
    """Whatever is left of them by rounding."""
    assert str(measure._sum({"one": -0.1, "two": -0.2, "three": 0.3})) == "0.0"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("report", "as_of"), [("daily-recap", "2025-01-08"), ("weekly-recap", "2025-01-03")]
)
def test_no_builtin_sum_of_floats_goes_into_a_brief(monkeypatch, report, as_of):
    """Python 3.12 and later round it in another way; ``math.fsum`` is the same in all."""
    added, seen = builtins.sum, []

    def watched(values, /, start=0):
        values = list(values)
        if any(isinstance(value, float) for value in values):
            seen.append(sys._getframe(1).f_globals["__name__"])
        return added(values, start)

    monkeypatch.setattr(builtins, "sum", watched)
    brief = telling.tell(inprocess.executed(as_of, report=report))
    assert telling.render(brief, ("html", "txt", "json"), Settings())
    assert not [name for name in seen if name.startswith("reportgen.")]
