"""Stories of a few lines on records of a few facts: what each filter and name of a story says."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import NOW, count, day, fact, record

from reportgen.core.errors import BareNumber, NarrativeError, UnknownFact
from reportgen.core.facts import Unit
from reportgen.record.templates import Templates
from reportgen.story import wording
from reportgen.story.citations import cite, clean, split, text_of
from reportgen.story.compose import Teller, compose
from reportgen.story.model import Paragraph, Picture, Table
from reportgen.story.phrases import Phrases

SESSION = day("session.date", "2025-01-08")


HEAD = "# Stocks rise\n\n~ kicker: Recap\n\n"


def story(text, *facts, head=HEAD, **about):
    """The narrative of a story of that text on a record of those facts."""
    told = record(SESSION, *facts, **about)
    return compose(told, Path(), "A report", Templates((("story.j2", head + text, "story.j2"),)))


def body(text, *facts, **about):
    """The first paragraph of that story, as a reader reads it."""
    return text_of(story(text, *facts, **about).blocks[0].runs)


CHANGE = fact("spx.pct_change", 0.0108)
LOSS = fact("spx.pct_change", -0.0108)
CLOSE = fact("spx.level", 5918.25, Unit.LEVEL)
FUND = fact("mdy.level", 220.87, Unit.MONEY)
TIME = fact("session.as_of", "2025-01-08T13:05:00-05:00", Unit.TIME)


def points(value, key="spx", unit=Unit.POINTS):
    """A change of a level."""
    return fact(f"{key}.point_change", value, unit)


@pytest.mark.parametrize(
    ("how", "told", "words"),
    [
        ("pct", CHANGE, "1.1%"),
        ("pct", fact("spx.drawdown_from_high", -0.0996), "9.96%"),
        ("pct", fact("spx.drawdown_from_high", -0.1996), "19.96%"),
        ("hedged", CHANGE, "just over 1%"),
        ("share", fact("spx.share", 0.894), "89%"),
        ("odds", fact("fed.odds", 0.957, Unit.PROBABILITY), "more than 95%"),
        ("level", CLOSE, "5,918.25"),
        ("level", FUND, "$220.87"),
        ("table_level", CLOSE, "5,918.25"),
        ("table_level", fact("dgs10.yield_level", 0.0467, Unit.YIELD), "4.67%"),
        ("money", fact("btc.crypto_level", 94_030.82, Unit.MONEY), "about $94,000"),
        ("usd", fact("btc.crypto_level", 94_030.82, Unit.MONEY), "about $94,000"),
        ("whole", fact("btc.crypto_level", 94_030.82, Unit.MONEY), "$94,031"),
        ("pct(2)", fact("spx.pct_change", -0.00876), "0.88%"),
        ("pct", fact("spx.near_record", -0.1995), "19.95%"),
        ("rate", fact("dgs10.yield_level", 0.0467, Unit.YIELD), "4.67%"),
        ("points", points(27.603), "28 points"),
        ("points", points(3.21, "mdy", Unit.MONEY_CHANGE), "$3.21"),
        ("moved", points(99.09), "added 99.09 points"),
        ("moved", points(-99.09), "lost 99.09 points"),
        ("moved_to", points(99.09), "up 99.09 points"),
        ("moved_to", points(-99.09), "down 99.09 points"),
        ("signed_points", points(99.09), "+99.09"),
        ("round", fact("spx.milestone", 6000.0, Unit.LEVEL), "6,000"),
        ("signed_points", points(3.21, "mdy", Unit.MONEY_CHANGE), "+$3.21"),
        ("price", fact("oil.level", 79.83, Unit.MONEY), "$79.83"),
        ("pp", fact("spx.outperform", 0.063, Unit.PP), "6.3 percentage points"),
        ("pp(2)", fact("spx.outperform", 0.0445, Unit.PP), "4.45 percentage points"),
        ("bp", fact("dgs10.yield_change_bp", 0.0005, Unit.BP), "5 basis points"),
        ("term", fact("fed.cut", -0.0025, Unit.BP), "a quarter of a percentage point"),
        ("term", fact("fed.cut", -0.005, Unit.BP), "half a percentage point"),
        ("term", fact("fed.cut", -0.01, Unit.BP), "one percentage point"),
        ("term", fact("fed.cut", -0.02, Unit.BP), "two percentage points"),
        ("term", fact("fed.cut", -0.0035, Unit.BP), "35 basis points"),
        ("signed", CHANGE, "+1.1%"),
        ("signed", fact("dgs10.yield_change_bp", 0.0005, Unit.BP), "+5 bp"),
        ("signed", fact("spx.drawdown_from_high", -0.0004), "\u22120.04%"),
        ("signed", fact("spx.drawdown_from_high", -0.0005), "\u22120.1%"),
        ("signed", fact("spx.drawdown_from_high", -0.1996), "\u221219.96%"),
        ("updown", CHANGE, "up 1.1%"),
        ("updown", LOSS, "down 1.1%"),
        ("updown(True)", LOSS, "down just over 1%"),
        ("updown", fact("spx.pct_change", 0.0), "unchanged"),
        ("gain", CHANGE, "a gain of 1.1%"),
        ("gain", fact("spx.pct_change", 0.0), "no change"),
        ("gain(True)", LOSS, "a loss of just over 1%"),
        ("rose", CHANGE, "rose 1.1%"),
        ("rose", LOSS, "fell 1.1%"),
        ("rose", fact("spx.pct_change", 0.0), "was unchanged"),
        ("says('beat')", fact("spx.outperform", 0.01, Unit.PP), "beat"),
        ("date", day("spx.high", "2024-11-25"), "Nov. 25"),
        ("day", day("spx.high", "2025-01-06"), "Monday"),
        ("weekday", day("spx.high", "2025-01-06"), "Monday"),
        ("month", day("spx.best", "2024-11"), "November"),
        ("month", day("spx.best", "2023-11"), "November 2023"),
        ("month(alone=True)", day("spx.best", "2023-11"), "November"),
        ("year", day("spx.best", "2020-11-09"), "2020"),
        ("year", fact("spx.year_change", 0.23, window="2024"), "2024"),
        ("count", count("spx.streak_up", 3), "three"),
        ("spelled", count("spx.streak_up", 3), "three"),
        ("spelled", count("spx.streak_up", 12), "twelve"),
        ("ordinal", count("spx.rank", 5), "fifth"),
        ("nth", count("spx.rank", 8), "an eighth"),
        ("nth", count("spx.rank", 5), "a fifth"),
        ("times", count("spx.n", 1), "once"),
        ("times", count("spx.n", 2), "twice"),
        ("times", count("spx.n", 3), "three times"),
        ("period('week')", day("spx.w", "2024-10-25"), "Oct. 25"),
        ("period('month')", day("spx.m", "2020-11-01"), "November 2020"),
        ("period('quarter')", day("spx.q", "2020-10-01"), "the fourth quarter of 2020"),
        ("period('year')", day("spx.y", "2020-01-01"), "2020"),
        ("clock", TIME, "1:05 p.m. ET"),
        ("daytime", TIME, "1:05 p.m. ET on Wednesday"),
        ("part_of_day", TIME, "early-afternoon"),
        ("full_date", SESSION, "Wednesday, Jan. 8, 2025"),
        ("text", fact("spx.event", "the vote", Unit.TEXT), "the vote"),
    ],
)
def test_a_filter_says_its_fact_in_its_words(how, told, words):
    """The words cite the fact."""
    facts = [] if told is SESSION else [told]
    narrative = story(f"It: {{{{ fact('{told.id}') | {how} }}}}.", *facts)
    _, run, _ = narrative.blocks[0].runs
    assert (run.text, run.ref) == (words, told.id)


def test_a_span_of_days_cites_its_last_one():
    """The first is known by its id."""
    facts = day("fed.meeting.start", "2025-01-28"), day("fed.meeting.end", "2025-01-29")
    told = body("{{ fact('fed.meeting.start') | span(fact('fed.meeting.end')) }}", *facts)
    assert told == "Jan. 28-29"


def test_verbs_of_points_take_turns():
    """The same one does not stand three times in a row."""
    ask = "{{ fact('spx.point_change') | moved }}; "
    told = body(ask * 3, points(5.0)).split("; ")
    assert [words.split()[0] for words in told[:3]] == ["added", "climbed", "rose"]


@pytest.mark.parametrize(
    ("change", "usual", "stirred"), [(0.02, 0.01, True), (-0.02, 0.01, True), (0.0005, 0.01, False)]
)
def test_a_verb_fits_the_change_and_its_usual_size(change, usual, stirred):
    """What hardly moved is little changed, and has no figure."""
    facts = fact("spx.pct_change", change), fact("spx.pct_change.sigma", usual)
    ask = "{% set c, s = fact('spx.pct_change'), fact('spx.pct_change.sigma') %}"
    told = body(f"{ask}{{{{ c | verb(s) }}}}{{{{ ' with' if stirred(c, s) }}}}", *facts)
    assert told.endswith(" with") is stirred
    assert ("little changed" in told) is not stirred


def test_of_two_strong_verbs_the_second_is_plain():
    """In one sentence."""
    facts = fact("spx.pct_change", -0.05), fact("spx.pct_change.sigma", 0.01)
    ask = "{% set c, s = fact('spx.pct_change'), fact('spx.pct_change.sigma') %}"
    first, second = body(
        f"{ask}{{{{ c | verb(s) }}}} {{{{ c | verb(s, after=True) }}}}", *facts
    ).split()
    assert first in ("plunged", "tumbled", "slumped")
    assert second in ("fell", "declined", "slid", "lost")


@pytest.mark.parametrize(
    ("change", "beside", "words"),
    [
        (-0.0179, -0.0229, "fell"),
        (-0.0230, -0.0229, "dropped"),
        (-0.0179, 0.0229, "dropped"),
    ],
)
def test_a_smaller_move_beside_a_larger_one_has_no_stronger_verb(change, beside, words):
    """Of two yields that went the same way; the smaller one was the more unusual."""
    facts = [
        fact("dgs10.yield_change_bp", change, Unit.BP),
        fact("dgs10.yield_change_bp.sigma", 0.009, Unit.BP),
        fact("dgs10.other", beside, Unit.BP),
        fact("dgs10.other.sigma", 0.03, Unit.BP),
    ]
    asked = [f"fact('{one.id}')" for one in facts]
    told = f"{asked[0]} | verb({asked[1]}, beside=[{asked[2]}, {asked[3]}])"
    assert body(f"{{{{ {told} }}}}", *facts) == words


@pytest.mark.parametrize(
    ("points", "more", "said", "told"),
    [
        ("a", "", "", []),
        ("ab", "", "", ["ab"]),
        ("b", "", "b", []),
        ("b b", "", "", ["b"]),
        ("b", "c d", "", ["b", "c"]),
        ("b c d e", "", "", ["b", "c", "d"]),
        ("b c", "d", "", ["b", "c"]),
    ],
)
def test_a_key_point_adds_to_what_is_told(points, more, said, told):
    """The strip of markets has told a; at most three lines, and of *more* up to two."""
    facts = {"a": CHANGE, **{name: count(f"spx.{name}", 3) for name in "bcde"}}
    cells = {"level": CLOSE.id, "change": CHANGE.id, "session": SESSION.id}
    rows = [{"instrument": "^GSPC", "cells": cells, "spark": []}]
    lines = [
        "\n".join("".join(cite(facts[name].id, name) for name in line) for line in text.split())
        for text in (points, more, said)
    ]
    made = replace(record(SESSION, CLOSE, *facts.values()), tables={"strip": {"rows": rows}})
    templates = Templates((("story.j2", HEAD, "story.j2"),))
    phrases = Phrases(dt.datetime.fromisoformat(NOW), made.instruments, made.market)
    kept = Teller(made, phrases, templates, "A report").adding(*lines)
    assert [text_of(split(line)) for line in kept] == told


def test_a_basket_has_the_verbs_of_baskets():
    """What is much for an index is little for young stocks."""
    facts = fact("quantum.pct_change", -0.018), fact("quantum.pct_change.sigma", 0.005)
    told = body("{{ fact('quantum.pct_change') | verb(fact('quantum.pct_change.sigma')) }}", *facts)
    assert told not in ("tumbled", "plunged", "slumped")


def test_names_are_full_at_first_and_short_then():
    """Until a story begins anew."""
    text = "{{ called('^GSPC') | cap }}, {{ short('^GSPC') }}, {{ brief_name('^GSPC') }}, "
    text += "{{ the('^IXIC') | cap | uncap }}{{ forget() }}"
    assert body(text) == "The S&P 500, the S&P 500, S&P 500, the Nasdaq"
    with pytest.raises(UnknownFact, match="not among the instruments"):
        story("{{ called('XYZ') }}")


def test_an_index_is_the_index_where_another_has_the_name():
    """Its second name would leave open which one is meant."""
    rows = [
        {**row, "second": "the index", "group": "large caps", "also": ["large stocks"]}
        for row in record().context["instruments"]
    ]
    text = (
        "{{ called('^GSPC') }}, {{ called('^GSPC') }}, {{ group('^GSPC') }}, {{ stocks('^GSPC') }}"
    )
    assert body(text, instruments=rows) == "the S&P 500, the S&P 500, large caps, large stocks"


def runs(**lengths):
    """Runs of sessions by instrument, with their lengths as facts."""
    return [count(f"{key}.streak_up", length) for key, length in lengths.items()]


@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ({"spx": 3, "ndx": 5}, "spx ndx"),
        ({"spx": 5, "ndx": 4}, "spx"),
        ({"ndx": 4}, "ndx"),
        ({"ndx": 3}, ""),
    ],
)
def test_of_runs_the_first_index_and_a_longer_one_are_told(lengths, told):
    """A lone short one of another index is passed over."""
    text = "{% for r in longest(every('streak_up')) %}{{ key_of(r.length) }} {% endfor %}."
    known = record(SESSION, *runs(**lengths))
    findings = (replace(f, facts={"length": f.facts["it"]}) for f in known.findings)
    templates = Templates((("story.j2", f"{HEAD}{text}", "story.j2"),))
    found = compose(replace(known, findings=tuple(findings)), Path(), "A report", templates)
    assert text_of(found.blocks[0].runs) == (f"{told} ." if told else ".")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ 'one' if one('level') else 'none' }}", "one"),
        ("{{ 'one' if one('level', '^IXIC') else 'none' }}", "none"),
        ("{{ 'one' if first_of('level', ['^IXIC', '^GSPC']) else 'none' }}", "one"),
        ("{{ has(one('level')) }}{{ 'left' if untold(every('level')) else 'told' }}", "told"),
        ("{{ 'left' if untold(every('level')) else 'told' }}", "left"),
        ("{{ article(fact('spx.pct_change')) }}", "an"),
        ("{{ 'ago' if long_ago(fact('spx.high')) else 'late' }}", "ago"),
        ("{{ 'ago' if long_ago(fact('spx.near')) else 'late' }}", "late"),
        ("{{ yesterday() }}", "2025-01-07"),
        ("{{ 'yes' if shares(one('level'), ['it', 'that']) | length == 1 else 'no' }}", "yes"),
        ("{{ 'yes' if stated(fact('spx.pct_change')) else 'no' }}", "no"),
        ("{{ widest([], 2) | length | string }}", "0"),
        ("{{ market.lead }} {{ state }} {{ 'live' if live else 'over' }}", "^GSPC post over"),
        ("{{ choose([('a', False), ('b', True)]) }}", "b"),
        ("{{ 'a' if turn(2, 'x') in (0, 1) }}", "a"),
        ("{{ 'a  b' | oneline }}", "a b"),
        ("{{ '' | clause }}x{{ 'y' | clause }}{{ ', z' | clause }}", "x y, z"),
        ("{{ 'It fell.\nIt fell 2%.\nA rose.' | flowing }}", "It fell. It fell 2%. A rose."),
        (
            "{{ 'The Dow fell 2%.\nThe Dow fell too.' | flowing }}",
            "The Dow fell 2%; The Dow fell too.",
        ),
    ],
)
def test_a_story_asks_for_what_was_found(text, told):
    """And for what it has told already."""
    facts = (
        CLOSE,
        fact("spx.pct_change", 0.08),
        day("spx.high", "2024-11-23"),
        day("spx.near", "2024-11-24"),
    )
    assert body(text, *facts) == told


SHY = "{{ 'shy' if fact('spx.near').number > -limits.records.shy else 'far' }}"


@pytest.mark.parametrize(
    ("limits", "told"), [({}, "far"), ({"long_ago": 9}, "far"), ({"shy": 0.004}, "shy")]
)
def test_a_limit_is_the_record_s_or_the_shipped_one(limits, told):
    """A brief stays as it was told; a record of an older version has no limits, or not all."""
    kept = [{"name": "records", "limits": limits}]
    assert body(SHY, fact("spx.near", -0.003), beats=kept) == told


@pytest.mark.parametrize(("gap", "adds"), [(0.0101, "yes"), (0.0151, "no")])
def test_a_gap_adds_up_as_it_is_printed(gap, adds):
    """2.0% less 1.0% is 1.0, and is not 1.5."""
    facts = fact("spx.a", 0.02), fact("spx.b", 0.01), fact("spx.c", gap)
    text = "{{ 'yes' if adds_up(fact('spx.c'), fact('spx.a'), fact('spx.b')) else 'no' }}"
    assert body(text, *facts) == adds


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("{{ 3 }}", BareNumber, "story.j2, line 5: The story prints the bare number 3"),
        ("{{ fact('session.date') }}", BareNumber, "without a filter"),
        ("{{ fact('spx.none') }}", UnknownFact, "spx.none"),
        ("{{ nothing.at_all }}", UnknownFact, "not recorded"),
        ("{{ lead.nothing | pct }}", UnknownFact, "has no fact in the role 'nothing'"),
        (
            "{{ one('none').change | pct }}",
            NarrativeError,
            "a finding that is not there|no 'change'",
        ),
        ("{{ lead.it | pct }}", NarrativeError, "it cannot be told"),
        ("{% if %}", NarrativeError, "story.j2, line 5"),
        ("{% include 'none.j2' %}", NarrativeError, "needs the template 'none.j2'"),
        ("!table t\ntitle: T\ncolumns: | a", NarrativeError, "Table 't' of the story needs"),
        ("!table t\ntitle: T\ncolumns: | a\nrow: x", NarrativeError, "as many cells"),
        (
            "!year\ntitle: T\nsubtitle: S",
            NarrativeError,
            "Picture 'year' of the story lacks its alt",
        ),
    ],
)
def test_a_broken_story_is_named_with_its_line(text, error, words):
    """In words for who writes stories."""
    with pytest.raises(error, match=words):
        story(text)


def test_a_story_needs_a_title_and_a_kicker():
    """Both are named."""
    with pytest.raises(NarrativeError, match=r"a title, .* and a kicker"):
        story("Words.", head="")


def test_the_blocks_of_a_story_are_read_back():
    """Points, notices, a voice, a table, a picture and the foot, in their places."""
    text = """- One.
- Two.

~ notice: Sample data.
~ footer: The end.

> A voice.

!table t
title: Table
columns: | Close
row: spx | {{ fact('spx.level') | level }}

!year
title: Year
subtitle: So far
alt: A line
last: {{ fact('spx.level') | level }}
"""
    told = story(text, CLOSE)
    voice, table, picture = told.blocks
    assert [text_of(point) for point in told.key_points] == ["One.", "Two."]
    assert text_of(told.preheader) == "One."
    assert [text_of(line) for line in (*told.notices, *told.footer)] == ["Sample data.", "The end."]
    assert isinstance(voice, Paragraph)
    assert voice.voice
    assert isinstance(table, Table)
    assert (told.tables, told.pictures) == ((table,), (picture,))
    assert isinstance(picture, Picture)
    assert text_of(picture.labels["last"]) == "5,918.25"
    where = [place for place, _ in told.texts()]
    assert where == [
        *("title", "kicker", "subject", "preheader", "notice", "key_points", "key_points"),
        *("body", "caption", "column", "table", "table"),
        *("caption", "caption", "alt", "label", "footer"),
    ]


@pytest.mark.parametrize(
    ("key", "change", "sign"),
    [("spx", 0.01, 1), ("spx", -0.01, -1), ("spx", 0.0001, 0), ("vix", 0.1, 0)],
)
def test_a_row_of_the_strip_is_coloured_by_its_sign(key, change, sign):
    """A rise of the VIX is no gain; a row of another session says so."""
    facts = (
        SESSION,
        fact(f"{key}.level", 100.0, Unit.LEVEL),
        fact(f"{key}.pct_change", change),
        day(f"{key}.session", "2025-01-07"),
    )
    cells = {"level": facts[1].id, "change": facts[2].id, "session": facts[3].id}
    row = {"instrument": facts[1].instrument, "cells": cells, "spark": [1.0]}
    told = replace(record(*facts), tables={"strip": {"rows": [row]}})
    (shown,) = compose(told, Path(), "A", Templates((("story.j2", HEAD, "s.j2"),))).strip
    assert (shown.sign, text_of(shown.note)) == (sign, "Tuesday")


def statement(n, speaker="Tom Lee", date="2025-01-08", **rest):
    """A statement of a person."""
    known = {
        "id": f"commentary.{n}",
        "speaker": speaker,
        "title": "head of research",
        "firm": "Fundstrat",
        "date": date,
        "topic": "event",
        "source": "CNBC",
        "text": "it is so",
        "medium": "told CNBC",
    }
    return {**known, **rest}


EACH = "{% for v in voices('event') %}{{ speaker(v) }}: {{ v | words }}; {% endfor %}."


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), ""),
        ((statement(2),), "Lee also said: it is so; "),
        ((statement(2, medium=""),), "Lee said on Wednesday: it is so; "),
        ((statement(2, date="2024-11"),), "Lee told CNBC in November: it is so; "),
        (
            (statement(2, "Spike Lee", firm="Goldman Sachs", medium="wrote"),),
            "Spike Lee, Goldman Sachs' head of research, wrote on Wednesday: it is so; ",
        ),
        (
            (statement(2, "Ann Lee", topic="x"), statement(3, date="2025-01-07")),
            "Tom Lee told CNBC on Tuesday: it is so; ",
        ),
    ],
)
def test_a_speaker_is_introduced_once(others, told):
    """Then the last name does, unless two people share it."""
    first = "Tom Lee, Fundstrat's head of research, told CNBC on Wednesday: it is so; "
    assert body(EACH, commentary=[statement(1), *others]) == f"{first}{told}."


@pytest.mark.parametrize(
    ("window", "ids"),
    [("day", "1 "), ("week", "1 2 "), ("month", "1 2 5 "), ("year", "1 2 5 ")],
)
def test_causes_are_those_of_the_window(window, ids):
    """Since the session before, since Monday, in the month, in the year."""
    rows = [
        statement(n, date=date, topic="driver", source=source)
        for n, date, source in (
            (1, "2025-01-08", "CNBC"),
            (2, "2025-01-06", "CNBC"),
            (3, "2024-12-31", "CNBC"),
            (4, "2024-12", "CNBC"),
            (5, "2025-01", "CNBC"),
        )
    ]
    text = f"{{% for v in causes('{window}') %}}{{{{ v.id[11:] }}}} {{% endfor %}}."
    assert body(text, commentary=rows) == f"{ids}."
    signed = "{% for v in causes() %}{{ signed_by(v) }}; {% endfor %}"
    assert body(signed, commentary=rows[:1]).startswith("Tom Lee, Jan. 8")
    today = "{{ said_today() | length | string }}"
    assert body(today, commentary=[*rows, statement(9)]) == "1"


def test_a_name_of_nothing_is_its_own_surname():
    """Also one that is a suffix alone."""
    rows = [statement(1, "Jr."), statement(2, "Jr.")]
    assert "Jr. also said" in body(EACH, commentary=rows)


def test_marks_do_not_survive_in_what_is_cited():
    """A source cannot break out of its run."""
    assert clean("a\ue000b\ue002\x07 c\n d") == "ab c d"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("The index rose", True),
        ("The index", True),
        ("the index rose", True),
        ("The  index", True),
        ("Index", True),
        ("The index fell", False),
        ("ros", False),
        ("", True),
    ],
)
def test_plain_words_are_pieced_together_from_those_of_the_templates(text, made):
    """Literals, lines of them, strings, and each with a capital."""
    source = "# the index {{ 'rose|index' }}{% if x %}\n~ note: the{% endif %}"
    known = wording.pieces(Templates((("story.j2", source, "story.j2"),)))
    assert wording.made_of(text, known) is made


def test_a_damaged_cache_costs_time_and_not_the_brief(monkeypatch):
    """The words are read from the templates again."""
    monkeypatch.setattr(wording, "cached", lambda *_: b"{damaged")
    known = wording.pieces(Templates((("story.j2", "Words of one kind.", "story.j2"),)))
    assert "Words of one kind." in known


def test_words_of_a_broken_template_are_refused():
    """With its place and line."""
    broken = Templates((("story.j2", "a\n{{ ' }}", "mine/story.j2"),))
    with pytest.raises(NarrativeError, match=r"mine/story\.j2, line 2"):
        wording.pieces(broken)


@pytest.mark.parametrize("above", ["~ kicker: Recap", "- A point"])
def test_a_paragraph_right_below_a_line_with_a_mark_is_a_paragraph(above):
    """An include swallows the blank line below it; before, the words were lost without a trace."""
    told = story("", head=f"# Stocks rise\n\n~ kicker: Recap\n\n{above}\nStocks rose all day.")
    assert [text_of(block.runs) for block in told.blocks] == ["Stocks rose all day."]
    assert text_of(told.kicker) == "Recap"


def test_a_line_of_an_unknown_name_is_refused():
    """It would be lost."""
    with pytest.raises(NarrativeError, match=r"no line '~ foter'.*Did you mean 'footer'"):
        story("~ foter: Sources")
