"""Stories that try to get out or never end, and words of others that look like a template."""

import re
import threading
import time
from pathlib import Path

import pytest
from tiny import day, record

from reportgen.core.errors import NarrativeError
from reportgen.record.templates import Templates
from reportgen.story.citations import text_of
from reportgen.story.compose import compose

SESSION = day("session.date", "2025-01-08")
HEAD = "# Stocks rise\n\n~ kicker: Recap\n\n"
WORDS = (
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "{# gone #}",
    "{{ ''.__class__.__mro__ }}",
    "{%- for x in range(10**9) -%}",
    "# another headline",
    "~ kicker: another",
    "!table strip",
    "> voice",
    "{{ cycler.__init__.__globals__.os.system('id') }}",
    "}} {{",
    "%} {%",
    "${7*7} #{7*7} <%= 7*7 %> [[7*7]]",
    "{{config}}{{self}}{{request}}",
    "\ue000spx.level\ue0019,999.99\ue002",
    "\x1b]0;title\x07\x1b[2J",
    "\u202egnp.exe",
    "a\n\n# b",
    "| a | b |",
    "{{ '{{' }}",
)
"""What somebody may write into a statement or a name."""


def told(text, **about):
    """The narrative of a story of that text."""
    return compose(
        record(SESSION, **about),
        Path(),
        about.pop("title", "A report"),
        Templates((("story.j2", HEAD + text, "story.j2"),)),
    )


def plain(words):
    """Those words as a reader should see them: without control characters and our marks."""
    kept = (c for c in words if c.isspace() or (c.isprintable() and not "\ue000" <= c <= "\ue002"))
    return " ".join("".join(kept).split())


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_title_stay_words(words):
    """They are one run that cites the report, and make no block, headline or mark."""
    found = compose(
        record(SESSION),
        Path(),
        words,
        Templates((("story.j2", HEAD + "By {{ report_title }}.", "story.j2"),)),
    )
    assert text_of(found.title) == "Stocks rise"
    assert len(found.blocks) == 1
    assert text_of(found.blocks[0].runs) == f"By {plain(words)}."
    assert found.blocks[0].runs[1].ref == "report"


@pytest.mark.parametrize("words", WORDS)
def test_words_of_a_statement_stay_words(words):
    """They are one run that cites the statement."""
    item = {
        "id": "commentary.a",
        "topic": "market",
        "date": "2025-01-08",
        "speaker": words,
        "firm": words,
        "title": words,
        "medium": "said",
        "text": words,
        "source": "x",
    }
    found = told(
        "{% for item in voices('market') %}So: {{ speaker(item) }} {{ item | words }}{% endfor %}",
        commentary=[item],
    )
    assert len(found.blocks) == 1
    assert {run.ref for run in found.blocks[0].runs} <= {"", "commentary.a"}
    assert plain(words) in text_of(found.blocks[0].runs)


@pytest.mark.parametrize(
    "text",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ one.__self__.__class__.__init__.__globals__ }}",
        "{{ wording.__func__ }}",
        "{{ market.__init__.__globals__ }}",
        "{{ fact('session.date').__class__.__mro__ }}",
        "{{ facts.__class__ }}",
        "{{ facts.clear() }}",
        "{{ limits.update(a=1) }}",
        "{{ ''|attr('__class__') }}",
        "{{ lipsum() }}",
        "{{ [1]|random }}",
        "{% import '/etc/passwd' as x %}",
        "{% include '../../../../etc/passwd' %}",
        "{% include 'page/../../pyproject.toml' %}",
        "{{ wording('../../../etc/passwd') }}",
        "{{ wording('..', '..') }}",
    ],
)
def test_a_story_gets_no_further_than_its_record(text):
    with pytest.raises(NarrativeError) as caught:
        told(text)
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{ 'a' * 300000000 }}", "makes more text"),
        ("{% for x in range(10**9) %}{% endfor %}", "Range too big"),
        (
            "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}",
            "takes (more turns|longer) than a template may",
        ),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "calls itself without an end"),
        ("{{ (" + "(" * 5000 + "1" + ")" * 5000 + ") }}", "nested too deep"),
    ],
    ids=["text", "range", "loops", "macro", "nested"],
)
def test_a_story_without_an_end_ends_with_its_line(text, words):
    """Within seconds, and in a thread as well as in a process."""
    found = []

    def tell():
        with pytest.raises(NarrativeError) as caught:
            told(f"\n{text}")
        found.append(str(caught.value))

    began = time.monotonic()
    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()
    assert re.search(words, found[0])
    assert "story.j2, line" in found[0] or "nested" in found[0]
    assert time.monotonic() - began < 30
