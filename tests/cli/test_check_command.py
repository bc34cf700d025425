"""`reportgen check` passes a fresh brief and refuses one in which a digit
of a sentence was changed.
"""

from __future__ import annotations

import json
import re

import pytest


def test_a_fresh_brief_is_borne_out(call, brief):
    """All files agree with the record."""
    result = call("check", brief)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{brief}: every statement is borne out.\n"


@pytest.mark.parametrize("name", ["brief.html", "brief.txt", "brief.eml"])
def test_a_changed_digit_is_found(call, brief, name):
    """The level of the index, one digit off, in the page, the text and the message.

    Exit code 5, the file is named.
    """
    path = brief / name
    text = path.read_bytes().decode()
    assert "2,225.43" in text
    path.write_bytes(text.replace("2,225.43", "2,225.48", 1).encode())
    _is_refused(call("check", brief), name)


def test_a_changed_digit_in_the_data_is_found(call, brief):
    """The sentence of a claim, one digit off."""
    document = json.loads((brief / "brief.json").read_text())
    claim = next(c for c in document["claims"] if "2,225.43" in c["sentence"])
    claim["sentence"] = claim["sentence"].replace("2,225.43", "2,225.48")
    (brief / "brief.json").write_text(json.dumps(document))
    _is_refused(call("check", brief), "brief.json")


def _is_refused(result, file):
    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 5
    assert result.stderr.count("\n") == 1
    assert result.stderr == f"reportgen: {file} was changed since the brief was sealed\n"


def test_every_digit_of_the_text_counts(made):
    """Whichever digit of brief.txt is changed, the check finds it."""
    from reportgen.verify import rendered

    story, text = _story(made[1]), (made[1] / "brief.txt").read_text()
    places = [match.start() for match in re.finditer(r"\d", text)]
    missed = [
        text[i - 20 : i + 5] for i in places if not rendered.plain(_other_digit(text, i), story)
    ]
    assert len(places) > 100
    assert missed == []


@pytest.mark.slow
def test_every_digit_of_the_page_counts(made):
    """Whichever digit that a reader of brief.html sees outside the pictures is changed, the
    check finds it.
    """
    from reportgen.record.record import read_record
    from reportgen.verify import rendered

    html = rendered.APPENDIX.sub("", _slim((made[1] / "brief.html").read_text()))
    record = read_record(json.loads((made[1] / "notebook.ipynb").read_text()))
    story, seen = _story(made[1]), _seen(html)
    missed = [
        html[i - 30 : i + 10]
        for i in seen
        if not rendered.page(_other_digit(html, i), story, record)
    ]
    assert len(seen) > 100
    assert missed == []


@pytest.mark.slow
def test_every_claim_of_the_data_counts(made):
    """Change the first digit of any claim's words, sentence or value: the check finds it."""
    from reportgen.record.record import read_record
    from reportgen.verify import rendered

    record, story = (
        read_record(json.loads((made[1] / "notebook.ipynb").read_text())),
        _story(made[1]),
    )
    lines = (made[1] / "brief.json").read_text().splitlines(keepends=True)
    first, last = (
        next(i for i, x in enumerate(lines) if '"claims"' in x),
        next(i for i, x in enumerate(lines) if x.startswith(' "facts"')),
    )
    numbers = [
        i for i in range(first, last) if re.search(r'"(text|sentence|value)":.*[1-9]', lines[i])
    ]
    missed = []
    for i in numbers:
        place = re.search(r"[1-9]", lines[i]).start()
        changed = "".join([*lines[:i], _other_digit(lines[i], place), *lines[i + 1 :]])
        missed += [] if rendered.data(changed, story, record) else [lines[i]]
    assert len(numbers) > 100
    assert missed == []


def _story(folder):
    from reportgen.produce.telling import read_notebook, tell

    return tell(read_notebook(folder / "notebook.ipynb")).narrative


def _other_digit(text, place):
    return f"{text[:place]}{int(text[place]) % 9 + 1}{text[place + 1 :]}"


def _slim(html):
    """The page without its scripts and styles, which are long and not read."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)


def _seen(html):
    """Places of the digits between tags, before the appendix, outside pictures, scripts,
    styles and the title.
    """
    hidden = r"<(script|style|svg|title)\b.*?</\1>|<[^>]*>"
    body = html.partition('id="appendix"')[0]
    blank = re.sub(hidden, lambda match: " " * len(match[0]), body, flags=re.DOTALL)
    return [match.start() for match in re.finditer(r"\d", blank)]


def test_a_brief_without_files_is_refused(refused, brief):
    """Each file that is missing has a line of its own."""
    for path in brief.glob("brief.*"):
        path.unlink()
    refused(5, ["check", brief], "brief.html is missing", "brief.json is missing", lines=5)


def test_a_folder_that_is_no_brief_is_refused(refused, tmp_path):
    """The line says what to give."""
    refused(4, ["check", tmp_path], "notebook.ipynb does not exist", "give the folder of a brief")
