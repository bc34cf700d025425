"""A person's words reach the reader as text, whatever they contain, in every file of the brief."""

from __future__ import annotations

import email
import json
from email import policy

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.config.resources import SAMPLE

HTML = '<script>alert(1)</script> beats <b>bold</b> & "quotes"'
JINJA = "{{ 7 * 7 }} {% for x in y %} {# gone? #} #let x = 1 \\textbf{tex}"
QUOTE = "We see a 25% gain and 4,000 by June"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, apart):
    """A brief of the sample whose three statements hold HTML, Jinja and a number."""
    import shutil

    base = tmp_path_factory.mktemp("told")
    data = shutil.copytree(SAMPLE, base / "data") / "commentary"
    for name, text in {
        "2025-01-hall-rates": HTML,
        "2025-01-hall-mid-caps": JINJA,
        "2024-11-lee-small-caps": QUOTE,
    }.items():
        head = (data / f"{name}.md").read_text().rpartition("---\n")[0]
        head = head.replace("paraphrase", "quote").replace("Jill Carey", "Jill <i>C.</i>")
        (data / f"{name}.md").write_text(f"{head}---\n{text}\n")
    args = [
        "run",
        "small-caps",
        "--as-of",
        "2025-01-08 13:00",
        "--data",
        str(base / "data"),
        "--out",
        str(base / "out"),
    ]
    result = apart(*args)
    assert result.exit_code == 0, result.stderr
    return base / "out" / "small-caps" / "2025-01-08T1300"


def folded(text):
    """*text* with its white space folded."""
    return " ".join(text.split())


@pytest.mark.parametrize("words", [HTML, JINJA, QUOTE])
def test_plain_text_shows_the_words_as_they_are(folder, words):
    """The text file has no markup to break."""
    assert words in folded((folder / "brief.txt").read_text())


def test_the_page_shows_markup_as_text(folder):
    """Angle brackets and ampersands are escaped on the page; no tag of the statement lives."""
    page = folded((folder / "brief.html").read_text())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; beats &lt;b&gt;bold&lt;/b&gt; &amp;" in page
    assert "<script>alert(1)" not in page
    assert "<i>C.</i>" not in page
    assert "{{ 7 * 7 }} {% for x in y %}" in page


def test_the_email_shows_markup_as_text(folder):
    """Both parts of the message carry the words, the HTML one escaped."""
    message = email.message_from_bytes((folder / "brief.eml").read_bytes(), policy=policy.default)
    html = folded(message.get_body(("html",)).get_content())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>" not in html
    assert JINJA in folded(message.get_body(("plain",)).get_content())


def test_the_pdf_shows_markup_as_text(folder):
    """Typst gets the words as data: a #let is no command, and nothing is missing."""
    import pypdfium2

    document = pypdfium2.PdfDocument(folder / "brief.pdf")
    text = "".join(document[i].get_textpage().get_text_bounded() for i in range(len(document)))
    document.close()
    squeezed = "".join(text.split())
    assert [
        w
        for w in ("<script>alert(1)</script>", "{{7*7}}", "#letx=1", "25%gainand4,000")
        if w not in squeezed
    ] == []


def test_a_number_in_a_quote_is_kept_and_is_no_claim(folder):
    """The speaker's number stands in the words, with the speaker.

    The brief does not state it as its own.
    """
    claims = json.loads((folder / "brief.json").read_text())["claims"]
    assert f"told CNBC in November: “{QUOTE}" in folded((folder / "brief.txt").read_text())
    assert {c["text"] for c in claims}.isdisjoint({"25%", "4,000"})


def test_a_brief_with_such_words_passes_its_check(folder):
    """The check reads the words as the narrative has them."""
    assert CliRunner().invoke(main, ["check", str(folder)]).exit_code == 0
