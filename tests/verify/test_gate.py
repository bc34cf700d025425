"""The gate.

What is sent, what is sent with its gaps named, what is held, and what its page says of it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from told import tell

from reportgen.config.settings import Settings
from reportgen.core.errors import Held
from reportgen.produce import telling, writing
from reportgen.record.record import Section
from reportgen.record.request import Policy
from reportgen.verify import gate
from reportgen.verify.gate import Ruling, Verdict

ABOUT = {"report": "daily-recap", "as of": "2025-01-08T16:00:00-05:00", "session": "2025-01-08"}
RECAP, SMALL = (tell("2025-01-08", report=name).record for name in ("daily-recap", "small-caps"))
SPECS = {
    f"{record.context['report']} {name}": chart["spec"]
    for record in (RECAP, SMALL)
    for name, chart in record.charts.items()
}


def missing(*names, error="NoData: the wire is down", record=RECAP):
    """*record* without its sections of those *names*;
    other names are added as parts that failed."""
    known = {section.name for section in record.sections}
    kept = [
        replace(section, status="failed", error=error) if section.name in names else section
        for section in record.sections
    ]
    added = [
        Section(name=name, required=False, status="failed", error=error, cell=1)
        for name in names
        if name not in known
    ]
    return replace(record, sections=(*kept, *added))


def emptied(part, rows):
    """A chart's spec whose every table of data is ``rows(table)``."""
    if isinstance(part, list):
        return [emptied(value, rows) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _data(value, rows) if name in ("data", "datasets") else emptied(value, rows)
        for name, value in part.items()
    }


def _data(named, rows):
    return {
        name: rows(value) if isinstance(value, list) else value for name, value in named.items()
    }


# What is ruled
# ------------------------------------------------------------------------------


@pytest.mark.parametrize("record", [RECAP, SMALL])
def test_a_record_that_lacks_nothing_is_sent(record):
    """No gap, no reason."""
    assert gate.rule(record, Policy(charts=1)) == Ruling(Verdict.SEND, (), ())


def test_gaps_are_named_in_their_order_and_once():
    """The brief is degraded; every reason is told, also the second one of a part."""
    record = missing("sectors", "Russell 2000", "bitcoin")
    again = replace(
        record,
        sections=(*record.sections, replace(record.sections[-1], error="StaleData: of last week")),
    )
    ruling = gate.rule(again, Policy())
    assert (ruling.verdict, ruling.gaps) == (
        Verdict.DEGRADED,
        ("sectors", "bitcoin", "Russell 2000"),
    )
    assert ruling.reasons[-2:] == (
        "Russell 2000: NoData: the wire is down",
        "Russell 2000: StaleData: of last week",
    )


def test_a_required_part_that_failed_is_held():
    """The reason is its own error, and told once."""
    ruling = gate.rule(missing("indexes"), Policy())
    assert ruling == Ruling(Verdict.HOLD, ("indexes",), ("indexes: NoData: the wire is down",))


def test_a_record_without_a_required_part_is_held():
    """A notebook that ran nothing needed has nothing to say."""
    record = replace(
        RECAP, sections=tuple(section for section in RECAP.sections if not section.required)
    )
    ruling = gate.rule(record, Policy())
    assert (ruling.verdict, ruling.reasons) == (Verdict.HOLD, ("no required section was run",))


@pytest.mark.parametrize(
    "kept",
    [(), tuple(f for f in RECAP.findings if f.section == "sectors")],
    ids=["nothing", "nothing needed"],
)
def test_a_record_in_which_nothing_needed_was_found_is_held(kept):
    """The reason names the part that found nothing.

    What optional ones found does not stand for it.
    """
    ruling = gate.rule(replace(RECAP, findings=kept), Policy())
    assert ruling.verdict == Verdict.HOLD
    assert ruling.reasons == (
        "indexes: nothing was found; the history is too short for this report",
    )


@pytest.mark.parametrize(("names", "verdict"), [("abc", Verdict.DEGRADED), ("abcd", Verdict.HOLD)])
def test_more_gaps_than_may_be_are_held(names, verdict):
    """Three may be; a fourth is too many, and all are named."""
    ruling = gate.rule(missing(*names), Policy(most_gaps=3))
    assert (ruling.verdict, ruling.gaps) == (verdict, tuple(names))
    assert ("4 parts are missing, and at most 3 may be: a; b; c; d" in ruling.reasons) == (
        verdict == Verdict.HOLD
    )


def test_a_part_that_is_missing_for_two_reasons_counts_once():
    """Four reasons, three gaps."""
    record = missing("a", "b", "c")
    again = replace(record, sections=(*record.sections, record.sections[-1]))
    assert gate.rule(again, Policy(most_gaps=3)).verdict == Verdict.DEGRADED


@pytest.mark.parametrize(("name", "verdict"), [("bitcoin", "hold"), ("sectors", "degraded")])
def test_a_part_that_the_report_needs_is_held(name, verdict):
    """By its name in the table of the gate."""
    ruling = gate.rule(missing(name), Policy(needed=("bitcoin",)))
    assert (ruling.verdict, ruling.reasons) == (verdict, (f"{name}: NoData: the wire is down",))


@pytest.mark.parametrize(
    ("agreeing", "verdict"),
    [({}, "hold"), ({"^RUT": 2}, "hold"), ({"^GSPC": 2}, "send"), ({"^GSPC": 3}, "send")],
)
def test_fewer_sources_than_asked_are_held(agreeing, verdict):
    """The reason names the series, and what to do."""
    ruling = gate.rule(
        replace(RECAP, context={**RECAP.context, "agreeing": agreeing}), Policy(agree={"^GSPC": 2})
    )
    assert ruling.verdict == verdict
    assert all(reason.startswith("^GSPC: fewer than 2 sources") for reason in ruling.reasons)


def test_fewer_charts_than_asked_are_held():
    """As many as there are pass."""
    count = len(RECAP.charts)
    assert gate.rule(RECAP, Policy(charts=count)).verdict == Verdict.SEND
    ruling = gate.rule(RECAP, Policy(charts=count + 1))
    assert (ruling.verdict, ruling.reasons) == (
        Verdict.HOLD,
        (f"there are {count} charts, and at least {count + 1} were expected",),
    )


# Charts
# ------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_chart_of_a_brief_is_not_blank(spec):
    """All pictures of two briefs show something."""
    assert not gate.blank(spec)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_chart_without_data_is_blank(spec):
    """Its axes, marks and tooltips are no data."""
    assert gate.blank(emptied(spec, lambda _: []))


@pytest.mark.parametrize(
    "rows",
    [lambda table: table[:1], lambda table: table[:1] * len(table)],
    ids=["one", "many alike"],
)
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_line_through_one_point_is_blank_and_one_bar_or_day_is_not(spec, rows):
    """On the first session of a month the map of its days has one."""
    line = any(word in json.dumps(spec) for word in ('"type": "line"', '"type": "area"'))
    assert gate.blank(emptied(spec, rows)) is line


@pytest.mark.parametrize("name", RECAP.charts)
def test_a_record_with_a_blank_chart_is_held(name):
    """The reason names the chart."""
    chart = RECAP.charts[name]
    charts = {**RECAP.charts, name: {**chart, "spec": emptied(chart["spec"], lambda _: [])}}
    ruling = gate.rule(replace(RECAP, charts=charts), Policy(charts=1))
    (reason,) = ruling.reasons
    assert ruling.verdict is Verdict.HOLD
    assert reason.startswith(f"the chart '{name}' of section '{chart['section']}' shows nothing;")


# Files and licences
# ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sizes", "reasons"),
    [
        ({"brief.html": 4_000_000, "brief.txt": 9_000_000, "brief.json": 1}, []),
        ({"brief.html": 0, "brief.txt": 0}, ["brief.html is empty", "brief.txt is empty"]),
        (
            {"brief.pdf": 10, "brief.eml": 1_000_001},
            ["brief.eml has 1,000,001 bytes, and 1,000,000 at most are expected"],
        ),
    ],
    ids=["right", "empty", "too large"],
)
def test_a_file_that_is_empty_or_too_large_is_named(sizes, reasons):
    """Formats without a bound are only not to be empty."""
    assert gate.oversized(sizes, Policy()) == reasons


def test_a_source_with_terms_is_named_with_them_in_order():
    """And with its series, and what to do; other sources may be published."""
    context = {
        **RECAP.context,
        "restricted": {"Yahoo": "personal use", "Desk feed": "internal use"},
        "sources": {"^GSPC": "Yahoo and Desk feed", "^VIX": "Yahoo", "DGS10": "U.S. Treasury"},
    }
    found = gate.unpublishable(replace(RECAP, context=context))
    assert [line.partition(";")[0] for line in found] == [
        "Desk feed may not be published (internal use): ^GSPC",
        "Yahoo may not be published (personal use): ^GSPC, ^VIX",
    ]
    assert all("--profile publish" in line for line in found)
    assert gate.unpublishable(RECAP) == []


def test_a_source_of_what_the_report_neither_lists_nor_tells_keeps_nothing_back():
    """The futures are in the store of the desk; a fact that rests on them keeps the brief back."""
    context = {
        **RECAP.context,
        "restricted": {"Settlements": "reference only"},
        "sources": {"FEDFUNDS": "Settlements", "DGS10": "U.S. Treasury"},
        "listed": [{"symbol": "DGS10", "name": "10-year yield", "required": False}],
    }
    assert gate.unpublishable(replace(RECAP, context=context)) == []
    name, fact = next(iter(RECAP.facts.items()))
    facts = {**RECAP.facts, name: replace(fact, source="Settlements and U.S. Treasury")}
    assert gate.unpublishable(replace(RECAP, context=context, facts=facts))


# The page
# ------------------------------------------------------------------------------


def test_the_page_of_a_brief_that_is_sent_is_short():
    """The verdict first, what it is of, and the sources; nothing accepted, no such heading."""
    lines = gate.page(gate.rule(RECAP, Policy()), RECAP, ABOUT).splitlines()
    assert lines[:4] == ["VERDICT  SEND", *(f"{name:<9}{value}" for name, value in ABOUT.items())]
    assert (
        lines[lines.index("Reasons") + 1]
        == "- nothing is missing, and every statement is borne out"
    )
    assert ("Accepted" in lines, len(lines) <= 60) == (False, True)


def test_the_page_groups_what_there_is_by_source():
    """A line a source, each name once."""
    lines = gate.page(gate.rule(RECAP, Policy()), RECAP, ABOUT).splitlines()
    told = dict(
        line.removeprefix("- ").split(": ") for line in lines[lines.index("Sources") + 1 :] if line
    )
    assert list(told) == sorted(set(RECAP.context["sources"].values()))
    assert {
        name: source for source, names in told.items() for name in names.split(", ")
    } == RECAP.context["sources"]


def test_the_page_tells_a_reason_a_line():
    """An error of several lines is one reason, too."""
    record = missing(
        "sectors", "bitcoin", error="ParserError: line 7\n  expected 3 fields\n\n  saw 4"
    )
    lines = gate.page(gate.rule(record, Policy()), record, ABOUT).splitlines()
    assert lines[0] == "VERDICT  DEGRADED"
    first = lines.index("Reasons") + 1
    assert [line.partition(":")[0] for line in lines[first : lines.index("", first)]] == [
        "- sectors",
        "- bitcoin",
    ]
    assert all("expected 3 fields" in line for line in lines[first : first + 2])


def test_the_page_tells_what_a_person_let_stand():
    """The finding, the reason and who; the page is still one."""
    accepted = [
        {
            "symbol": "NVDA",
            "day": f"2024-10-{day:02}",
            "check": "split_like",
            "reason": "it fell by half",
            "person": "A. Editor",
        }
        for day in (3, 4)
    ]
    record = replace(missing("a", "b", "c"), context={**RECAP.context, "accepted": accepted})
    lines = gate.page(gate.rule(record, Policy()), record, ABOUT).splitlines()
    first = lines.index("Accepted") + 1
    assert lines[first : first + 2] == [
        f"- NVDA 2024-10-{day:02}: split_like: it fell by half (A. Editor)" for day in (3, 4)
    ]
    assert len(lines) <= 60


def test_what_a_check_keeps_out_is_named_though_nobody_misses_it():
    """A stock that is not ranked yet; one that is missing has its reason, and no second line."""
    out = {"Tesla": "TSLA 2020-08-31: split_like", "Apple": "NoData: the wire is down"}
    record = missing("Apple")
    record = replace(record, context={**record.context, "kept_out": out})
    ruling = gate.rule(record, Policy())
    assert ruling.kept_out == ("Tesla: TSLA 2020-08-31: split_like",)
    for known in (record, None):
        lines = gate.page(ruling, known, ABOUT).splitlines()
        named = lines.index("Kept out by a check, and not needed") + 1
        assert lines[named] == "- Tesla: TSLA 2020-08-31: split_like"


def test_the_page_of_a_brief_that_could_not_be_told_has_its_reason():
    """There is no record, so there are no sources."""
    text = gate.page(Ruling(Verdict.HOLD, (), ("^GSPC has no closes",)), None, ABOUT)
    assert text.startswith("VERDICT  HOLD\n")
    assert "- ^GSPC has no closes" in text.splitlines()
    assert "Sources" not in text


def test_the_page_of_a_degraded_brief_does_not_name_the_home_folder(sample_brief):
    """A part may fail with the path of a file in its error."""
    error = f"FileNotFoundError: {Path.home() / 'desk' / 'levels.csv'}"
    page = writing.gate_page(
        replace(
            sample_brief.brief,
            record=missing("bitcoin", error=error, record=sample_brief.brief.record),
        )
    ).decode()
    assert "~/desk/levels.csv" in page
    assert str(Path.home()) not in page


def test_a_brief_is_held_for_its_files_and_its_licences_at_once(sample_brief):
    """All reasons are told together, so that a person mends them together."""
    brief = sample_brief.brief
    record = replace(
        brief.record, context={**brief.record.context, "restricted": {"Desk feed": "internal use"}}
    )
    empty = telling.render(brief, ["txt"], Settings())
    files = [replace(file, data=b"") for file in empty]
    with pytest.raises(
        Held, match=r"brief\.txt is empty; Desk feed may not be published"
    ) as caught:
        telling.hold(replace(brief, record=record), files, Policy(), "publish")
    assert caught.value.subject.verdict == Verdict.HOLD
    assert len(caught.value.subject.reasons) == 2
