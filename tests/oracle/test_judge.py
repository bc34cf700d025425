"""Every claim of the daily recap before the judge who recomputes it.

And the judge before claims that were tampered with.
"""

from __future__ import annotations

import datetime as dt

import pytest
from judge import Judge
from truth import FIRST, LAST, judged_year, told

from reportgen.config.resources import SAMPLE
from reportgen.rendering.json import claims

EVERY = (pytest.param(21, marks=pytest.mark.long), 47)
"""In CI every so many sessions go before the judge, of even years; ``make test-long`` takes more
of them, of all years, and ``make truth`` takes them all.
"""
YEARS = [
    pytest.param(year, marks=[pytest.mark.long] if year % 2 else [])
    for year in range(FIRST.year, LAST.year + 1)
]


@pytest.fixture(scope="module", params=["2025-01-08", "2024-11-29", "2022-06-16"])
def judged(request):
    """The claims of a recap on the sample, and their judge."""
    return claims(told(request.param, "sample")), Judge(
        SAMPLE, dt.date.fromisoformat(request.param)
    )


def test_every_claim_on_the_sample_is_true(judged):
    """Recomputed from the rows of its files."""
    found, judge = judged
    assert len(found) > 60
    assert [(c["kind"], c["text"], why) for c in found if (why := judge.objection(c))] == []


def test_a_claim_with_another_value_is_false(judged):
    """Each number a little larger, each date a day later.

    The judge objects to all but entries of a calendar.
    """
    found, judge = judged
    passed = [
        c
        for c in found
        if c["kind"] not in ("session", "parameter", "event") and not judge.objection(tampered(c))
    ]
    assert [(c["kind"], c["text"], c["value"]) for c in passed if c["fact"] != "btc.utc_day"] == []


def test_a_claim_whose_words_say_another_number_is_false(judged):
    """The words are read too, not only the value behind them."""
    found, judge = judged
    digits = [
        c
        for c in found
        if not isinstance(c["value"], str)
        and any(d in c["text"] for d in "123456789")
        and c["text"] != c["window"]
    ]
    passed = [
        c
        for c in digits
        if "less than" not in c["text"] and not judge.objection({**c, "text": larger(c["text"])})
    ]
    halfway = [
        c for c in passed if abs(c["value"] * 1000 % 1 - 0.5) < 1e-6
    ]  # both neighbours are as near
    assert [c["text"] for c in passed if c not in halfway] == []


def tampered(claim: dict) -> dict:
    """*claim* with another value."""
    value = claim["value"]
    if not isinstance(value, str):
        return {**claim, "value": value * 1.001 + (1 if claim["unit"] == "count" else 1e-5)}
    if not value[:4].isdigit():
        return {**claim, "value": f"no {value}"}
    if len(value) == 10:
        return {**claim, "value": (dt.date.fromisoformat(value) + dt.timedelta(days=1)).isoformat()}
    return {**claim, "value": f"{int(value[:4]) - 1}{value[4:]}"}


def larger(text: str) -> str:
    """*text* with the first of its digits from 1 to 8 one larger."""
    place = next(i for i, letter in enumerate(text) if letter in "123456789")
    return f"{text[:place]}{(int(text[place]) % 9) + 1}{text[place + 1 :]}"


@pytest.mark.truth
@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize("year", YEARS)
def test_no_claim_on_real_sessions_is_false(real_market, year, every):
    """The briefs of sessions of a year, without a kernel.

    False ones are listed, and what an editor would strike out.
    """
    counted, false, remarks = judged_year(real_market, year, every)
    assert sum(counted.values()) > 100
    assert false == []
    assert remarks == []
