"""Lines of a few runs, each with the reason for which the checker refuses it, or none."""

from dataclasses import replace

import pytest
from tiny import borne, count, day, fact, record, since

from reportgen.core.errors import EditError
from reportgen.core.facts import Unit
from reportgen.story.citations import Run, split, text_of
from reportgen.story.model import Narrative, Picture, StripRow, Table
from reportgen.verify.binding import Binding
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.headline import cited
from reportgen.verify.unvouchable import CITE

SPX, NDX = Run("the S&P 500", "@^GSPC"), Run("the Nasdaq", "@^IXIC")
FACTS = (
    fact("spx.pct_change", 0.012),
    fact("ndx.pct_change", -0.011),
    fact("spx.level", 5918.25, Unit.LEVEL),
    fact("spx.week_change", 0.02, window="week"),
    fact("spx.outperform.ndx", 0.023, Unit.PP),
    day("spx.best", "2024-11", kind="best_month_of_year", window="2024"),
    day("spx.worst", "2024-04", kind="worst_month_of_year", window="2024"),
    fact("spx.month_change.2024-11", 0.057, kind="month_change", window="2024-11"),
    fact("spx.month_change.2024-04", -0.042, kind="month_change", window="2024-04"),
    fact("spx.pct_change.2025-01-06", 0.005, kind="pct_change", window="2025-01-06"),
    since("spx.best_day_since", "2024-11-06"),
    since("spx.worst_day_since", "2024-12-18"),
    fact("fed.target_change_bp", -0.0025, Unit.BP),
    fact("quantum.name", "quantum stocks", Unit.TEXT, kind="basket"),
    fact("quantum.pct_change", -0.03),
    count("spx.correction", 3),
    day("session.date", "2025-01-08"),
    fact("spx.drawdown_from_high", -0.0996, window="since-high"),
)
KNOWN = record(*FACTS)


def reasons(*runs, where="body", known=KNOWN):
    """What is bound wrongly in a line: the reasons."""
    return [reason for _, _, reason in Binding(known).line(where, runs)]


UP, DOWN = Run("1.2%", "spx.pct_change"), Run("1.1%", "ndx.pct_change")
NOT_ITS = "a figure of another instrument than the one named"
GAP = "spx.outperform.ndx"


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ((SPX, Run(" rose "), UP), None),
        ((NDX, Run(" rose "), UP), NOT_ITS),
        ((NDX, Run(" rose. It rose "), UP), None),
        ((UP, Run(" was the gain of "), SPX), None),
        ((DOWN, Run(" was the loss")), NOT_ITS),
        ((DOWN, Run(" was the loss of "), NDX), None),
        ((SPX, Run(" of "), Run("2024", "ndx.pct_change")), None),
        (
            (Run("quantum stocks", "quantum.name"), Run(" fell "), Run("3%", "quantum.pct_change")),
            None,
        ),
        ((SPX, Run(" fell "), Run("3%", "quantum.pct_change")), NOT_ITS),
        ((Run("The Fed "), Run("cut", "fed.target_change_bp")), None),
        ((Run("They "), Run("cut", "fed.target_change_bp")), NOT_ITS),
        ((SPX, Run(" "), Run("beat", GAP), Run(" "), NDX), None),
        ((SPX, Run(" "), Run("leads", GAP), Run(" "), NDX), None),
        ((SPX, Run(" "), Run("trails", GAP), Run(" "), NDX), "it is the other that is ahead"),
        ((NDX, Run(" "), Run("trails", GAP), Run(" "), SPX), None),
        ((NDX, Run(" "), Run("leads", GAP), Run(" "), SPX), "it is the other that is ahead"),
        ((SPX, Run(" "), Run("leads", GAP), Run(" "), SPX), "compared with itself"),
        ((NDX, Run(" "), Run("beat", GAP), Run(" "), SPX), "it is the other that is ahead"),
        ((SPX, Run(" "), Run("lagged", GAP), Run(" "), NDX), "it is the other that is ahead"),
        ((SPX, Run(" "), Run("beat", GAP), Run(" "), SPX), "compared with itself"),
        ((SPX, Run(" "), Run("leads", GAP), Run(", as "), SPX), None),
        (
            (SPX, Run(" "), Run("leads", GAP), Run(" "), Run("Nvidia", "@NVDA")),
            "not one of the two that are compared",
        ),
        ((SPX, Run(" is in a correction")), "nothing that is cited is about that line"),
        ((SPX, Run(" in a correction "), Run("three", "spx.correction")), None),
        ((SPX, Run(" this week "), UP), "no figure of that window is cited"),
        ((SPX, Run(" this week "), Run("2%", "spx.week_change")), None),
        (
            (SPX, Run("fell", "spx.pct_change"), Run(" "), Run("2%", "spx.week_change")),
            "another fact",
        ),
        ((SPX, Run("rose", "spx.pct_change"), Run(" "), UP), None),
        ((SPX, Run("rose", "spx.pct_change"), Run(" and "), Run("2%", "spx.week_change")), None),
        ((SPX, UP, Run(" "), Run("November", "spx.best")), None),
    ],
)
def test_a_figure_is_of_the_name_and_the_words_around_it(runs, reason):
    """A line is read from left to right."""
    found = reasons(*runs)
    assert found == [] if reason is None else any(reason in each for each in found)


NOVEMBER, APRIL = Run("November", "spx.best"), Run("April", "spx.worst")


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ((NOVEMBER, Run(", "), Run("its best", "spx.best")), None),
        ((NOVEMBER, Run(", "), Run("its worst", "spx.worst")), "said of another month"),
        ((NOVEMBER, Run(" "), Run("5.7%", "spx.month_change.2024-11")), None),
        ((APRIL, Run(" "), Run("5.7%", "spx.month_change.2024-11")), "a figure of another month"),
        ((Run("5.7%", "spx.month_change.2024-11"),), None),
        (
            (
                Run("best day since", "spx.best_day_since"),
                Run(" "),
                Run("Nov. 6", "spx.best_day_since"),
            ),
            None,
        ),
        (
            (
                Run("best day since", "spx.best_day_since"),
                Run(" "),
                Run("Dec. 18", "spx.worst_day_since"),
            ),
            "a date of another kind",
        ),
        ((Run("Nov. 6", "spx.best_day_since"),), "a date of another kind"),
        ((Run("too", "spx.best_day_since"),), None),
    ],
)
def test_a_month_and_a_date_are_those_of_the_words_before(runs, reason):
    """Of the month named last, and of the superlative said last."""
    found = reasons(SPX, *runs)
    assert found == [] if reason is None else any(reason in each for each in found)


CITED = {
    "2023": "spx.year_change.2023",
    "2024": "spx.year_change.2024",
    "April": "spx.worst",
    "April 2024": "spx.worst",
    "November": "spx.best",
}
"""What the words of a line cite; the others cite nothing."""


@pytest.mark.parametrize(
    ("words", "true"),
    [
        (["November"], True),  # it is near
        (["April"], False),
        (["April 2024"], True),
        (["2024", ", ", "April"], True),
        (["2023", ", ", "April"], False),
        (["2024", "; ", "2023", ", ", "April"], False),
        (["April", " of ", "2024"], True),
        (["April", " of ", "2023"], False),
        (["2023", ", ", "April", ", ", "2024"], False),
    ],
)
def test_a_month_far_off_has_its_year_or_follows_it(words, true):
    """The year that the line told last; only where it told none before, the one it tells next."""
    years = [fact(f"spx.year_change.{year}", 0.2, window=str(year)) for year in (2023, 2024)]
    checker = FactCheck(record(*FACTS, *years))
    runs = [Run(word, CITED.get(word, "")) for word in words]
    wrong = [check.reason for check in checker.line("body", (SPX, Run(" "), *runs))]
    assert ("nothing bears it out" not in wrong) is true, wrong


@pytest.mark.parametrize(
    ("text", "where", "wrong"),
    [
        ("1.2%", "table", True),
        ("+1.2%", "table", False),
        ("0.0%", "table", False),
        ("1.2%", "label", True),
        ("1.2%", "body", False),
    ],
)
def test_a_change_in_a_table_or_on_a_chart_has_its_sign(text, where, wrong):
    """Unless it is zero."""
    found = reasons(SPX, Run(text, "spx.pct_change"), where=where)
    assert ("a change without its sign" in found) is wrong


ROSE = (SPX, Run(" rose "), UP)


YIELD = Run("the 10-year yield", "@DGS10")
NOW = fact("dgs10.yield_level", 0.0428, Unit.YIELD)
BEFORE = fact(
    "dgs10.yield_level.before", 0.0430, Unit.YIELD, kind="yield_level", window="day-before"
)
BASE = fact("dgs10.yield_level.base", 0.0365, Unit.YIELD, kind="yield_level", window="cycle")


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        (NOW, BEFORE, []),
        (NOW, BASE, []),
        (BEFORE, BEFORE, ["the figure before, told as the one now"]),
        (NOW, NOW, ["not the figure before"]),
        (BEFORE, NOW, ["the figure before, told as the one now", "not the figure before"]),
    ],
)
def test_a_figure_after_to_is_the_one_now_and_that_after_from_the_one_before(first, second, wrong):
    """Each figure is true of its own day, and the sentence names that day."""
    shown = {0.0428: "4.28%", 0.0430: "4.30%", 0.0365: "3.65%"}
    runs = (
        YIELD,
        Run(" was at first, then moved to "),
        Run(shown[first.value], first.id),
        Run(" from "),
        Run(shown[second.value], second.id),
        Run("."),
    )
    binding = Binding(record(NOW, BEFORE, BASE))
    assert [reason for *_, reason in binding.line("body", runs)] == wrong


def picture(alt=ROSE, title=(SPX,), **labels):
    """A picture of the S&P 500 with those labels."""
    drawn = {slot.replace("day", "d2025-01-"): (run,) for slot, run in labels.items()}
    return Picture(name="year", title=title, subtitle=(), alt=alt, labels=drawn)


def story(*blocks, kicker=(), strip=()):
    """A narrative of those blocks."""
    return Narrative(
        title=split("T"),
        kicker=kicker,
        preheader=(),
        notices=(),
        key_points=(),
        strip=strip,
        blocks=blocks,
        footer=(),
    )


def whole(narrative, known=KNOWN):
    """What is bound wrongly beyond single lines: the reasons."""
    return [reason for _, _, (_, _, reason) in Binding(known).whole(narrative)]


CLOSE = Run("5,918.25", "spx.level")
CLOSE_NOW = KNOWN.facts["spx.level"].value


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (picture(spx=SPX), None),
        (picture(ndx=SPX), "not the label of that slot"),
        (picture(ndx_value=UP), "not the label of that slot"),
        (picture(quantum=Run("quantum stocks", "quantum.name")), None),
        (picture(last=CLOSE), None),
        (picture(high=CLOSE), "not the figure of that slot"),
        (picture(last=DOWN), "not the figure of that slot"),
        (picture(day06=Run("+0.5%", "spx.pct_change.2025-01-06")), None),
        (picture(day07=Run("+0.5%", "spx.pct_change.2025-01-06")), "not the figure of that slot"),
        (picture(best=Run("+5.7%", "spx.month_change.2024-11")), None),
        (picture(worst=Run("+5.7%", "spx.month_change.2024-11")), "not the figure of that slot"),
        (picture(elsewhere=CLOSE), None),
        (picture(plain=Run("words")), None),
        (picture(title=(NDX,)), "not what the picture shows"),
        (picture(alt=(SPX, Run(" and "), SPX), spx=SPX), "one instrument is listed twice"),
        (picture(alt=(SPX, Run(" and "), NDX), spx=SPX, ndx=NDX), None),
        (
            picture(alt=(SPX, Run(" and "), NDX), spx=SPX),
            "it does not list what the picture labels",
        ),
    ],
)
def test_a_picture_is_of_what_its_words_name(shown, reason):
    """Each label stands at its own slot."""
    assert whole(story(shown)) == [] if reason is None else reason in whole(story(shown))


@pytest.mark.parametrize(
    ("level", "reasons"),
    [
        (CLOSE_NOW, []),
        (CLOSE_NOW * (1 + 9e-10), []),
        (CLOSE_NOW * (1 + 2e-9), ["not the figure of that slot"]),
        (f"{CLOSE_NOW}", ["not the figure of that slot"]),
        (True, ["not the figure of that slot"]),
    ],
)
def test_the_figure_of_a_slot_is_the_value_that_is_drawn_there(level, reasons):
    """Whichever instrument leads: the data of the chart say whose picture it is."""
    drawn = {"layer": [{"data": {"values": [{"level": level, "label": "slot:last"}]}}]}
    other = replace(KNOWN, charts={"year": drawn}, findings=KNOWN.findings[::-1])
    assert whole(story(picture(last=CLOSE)), other) == reasons


@pytest.mark.parametrize(
    ("head", "cell", "reason"),
    [
        ("Close", CLOSE, None),
        ("Day", Run("+1.2%", "spx.pct_change"), None),
        ("Week", Run("+2%", "spx.week_change"), None),
        ("Day", Run("+2%", "spx.week_change"), "not what the column 'Day' says"),
        ("Other", CLOSE, "not what the column 'Other' says"),
        ("Day", DOWN, "this row is not that of its instrument"),
    ],
)
def test_a_cell_is_of_its_row_and_its_column(head, cell, reason):
    """The first cell of a row names whose it is."""
    table = Table(name="t", title=split("T"), columns=((), split(head)), rows=(((SPX,), (cell,)),))
    assert whole(story(table)) == [] if reason is None else reason in whole(story(table))


def test_the_kicker_and_the_strip_are_of_their_instruments():
    """The brief leads with the S&P 500."""
    assert whole(story(kicker=(SPX,))) == []
    assert whole(story(kicker=(NDX,))) == ["not what the brief is about"]
    cells = {"level": "spx.level", "change": "spx.pct_change", "session": "session.date"}
    known = replace(
        KNOWN, tables={"strip": {"rows": [{"instrument": "^GSPC", "cells": cells, "spark": []}]}}
    )
    row = {"instrument": "^GSPC", "note": (), "sign": 1, "spark": ()}
    right = StripRow(name=(SPX,), level=(CLOSE,), change=(UP,), **row)
    wrong = StripRow(name=(SPX,), level=(CLOSE,), change=(DOWN,), **row)
    assert whole(story(strip=(right,)), known) == []
    assert whole(story(strip=(wrong,)), known) == ["this row is not that of its instrument"]


STATEMENT = {
    "id": "commentary.1",
    "speaker": "Tom Lee",
    "title": "head of research",
    "firm": "Fundstrat",
    "date": "2025-01-07",
    "topic": "event",
    "text": "stocks may rise",
    "medium": "told CNBC",
}


def refused(*runs, where="body", rows=(STATEMENT,), **about):
    """Why the fact check refuses a line."""
    check = FactCheck(record(*FACTS, commentary=list(rows), **about))
    return [failed.reason for failed in check.line(where, runs)]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (Run("the S&P 500", "@^GSPC"), None),
        (Run("The S&P 500", "@^GSPC"), None),
        (Run("the Dow", "@^GSPC"), "not a name of that instrument"),
        (Run("x", "@XYZ"), "not a name of that instrument"),
        (Run("A report", "report"), None),
        (Run("Another", "report"), "not what the report is called"),
        (Run("test", "sources"), None),
        (Run("Yahoo", "sources"), "not the sources of this record"),
        (Run("1%", "spx.none"), "no such fact was recorded"),
        (Run("quantum stocks", "quantum.name"), None),
        (Run("space stocks", "quantum.name"), "the name on file is 'quantum stocks'"),
        (Run("of the", "spx.level"), "a citation that states nothing"),
        (Run("soaring high 5,918.25", "spx.level"), "a word that no rule proves"),
        (Run("3", "spx.best"), "a number where the fact is a date or a name"),
        (Run("10%", "spx.drawdown_from_high"), "rounded across 10%"),
        (Run("9.96%", "spx.drawdown_from_high"), None),
        (Run("stocks may rise", "commentary.1"), None),
        (Run("stocks will rise", "commentary.1"), "not word for word what the file says"),
        (Run("stocks may rise", "commentary.2"), "no such statement is on file"),
        (Run("5"), "a digit that cites no fact"),
        (Run("Nvidia"), f"a name that cites no instrument; {CITE['a name']}"),
        (Run("just over"), "a hedge that cites no fact"),
        (Run("soared"), "a claim that cites no fact"),
        (Run("Monday"), "a claim that cites no fact"),
        (Run("Nov."), "a claim that cites no fact"),
        (Run("not alone"), "not words of the report's templates"),
    ],
)
def test_a_run_says_what_it_cites_and_plain_words_claim_nothing(run, reason):
    """Whatever is cited: a name, a statement, a fact, the report or its sources."""
    found = refused(run)
    assert found == [] if reason is None else reason in found


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("Tom Lee, Fundstrat's head of research, told CNBC on Tuesday", ({},)),
        ("Tom Lee, Fundstrat's head of research, told CNBC on Jan. 1", ({"date": "2025-01-01"},)),
        ("Tom Lee, Fundstrat's head of research, told CNBC in March", ({"date": "2024-03"},)),
        (
            "Tom Lee, Fundstrat's head of research, told CNBC on March 4, 2024",
            ({"date": "2024-03-04"},),
        ),
        (
            "Tom Lee, Goldman Sachs' head of research, said on Tuesday",
            ({"firm": "Goldman Sachs", "medium": ""},),
        ),
        ("Tom Lee, Jan. 7", ({"topic": "driver"},)),
        ("Lee also said", ({}, {"id": "commentary.2"})),
        ("Lee told CNBC on Tuesday", ({}, {"id": "commentary.2", "medium": "wrote"})),
        (
            "Tom Lee also said",
            ({}, {"id": "commentary.2"}, {"id": "commentary.3", "speaker": "Ann Lee"}),
        ),
        (
            "Lee also said",
            ({"speaker": "Tom Lee Jr."}, {"id": "commentary.2", "speaker": "Tom Lee Jr."}),
        ),
    ],
)
def test_a_statement_is_introduced_in_one_of_its_ways(words, rows):
    """In full at first; with another's name never."""
    known = [{**STATEMENT, **row} for row in rows]
    assert refused(Run(words, "commentary.1"), rows=known) == []
    assert refused(Run(words.replace("Lee", "Fry"), "commentary.1"), rows=known)


DRIVER = {
    **STATEMENT,
    "topic": "driver",
    "text": 'The Fed said "wait".',
    "clause": "Fed waits",
    "title": "chief strategist",
    "firm": "",
    "medium": "",
}
SAID = Run("Tom Lee, chief strategist, said on Tuesday", "commentary.1")


@pytest.mark.parametrize(
    ("where", "words", "by", "true"),
    [
        ("body", "The Fed said \u2018wait\u2019", SAID.text, True),
        ("body", "The Fed said \u2018wait\u2019", "", False),
        ("body", "The Fed said it would wait", SAID.text, False),
        ("title", "Fed waits", "strategist says", True),
        ("title", "Fed waits", "Tom Lee says", True),
        ("title", "Fed waits", "economist says", False),
        ("title", "Fed waits", "", False),
        ("subject", "Fed waits", "", False),
        ("preheader", "Fed waits", "", False),
        ("key_points", "Fed waits", "chief strategist Tom Lee says", True),
        ("key_points", "Fed cuts", "chief strategist Tom Lee says", False),
        ("body", "Fed waits", "Lee says", False),
    ],
)
def test_a_cause_never_stands_without_who_names_it(where, words, by, true):
    """In the same line, in a name or a title that is the speaker's."""
    runs = [Run(text, "commentary.1") for text in (words, by) if text]
    assert (refused(*runs, where=where, rows=[DRIVER]) == []) is true


def test_a_quote_needs_its_speaker_in_a_headline_alone():
    """In the text, a line may introduce it and the next one quote."""
    words = Run("stocks may rise", "commentary.1")
    assert refused(words, where="body") == []
    assert refused(words, where="key_points") == ["a statement without who says so"]


def test_a_notice_is_one_that_is_due():
    """The data's own, a gap's, and a correction whose figures are borne out."""
    row = {"fact": "spx.pct_change", "name": "Day", "stands": "1.2%", "was": "2.1%"}
    told = {"edition": "two", "why": "A typo.", "changed": [row]}
    notice = split("Correction, edition two: A typo. Day: 1.2%, was 2.1%.")
    assert refused(*split("Sample."), where="notice", notice="Sample.") == []
    assert refused(*notice, where="notice", correction=told) == []
    for changed in ({"stands": "2.2%"}, {"was": "1.2%"}, {"fact": "spx.none"}):
        wrong = {**told, "changed": [{**row, **changed}]}
        assert refused(*notice, where="notice", correction=wrong) == ["no such notice is due"]
    lost = replace(KNOWN, sections=(replace(KNOWN.sections[0], name="yields", status="failed"),))
    gap = "This brief has a gap: yields. Data were missing, late or failed a check."
    assert not list(FactCheck(lost).line("notice", split(gap)))


@pytest.mark.parametrize(
    ("missing", "kept_out", "line"),
    [
        (["Dow"], [], None),
        (["Dow"], ["Dow"], "Behind the gap: Dow failed a check."),
        (
            ["Dow", "Gold", "VIX"],
            ["Gold"],
            "Behind the gap: Gold failed a check; Dow and VIX missing or late.",
        ),
        (
            ["Dow", "Gold"],
            ["Gold", "Oil"],
            "Behind the gap: Gold failed a check; Dow missing or late.",
        ),
        (["Dow", "Gold"], ["Gold", "Dow"], "Behind the gap: Dow and Gold failed a check."),
    ],
)
def test_a_brief_says_which_gaps_come_of_a_check(missing, kept_out, line):
    """A reader learns which data are wrong and which are only late."""
    rows = tuple({"symbol": name, "name": name, "why": "-"} for name in missing)
    section = replace(KNOWN.sections[0], missing=rows)
    context = KNOWN.context | {"kept_out": dict.fromkeys(kept_out, "-")}
    lacking = replace(KNOWN, sections=(section,), context=context)
    assert [note for note in lacking.footnotes if "Behind" in note] == ([line] if line else [])


def test_a_footnote_of_the_record_needs_no_citation():
    """Any other line at the foot does."""
    known = record(*FACTS, later=["VIX"])
    check, line = FactCheck(known), split(known.footnotes[0])
    assert list(check.line("footer", line)) == []
    assert list(check.line("body", line))
    assert "body: 'soared'" in str(next(check.line("body", (Run("soared"),))))


@pytest.mark.parametrize(
    ("words", "ref"),
    [
        ("The S&P 500 rises 1.2%", "spx.pct_change"),
        ("Stocks rise 1.2%", "spx.pct_change"),
        ("Nasdaq falls 1.1%", "ndx.pct_change"),
        ("S&P 500 up 1.2% at 5,918.25 on Wednesday", "spx.pct_change"),
    ],
)
def test_a_headline_is_read_as_what_bears_it_out(words, ref):
    """Figure by figure; the words stay as they were."""
    check = FactCheck(record(*FACTS, headline=words))
    runs = cited(words, check)
    assert text_of(runs) == words
    assert ref in {run.ref for run in runs}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("S&P 500 rises 1.3%", "says '1.3%' of S&P 500, which nothing in this brief bears out"),
        ("Acme rises 1.2%", "'Acme' is no instrument of this brief"),
        ("Nasdaq rises 1.2%", "says '1.2%' of Nasdaq, which nothing"),
        ("S&P 500 soars", "says 'soars' of S&P 500, which nothing"),
    ],
)
def test_a_headline_that_nothing_bears_out_is_refused(words, why):
    """The error names the words."""
    check = FactCheck(record(*FACTS, headline=words))
    with pytest.raises(EditError) as refusal:
        cited(words, check)
    assert why in str(refusal.value)


@pytest.mark.parametrize(("words", "true"), [("12%", True), ("10%", False)])
def test_a_coin_may_be_told_in_percent(words, true):
    """Of a level in dollars, too."""
    assert borne(words, fact("btc.crypto_level", 0.12, Unit.MONEY)) is true


@pytest.mark.parametrize("words", ["Friday", "Nov. 6", "Nov. 6, 2024"])
def test_a_day_is_not_borne_out_by_a_month(words):
    """A headline tries every fact there is, a month such as 2024-11 as well."""
    assert not borne(words, day("spx.best", "2024-11"))
