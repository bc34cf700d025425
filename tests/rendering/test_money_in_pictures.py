"""The axis of a price has the sign that the words beside it have."""

import datetime as dt
import re
from dataclasses import replace

import pandas as pd
import pytest
from tiny import day, record

from reportgen.authoring import charts
from reportgen.datasets.market import Track
from reportgen.markets import market
from reportgen.markets.instruments import instrument
from reportgen.rendering import pictures
from reportgen.story.citations import Run
from reportgen.story.model import Narrative, Picture

US = market("us")


def chart_of(symbol, currency):
    """Half a year of a price around 1,250 in that currency; "" for an index."""
    sessions = US.calendar.session_index(dt.date(2024, 6, 3), dt.date(2025, 1, 8))
    closes = pd.Series([1200.0 + i % 90 for i in range(len(sessions))], index=sessions)
    known = replace(instrument(symbol), currency=currency)
    track = Track(instrument=known, closes=closes, live=False, as_of="2025-01-08", source="test")
    return charts.mountain(track, 6)


def drawn(chart, currency):
    """The figures on the axis of *chart* in a brief of a market with that currency."""
    words = {slot: (Run("label"),) for slot in chart.slots}
    picture = Picture(name=chart.name, title=(), subtitle=(), alt=(), labels=words)
    parts = ("title", "kicker", "preheader", "notices", "key_points", "strip", "footer")
    narrative = Narrative(**dict.fromkeys(parts, ()), blocks=(picture,))
    told = record(
        day("session.date", "2025-01-08"), market=replace(US, currency=currency).payload()
    )
    kept = {chart.name: {"spec": chart.spec, "slots": chart.slots}}
    spec = pictures.specs_of(replace(told, charts=kept), narrative)[chart.name]
    return re.findall(r">([^<>]*\d{3})([^<>\d]*)</text>", pictures.svg(spec, "it", 680))


@pytest.mark.parametrize(
    ("symbol", "currency", "of", "last"),
    [
        ("MDY", "USD", "USD", ("$1,280", "")),
        ("MDY", "USD", "CAD", ("US$1,280", "")),
        ("MDY", "GBP", "GBP", ("£1,280", "")),
        ("MDY", "GBX", "GBP", ("1,280", "p")),
        ("MDY", "SEK", "SEK", ("SEK 1,280", "")),
        ("^GSPC", "", "GBP", ("1,280", "")),
    ],
)
def test_the_axis_has_the_sign_of_the_currency(symbol, currency, of, last):
    """By the market of the brief; an index has none."""
    assert last in drawn(chart_of(symbol, currency), of)


def test_an_author_sees_the_code_of_the_currency():
    """In the notebook no market says how it is printed."""
    assert "usermeta" not in chart_of("^GSPC", "").spec
    assert chart_of("MDY", "GBX").spec["usermeta"] == {"currency": "GBX"}
    assert charts.image(chart_of("MDY", "GBX")).startswith("<img")
