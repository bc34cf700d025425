"""Whose words a story has: shipped ones, those of a person who vouches, or nobody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny import day, record

from reportgen.core.errors import FactCheckError
from reportgen.record.templates import WORDS, Templates
from reportgen.story.compose import compose
from reportgen.story.passages import Passage
from reportgen.verify.factcheck import FactCheck
from reportgen.verify.unvouchable import objections
from reportgen.verify.vouching import refuse_new, refused, standing

CITED = """
Stocks cratered in early trading
The index nosedived and bonds skyrocketed
Banks tanked; insurers bled
Miners mooned
Shares tripled and volumes halved
Energy doubled its return
Chip makers soared
The rally erased the week's damage
Semiconductors recovered, then weakened
The dollar firmed and copper softened
Retailers outperformed
Transports lagged and trailed
The fund beat its benchmark
Utilities collapsed
The market is higher
Yields moved lower
Futures point upward
Breadth is at its strongest
That was the greatest run of the decade
The cheapest stocks did well
An unprecedented move
A record quarter for the desk
Investors fled because rates bite
Selling spread due to margin calls
Bonds sold off amid talk of supply
A pause on fears of recession
Stocks moved on hopes of a truce
Shares went as investors took profit
A slide after worries about credit
Trading was driven by machines
The tape was led by banks
Prices were helped by buybacks
Credit was weighed by downgrades
Selling was sparked by a memo
Demand fuelled the bid
Calm returned thanks to the central bank
Funds sold in the wake of the ruling
Losses mount
Volatility triggered stops
Two members dissented
A quarter of firms have reported, 80% with surprises
Nearly everyone agrees
Oil is dearer than in spring
Small firms do better than large firms
Gold is in a bull market
The correction is over
The dip was bought
A rout in bonds
Traders expect a rise
The worst is over
"""
VOUCHABLE = """
The Treasury defaulted
Investors panicked
A golden cross formed
Wall Street is in a panic
The desk expects a quiet week
We are cautious and stay overweight
The chair will resign
A recession is likely
The merger was called off
Regulators opened an inquiry
The central bank is set to act
Traders are poised to sell
Credit should do well
The regime has changed
Liquidity is scarce
We like banks
Earnings season begins
The company filed for bankruptcy
The strike is over
A truce holds
Analysts are divided
Valuations are stretched
The yield curve tells a story
Sentiment is fragile
The government may shut
Tariffs will bite
Margins are under review
The exchange had an outage
Buyers are patient
The data are noisy
Our view has few rivals
Consumers are tired
Risk appetite is back
Money is moving into bonds
The bank denies the report
The index committee meets
A cyberattack hobbles the exchange
Hedge funds are short
Retail investors are buying
This is a turning point
The bond market is nervous
Companies are hoarding cash
The tape looks heavy
The pattern is familiar
Rates are the story
Politics is noise
The auction failed
Dealers are full
Buybacks are on pause
The mood has soured
"""
LINES = [*CITED.strip().splitlines(), *VOUCHABLE.strip().splitlines()]
HEAD = "# {{ the('^GSPC') | cap }}\n\n~ kicker: {{ report_title }}\n\n"


def templates(text, vouched=()):
    """The templates of a story of that text, with tables for the *vouched* lines."""
    own = Templates((("story.j2", text, "desk/story.j2"),))
    rows = [
        f'[[vouched]]\ntext = ""\ndigest = "{one.digest}"\nby = "Jane Doe"\non = 2025-01-08\n'
        for one in standing(own).new
        if one.words in vouched
    ]
    return Templates((*own.own, (WORDS, "\n".join(rows), "desk/words.toml")))


def new(text, vouched=()):
    """The words of that story that are nobody's."""
    return [one.words for one in standing(templates(text, vouched)).new]


def checked(text, vouched=()):
    """The failed checks of that story."""
    told = record(day("session.date", "2025-01-08"))
    story = templates(text, vouched)
    told = replace(told, made={"title": "A report", "story": story.payload()})
    return FactCheck(told).narrative(compose(told, Path(), "A report", story))


@pytest.mark.parametrize("line", LINES)
def test_words_that_nobody_vouches_for_do_not_pass(line):
    """A cause, a forecast, an event, an opinion: neither before a run nor in its check."""
    with pytest.raises(FactCheckError, match=r"desk/story\.j2, line 1: .*reportgen vouch mine"):
        refuse_new(templates(f"{line}."), "mine")
    failed = checked(f"{HEAD}{line}.")
    assert f"{line}." in [check.words for check in failed]


def test_what_nobody_can_vouch_for_is_named_before_the_way_to_vouch():
    """A run does not send its author to a command that refuses."""
    text = "The desk is calm.\n\nThe two-year yield is calm."
    with pytest.raises(FactCheckError) as caught:
        refuse_new(templates(text), "mine")
    told = str(caught.value)
    assert told.index("'two-year' is a figure") < told.index("The desk is calm.")
    assert told.index("First rewrite the words in brackets.") < told.index("reportgen vouch mine")


@pytest.mark.parametrize("line", CITED.strip().splitlines())
def test_nobody_can_vouch_for_a_figure_a_direction_a_superlative_or_a_cause(line):
    """Also where somebody wrote it into the file by hand."""
    assert list(objections(line))
    assert new(f"{line}.", vouched=[f"{line}."]) == [f"{line}."]


@pytest.mark.parametrize("line", VOUCHABLE.strip().splitlines())
def test_the_rest_passes_as_the_word_of_a_person(line):
    """An event, a forecast or an opinion is that person's."""
    assert not list(objections(line))
    assert new(f"{line}.", vouched=[f"{line}."]) == []
    assert not checked(f"{HEAD}{line}.", vouched=[f"{line}."])


@pytest.mark.parametrize(("apart", "seen"), [(1, True), (2, False)])
def test_a_claim_across_two_lines_is_refused(apart, seen):
    """Lines with another one between them are no sentence."""
    first = Passage("story.j2", "story.j2", 1, "", "The mood is calm due")
    after = replace(first, line=1 + apart, words="to the truce")
    assert bool([*refused([first, after])]) is seen


GLUED = (
    "{{ 'fell' }} {{ 'the most' }}",
    "Prices of speculative stocks were not available for this brief, and {{ 'the pan' ~ 'ic' }} is on",
    "{{ ['p', 'a', 'n', 'i', 'c'] | join }}",
    "{% for word in ['the', 'gap', 'remains'] %}{{ word }} {% endfor %}",
    "{% set mood = {'a': 'gloom'} %}{{ mood.a }}",
    "{% macro told(mood='gloom') %}{{ mood }}{% endmacro %}{{ told() }}",
    "{{ 'gl%sm' % 'oo' }}",
    "{{ 'calm' | replace('calm', 'gloom') }}",
    "{{ none | default('gloom') }}",
    "{{ 'gloom' if lead else '' }}",
    "{% set one %}gloom{% endset %}{{ one }}",
    "{% macro fact(it) %}{{ it }}{% endmacro %}{{ fact('gloom') }}",
    "{{ choose([('gloom', true)]) }}",
    "gloom: {{ the('^GSPC') }}",
    "For information only {# of the desk #} in a panic",
    "{% raw %}gloom{% endraw %}",
)


@pytest.mark.parametrize("line", GLUED)
def test_pieces_of_shipped_sentences_make_no_new_one(line):
    """A line is known as a whole, however its words come about."""
    assert new(line)


SILENT = (
    "{{ fact('session.date') | day }}",
    "{{ called('^GSPC') }} is {{ one('day').change | updown }}.",
    "{% set order = ['^GSPC', '^DJI'] %}",
    "{% for symbol in ['^GSPC', '^DJI'] %}{{ called(symbol) }}, {% endfor %}",
    "{{ days_of(['^GSPC']) | selectattr('instrument', 'eq', '^DJI') | map(attribute='change') | list }}",
    "{% if lead.kind == 'record_close' %}{{ lead.close | says('a record') }}{% endif %}",
    "{% import 'story/en/parts/voices.j2' as people with context %}{{ people.tell(voices('event')) }}",
    "{# a note of the author #}",
    "row: {{ brief_name('^GSPC') }} | {{ fact('spx.level') | level }}",
    "!table mine",
)


@pytest.mark.parametrize("line", SILENT)
def test_what_no_reader_sees_is_nobodys_word(line):
    """Names of facts, symbols and attributes, phrases that a rule proves, and where a line is."""
    assert new(line) == []


def test_a_line_over_several_lines_of_the_file_is_one():
    """And is named by its first one."""
    text = "\n\nCalm {{ fact(\n  'session.date'\n) | day }} again."
    (found,) = standing(templates(text)).new
    assert (found.line, found.words) == (3, "Calm … again.")


def test_a_change_of_a_word_or_a_figure_asks_again():
    """The digest is of the whole line with its expressions."""
    line = "Calm on {{ fact('session.date') | day }}."
    before = templates(line, vouched=["Calm on …."])
    rows = before.texts[WORDS]
    for changed in (line.replace("day }}", "date }}"), line.replace("Calm", "Quiet")):
        own = Templates((("story.j2", changed, "desk/story.j2"), (WORDS, *rows)))
        assert len(standing(own).new) == 1
    moved = Templates((("story.j2", f"\n\n{line}", "desk/story.j2"), (WORDS, *rows)))
    assert not standing(moved).new


def test_a_cause_over_two_lines_is_one():
    """The second line goes on with the first."""
    words = ["The sale was due", "to a rumour."]
    assert new("\n".join(words), vouched=words) == words[:1]


@pytest.mark.parametrize(
    "words",
    [
        "its …-day average of …",
        "the mean of … readings",
        "The … holding was …",
        "over … months",
        "since …",
        "of the week that … …",
        "interest in the rest of the West, and a test of the latest forest harvest",
        "rather than shares; as of …, as well as funds, such as …",
        "after …, and after the close",
        "based on data of the exchange",
        "high-yield bonds",
    ],
)
def test_ordinary_words_are_vouchable(words):
    """They have no direction, and compare nothing."""
    assert not list(objections(words))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{{ fact('spx.gap') | says('above') }}", []),
        ("{{ fact('spx.gap') | says('worst week of the year') }}", []),
        ("{{ fact('spx.gap') | says('a golden cross') }}", ["«a golden cross»"]),
        ("{{ fact('spx.gap') | says('calm' if live else 'above') }}", ["[«calm» | «above»]"]),
        ("{% set word = 'a cross' %}{{ fact('spx.gap') | says(word) }}", ["«a cross»…"]),
        ("It is {{ fact('spx.gap') | says('above') }} our line", ["It is «above» our line"]),
    ],
)
def test_what_a_fact_says_is_a_shipped_phrase_or_a_persons(line, words):
    """The rule proves it; the words are somebody's."""
    assert new(line) == words
    assert new(line, vouched=words) == []


def test_a_phrase_of_ones_own_has_no_cause():
    """Whatever rule its words are to go by."""
    line, words = "{{ fact('spx.gap') | says('led on fears') }}", ["«led on fears»"]
    assert new(line, vouched=words) == words
