"""The page of the language of stories: blocks, filters and globals, with examples.

The examples are computed from the daily recap of the embedded sample.
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import reportgen
from reportgen import renamed
from reportgen.config.sandbox import FILTERS as JINJAS
from reportgen.core.facts import Fact
from reportgen.record.record import Record, read_record
from reportgen.record.templates import STORY
from reportgen.story.citations import MARK, text_of
from reportgen.story.compose import VALUES, Teller, compose, environment
from reportgen.story.model import Paragraph, Picture, Table
from reportgen.story.phrases import Phrases

FILTERS = {
    "bp": 'fact("us2y.yield_change_bp") | bp',
    "by": 'fact("spx.pct_change") | verb(fact("spx.pct_change.sigma")) | by',
    "cap": 'the("^RUT") | cap',
    "clause": '"as yields fell" | clause',
    "clock": 'fact("session.as_of") | clock',
    "count": 'fact("sectors.falling") | count',
    "date": 'fact("spx.record_close.before.date") | date',
    "day": 'fact("session.date") | day',
    "daytime": 'fact("btc.anchor") | daytime',
    "figure": 'fact("average") | figure(1)',
    "size": 'fact("average") | size(1)',
    "label": 'fact("average") | label',
    "farthest": 'fact("wti.lowest_close_since") | farthest',
    "flowing": '"Stocks rose.\\nBonds fell." | flowing',
    "full_date": 'fact("session.date") | full_date',
    "gain": 'fact("spx.pct_change.prior") | gain',
    "hedged": 'fact("rut.near_record") | hedged',
    "level": 'fact("spx.level") | level',
    "money": 'fact("btc.crypto_level") | money',
    "whole": 'fact("btc.crypto_level") | whole',
    "amount": 'fact("wti.level") | amount',
    "month": 'fact("spx.record_close.before.date") | month',
    "moved": 'fact("spx.point_change") | moved',
    "moved_to": 'fact("spx.point_change") | moved_to',
    "nth": 'fact("sectors.rising") | nth',
    "odds": 'fact("fed.fed_probability.hold") | odds',
    "oneline": '"Stocks rose\\nand bonds fell." | oneline',
    "ordinal": 'fact("sectors.rising") | ordinal',
    "part_of_day": 'fact("session.as_of") | part_of_day',
    "pct": 'fact("rut.near_record") | pct',
    "period": 'fact("spx.record_close.before.date") | period("quarter")',
    "points": 'fact("rut.point_change") | points',
    "pp": 'fact("rut.outperform.spx") | pp',
    "price": 'fact("wti.level") | price',
    "published": 'fact("spx.level") | published',
    "quarter": 'fact("spx.record_close.before.date") | quarter',
    "rate": 'fact("us10y.yield_level") | rate',
    "rose": 'fact("rut.pct_change") | rose',
    "round": 'fact("rut.correction.level") | round',
    "says": 'fact("rut.near_record") | says("below")',
    "share": 'fact("fed.fed_probability.hold") | share',
    "signed": 'fact("spx.pct_change") | signed',
    "signed_points": 'fact("spx.point_change") | signed_points',
    "span": 'fact("fed.meeting.start") | span(fact("fed.meeting.end"))',
    "spelled": 'fact("sectors.members") | spelled',
    "table_level": 'fact("us10y.yield_level") | table_level',
    "term": 'fact("fed.cut") | term',
    "brief_term": 'fact("fed.cut") | brief_term',
    "text": 'fact("megacaps.name") | text',
    "times": 'fact("sectors.falling") | times',
    "toward": (
        'fact("spx.pct_change") | verb(fact("spx.pct_change.sigma")) | toward("near_correction")'
    ),
    "uncap": '(the("DGS10") | cap) | uncap',
    "updown": 'fact("rut.pct_change") | updown',
    "verb": 'fact("rut.pct_change") | verb(fact("rut.pct_change.sigma"))',
    "weekday": 'fact("spx.session.prior") | weekday',
    "were": 'fact("comp.pct_change") | verb(fact("comp.pct_change.sigma")) | were',
    "spoken": 'voices("rates")[0] | spoken',
    "clause_of": 'dict(id="commentary.jane-doe", clause="Fed signals fewer cuts") | clause_of',
    "words": 'voices("rates")[0] | words',
    "year": 'fact("spx.record_close.before.date") | year',
}
"""An example for each filter."""
GLOBALS = {
    "adding": (
        'adding(fact("rut.correction.level") | says("A correction begins"), "", the("^RUT"))'
        " | length"
    ),
    "adds_up": (
        'adds_up(one("underperform").gap, one("underperform").own, one("underperform").other)'
    ),
    "article": 'article(fact("rut.near_record"))',
    "brief_name": 'brief_name("^RUT")',
    "common_name": 'common_name("LNS14000000")',
    "called": '[called("^DJI"), called("^DJI")]',
    "causes": 'causes("week") | length',
    "charts": "charts | list",
    "choose": 'choose([("streak", false), ("record", true)])',
    "correction": "correction",
    "covering": 'covering("where it stands").kind',
    "credited": 'credited(voices("rates")[0])',
    "day_of": 'day_of("^DJI").change | updown',
    "days_of": "days_of(market.indexes) | length",
    "evening": "evening",
    "every": 'every("mover") | map(attribute="instrument") | list',
    "every_of": 'every_of("gauge", market.commodities) | map(attribute="instrument") | list',
    "extremes": 'extremes(one("mixed")) | map(attribute="instrument") | list',
    "fact": 'fact("spx.level") | level',
    "facts": '"spx.level" in facts',
    "failed": "failed",
    "figure_of": 'figure_of("LNS14000000")',
    "first_of": 'first_of("gauge", market.commodities).instrument',
    "forget": "forget()",
    "gaps": "gaps",
    "group": 'group("^RUT")',
    "has": "has(lead)",
    "inline": "inline(said_today()) | length",
    "key_of": 'key_of(fact("spx.level"))',
    "lead": "lead.kind",
    "limits": "limits.streaks.long",
    "live": "live",
    "long_ago": 'long_ago(fact("rut.record_close.before.date"))',
    "longest": 'longest(every("streak_up")) | length',
    "market": "market.indexes",
    "members_of": 'members_of(one("basket"))',
    "notice": "notice",
    "one": 'one("day", "^DJI").change | updown',
    "per": 'per("CL=F")',
    "pictures_of": "pictures_of(lead) | list",
    "plan_of": "plan_of(lead).family",
    "report_title": "report_title",
    "said_today": "said_today() | length",
    "shares": 'shares(one("sectors"), ["s01", "s02"]) | map(attribute="instrument") | list',
    "short": 'short("^RUT")',
    "slot": 'slot("joint", ", while ", "; ", ", but ")',
    "signed_by": 'signed_by(voices("rates")[0])',
    "sources": "sources",
    "speaker": 'speaker(voices("rates")[0])',
    "state": "state",
    "table": 'table("averages")',
    "picture": 'picture("averages")',
    "stated": 'stated(fact("spx.pct_change"))',
    "truncated": 'truncated("mountain")',
    "fits": 'fits(brief_name(market.lead), "closes")',
    "span_of": 'span_of("LNS14000000")',
    "stirred": 'stirred(fact("rut.pct_change"), fact("rut.pct_change.sigma"))',
    "stocks": 'stocks("^RUT")',
    "the": 'the("^RUT")',
    "turn": 'turn(4, "lead")',
    "untold": 'untold(every("mover")) | length',
    "voices": 'voices("rates") | length',
    "distinct": 'distinct(every("mover")) | map(attribute="instrument") | list',
    "widest": 'widest(every("mover"), 2) | map(attribute="instrument") | list',
    "wording": 'wording("session").headline(lead)',
    "yesterday": "yesterday()",
}
"""An example for each global."""
EXAMPLE = """\
# {{ the("^GSPC") | cap }} {{ fact("spx.pct_change") | rose }}

~ kicker: {{ report_title }}
~ footer: {{ notice }}

- {{ the("^RUT") | cap }} {{ fact("rut.pct_change") | rose }}.

{{ the("^GSPC") | cap }} closed at {{ fact("spx.level") | level }}.

> {{ speaker(voices("rates")[0]) }} that {{ voices("rates")[0] | words }}.

!mountain
title: The first index over half a year
subtitle: Closes.
alt: A line chart.

!table indexes
title: Indexes
columns: | Close
row: {{ brief_name("^GSPC") }} | {{ fact("spx.level") | table_level }}
"""
TABLE = {
    "name": "averages",
    "section": "",
    "sheet": {
        "title": "Averages",
        "head": "Index",
        "columns": [
            {"head": "200-day average", "decimals": 2, "window": "200 sessions", "signed": False}
        ],
        "order": "",
        "total": [],
    },
    "rows": [{"name": "@^GSPC", "cells": ["average"]}],
}
CHART = {
    "name": "averages",
    "section": "",
    "slots": [],
    "spec": {},
    "own": {"title": "Averages", "subtitle": "Level by date", "alt": "A line chart"},
}
BLOCKS = (
    ("# title", "the headline; every story needs one"),
    ("~ kicker: text", "the line above the headline; every story needs one"),
    ("~ notice: text", "a notice above the story; repeat the line for more"),
    ("~ footer: text", "a line below the story; repeat the line for more"),
    ("- key point", "a line of the summary; one point to a line, a block for all"),
    ("> voice", "a paragraph with what somebody said"),
    (
        ">> voice",
        (
            "what somebody said, beside the sentence on its subject; about the market, in the"
            " paragraph above"
        ),
    ),
    (
        "~ cause: as clause, speaker says",
        "a driver's clause for the headline, with a line `~ reason:` for a key point instead",
    ),
    (
        "!chart",
        (
            "a chart that the notebook recorded under this name, with `title:`, `subtitle:`, `alt:`"
            " and a line `slot: text` for each label"
        ),
    ),
    (
        "!table name",
        "a table, with `title:`, `columns: name | name` and `row: cell | cell` for each row",
    ),
)


@cache
def _sample() -> Record:
    """The record of the daily recap of January 8, 2025, on the embedded sample."""
    with tempfile.TemporaryDirectory() as folder:
        reportgen.run("daily-recap", as_of="2025-01-08", formats=("txt",), out=folder)
        (notebook,) = Path(folder).rglob("notebook.ipynb")
        record = read_record(json.loads(notebook.read_text(encoding="utf-8")))
    cut = replace(record.facts["us2y.yield_change_bp"], id="fed.cut", value=-0.0025)
    own = replace(
        record.facts["spx.level"],
        id="average",
        value=5564.783,
        label="200-day average",
        window="200 sessions",
    )
    return replace(
        record,
        facts={**record.facts, cut.id: cut, own.id: own},
        tables={**record.tables, "averages": TABLE},
        charts={**record.charts, "averages": CHART},
    )


def _machine() -> tuple[Any, Teller]:
    """A fresh environment with its globals, and the teller that they belong to."""
    record = _sample()
    at = dt.datetime.fromisoformat(record.context["moment"]["at"])
    phrases = Phrases(at, record.instruments, record.market)
    env = environment(record.templates, phrases)
    teller = Teller(record, phrases, record.templates, record.title)
    env.globals.update(teller.names())
    return env, teller


def filter_functions() -> dict[str, Callable[..., str]]:
    """The filters of a story by name, without those of Jinja and old names."""
    filters = _machine()[0].filters
    return {
        name: one
        for name, one in sorted(filters.items())
        if JINJAS.get(name) is not one and name not in renamed.FILTERS
    }


def global_names() -> dict[str, Any]:
    """The globals of a story by name, without those of Jinja."""
    return dict(sorted(_machine()[1].names().items()))


def _value(expression: str) -> str:
    """What *expression* gives: text as it is printed, anything else as JSON."""
    value = _machine()[0].compile_expression(expression)()
    if isinstance(value, list):
        value = [MARK.sub(r"\2", one) for one in value]
    return json.dumps(
        MARK.sub(r"\2", value) if isinstance(value, str) else value, ensure_ascii=False
    )


def _about(item: Any) -> list[str]:
    """The docstring of *item* as paragraphs of Markdown."""
    text = inspect.cleandoc(item.__doc__ or "").split("\n\nRaises:")[0]
    text = text.replace(":func:", "")
    return [" ".join(one.split()).replace("*", "`") for one in text.split("\n\n")]


def _signature(name: str, function: Callable[..., Any], *, piped: bool) -> str:
    """A call of *function* as a story writes it; a filter's first argument comes by the pipe."""
    parameters = [
        one.name if one.default is one.empty else f"{one.name}={one.default!r}"
        for one in inspect.signature(function).parameters.values()
        if one.name != "context"
    ]
    shown = parameters[1:] if piped else parameters
    return f"{name}({', '.join(shown)})" if shown or not piped else name


def _section(head: str, about: Sequence[str], expression: str) -> Iterator[str]:
    """A heading, a description, and an example with what it gives."""
    value = _value(expression)
    text = value.startswith('"')
    code = f"{{{{ {expression} }}}}" if text else f"{{% set found = {expression} %}}"
    yield from (f"### `{head}`", "")
    for paragraph in about:
        yield from (paragraph, "")
    found = expression.partition('fact("')[2].partition('"')[0] if "|" in expression else ""
    of = f" The fact is {_fact(_sample().facts[found])}." if found else ""
    yield from ("```jinja", code, "```", "", f"{'prints' if text else 'gives'} `{value}`.{of}", "")


def _filters() -> Iterator[str]:
    for name, function in filter_functions().items():
        head = _signature(name, function, piped=True)
        yield from _section(head, _about(function), FILTERS[name])


def _fact(fact: Fact) -> str:
    value = f"{fact.value:.6g}" if isinstance(fact.value, float) else str(fact.value)
    return f"`{value}`, unit `{fact.unit.value}`"


def _globals() -> Iterator[str]:
    for name, value in global_names().items():
        item = getattr(Teller, name) if name in VALUES else value
        head = name if name in VALUES else _signature(name, value, piped=False)
        yield from _section(head, _about(item), GLOBALS[name])


def _read() -> str:
    """The kinds of blocks that the example is read as."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / STORY).write_text(EXAMPLE, encoding="utf-8")
        told = compose(_sample(), Path(folder), _sample().title)
    names = {Paragraph: "a paragraph", Picture: "a picture", Table: "a table"}
    blocks = [
        "a voice" if isinstance(one, Paragraph) and one.voice else names[type(one)]
        for one in told.blocks
    ]
    return (
        f"It is read as the headline “{text_of(told.title)}”, {len(told.key_points)} key point, and"
        f" {', '.join(blocks[:-1])} and {blocks[-1]}."
    )


def page() -> str:
    """The page of the language of stories."""
    lines = [
        "# The language of stories",
        "",
        (
            "A story is a [Jinja](https://jinja.palletsprojects.com/) template, `story.j2`. It asks"
            " for findings by *globals*, prints their facts by *filters*, and arranges the text in"
            " *blocks*. How to write one: [write or change a"
            " report](../how-to/write-a-report.md). When a word is true:"
            " [language](language.md)."
        ),
        "",
        (
            "A number or a fact without a filter is an error, and so is a name that does not exist."
            " A story runs in a [sandbox](../explanation/trust.md#templates)."
            " Jinja's own filters (`length`, `sort`, `map`) and functions (`range`, `namespace`)"
            " work too; `round` is replaced. The examples are computed from the daily recap of"
            " January 8, 2025, on the embedded sample. Its prices are simulated; the fact"
            " `fed.cut` is made up."
        ),
        "",
        "## Blocks",
        "",
        "A blank line ends a block. A line that begins with `!` starts a new one.",
        "",
        *(f"- `{sign}`: {words}." for sign, words in BLOCKS),
        "- Anything else is a paragraph.",
        "",
        "For example:",
        "",
        "```jinja",
        EXAMPLE.rstrip(),
        "```",
        "",
        _read(),
        "",
        "## Filters",
        "",
        (
            "A filter takes the value before the `|`: a fact, or a text that another filter or a"
            " global made. It cites the fact, so that the fact check can compare the two."
        ),
        "",
        *_filters(),
        "## Globals",
        "",
        (
            'A finding, such as `one("day")` gives, has `kind`, `instrument`, `score`, and each of'
            ' its facts by role: `one("day").change`.'
        ),
        "",
        *_globals(),
    ]
    return "\n".join(lines)
