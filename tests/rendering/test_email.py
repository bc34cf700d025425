"""The email.

Small, self-contained, readable with pictures off, and the same bytes for the same brief.
"""

from __future__ import annotations

import dataclasses
import email
import re
from email import policy
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from reportgen.config.settings import Settings
from reportgen.rendering import email as as_email
from reportgen.story.citations import text_of

PAGE = "https://reportgen.example/small-caps/2025-01-08"


class Reader(HTMLParser):
    """Tags and visible text of the HTML part, a picture as its alternative text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.words.append(f" {dict(attrs).get('alt', '')} ")

    def handle_data(self, data):
        if not self.cdata_elem:
            self.words.append(data)


@pytest.fixture(scope="module")
def data(sample_brief):
    return (sample_brief.folder / "brief.eml").read_bytes()


@pytest.fixture(scope="module")
def mail(data):
    return email.message_from_bytes(data, policy=policy.default)


@pytest.fixture(scope="module")
def html(mail):
    return mail.get_body(("html",)).get_content()


@pytest.fixture(scope="module")
def read(html):
    return Reader(html)


@pytest.fixture
def linked(sample_brief):
    """The message of an installation that knows where its pages are."""
    return as_email.message(sample_brief.brief, Settings(page_url=PAGE))


def html_of(message):
    """The HTML part of a message as made."""
    return (
        email.message_from_bytes(message.as_bytes(), policy=policy.default)
        .get_body(("html",))
        .get_content()
    )


def folded(text):
    return " ".join(text.replace("\xa0", " ").split())


def stated(brief):
    """The facts that an email states in words: all but the labels in pictures."""
    shown = [
        (w, r)
        for w, r in brief.narrative.texts()
        if w in ("title", "kicker", "key_points", "table", "body", "footer")
    ]
    return [run.text for _, runs in shown for run in runs if run.is_fact]


def test_the_html_is_at_most_ninety_kilobytes_and_the_message_two_hundred(data, html):
    """Below what Gmail clips, and light on a phone."""
    assert len(html.encode()) <= 90_000
    assert len(data) <= 200_000


def test_the_message_parses_back_without_a_defect(mail, data):
    """Text first, then HTML with its pictures; nothing is repaired on the way."""
    assert [part.defects for part in mail.walk() if part.defects] == []
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds[:4] == ["multipart/alternative", "text/plain", "multipart/related", "text/html"]
    assert set(kinds[4:]) == {"image/png"}
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_every_content_id_resolves_and_every_picture_is_used(mail, read):
    """Pictures travel with the message, each shown once."""
    sent = {part["Content-ID"].strip("<>") for part in mail.walk() if part["Content-ID"]}
    used = [given["src"] for tag, given in read.tags if tag == "img"]
    assert 1 <= len(used) <= 2
    assert {f"cid:{name}" for name in sent} == set(used)
    assert len(used) == len(set(used))


def test_a_screen_reader_finds_its_way_by_headings(html, read, sample_brief):
    """One of the first rank, one of the second for each table and shown picture, in one main part.

    Clients drop the html element with its language, so the main part has it too.
    """
    story = sample_brief.brief.narrative
    ranks = [tag for tag, _ in read.tags if tag in ("h1", "h2", "h3")]
    pictures = [tag for tag, _ in read.tags if tag == "img"]
    assert ranks == ["h1"] + ["h2"] * (len(story.tables) + len(pictures))
    (main,) = (given for _, given in read.tags if given.get("role") == "main")
    assert main["lang"] == "en-US"
    assert html.index("<h1") > html.index('role="main"')
    layout = [given for tag, given in read.tags if tag == "table" and "role" not in given]
    assert len(layout) == len(story.tables)


def test_classic_outlook_finds_a_width(html):
    """It knows no max-width; a table of 600 that others take for a comment is around the sheet."""
    opened, closed = (m.start() for m in re.finditer(r"<!--\[if mso\]>", html))
    assert 'width="600"' in html[opened : html.index("<![endif]-->", opened)]
    assert opened < html.index('class="sheet"') < closed < html.index("</body>")


def test_the_preheader_is_hidden_by_its_style_and_not_by_its_colour(html):
    """Words in the colour of their ground are what filters look for."""
    (style,) = re.findall(r'<div class="preheader"[^>]*style="([^"]*)"', html)
    assert "display: none" in style
    assert "color" not in style


def test_nothing_is_loaded_from_outside(html, read, linked):
    """No script, drawing, form or remote file; only the link to the page leads out."""
    assert not {
        "svg",
        "script",
        "iframe",
        "form",
        "input",
        "object",
        "embed",
        "link",
        "video",
        "base",
    } & {tag for tag, _ in read.tags}
    assert re.findall(r"url\(|@import|@font-face|expression\(|javascript:", html) == []
    assert [given for _, given in read.tags if "background" in given or "srcset" in given] == []
    assert re.findall(r"https?://[^\"'<\s]+", html) == []
    assert set(re.findall(r"https?://[^\"'<\s]+", html_of(linked))) == {PAGE}


def test_the_page_is_linked_once_at_the_top_and_once_at_the_end(linked):
    """A reader finds the way to the page where it is looked for."""
    html = html_of(linked)
    places = [m.start() / len(html) for m in re.finditer(re.escape(f'href="{PAGE}"'), html)]
    assert len(places) == 2
    assert places[0] < html.index('data-part="body"') / len(html) < places[1]


def test_the_text_part_carries_every_number(mail, sample_brief):
    """Plain text is a whole brief, in the same words as the file, at most 78 columns wide."""
    text = mail.get_body(("plain",)).get_content()
    assert [fact for fact in stated(sample_brief.brief) if fact not in folded(text)] == []
    assert (
        text.replace("\r\n", "\n").strip()
        == (sample_brief.folder / "brief.txt").read_text().strip()
    )
    assert max(map(len, text.splitlines())) <= 78
    assert all(
        folded(text_of(p.alt)) in folded(text) for p in sample_brief.brief.narrative.pictures
    )


def test_the_html_part_reads_well_with_pictures_off(read, sample_brief):
    """Every number, and each picture as its finding in words, with a colour and a size for them."""
    words = folded("".join(read.words))
    assert [fact for fact in stated(sample_brief.brief) if fact not in words] == []
    for given in (given for tag, given in read.tags if tag == "img"):
        assert re.search(r"\d", given["alt"])
        assert "color:" in given["style"]
        assert given["width"]


def test_the_preheader_is_the_first_text_of_the_body(html, sample_brief):
    """A mailbox shows the brief's own summary beside the subject, not what
    happens to come first.
    """
    body = Reader(html[html.index("<body") :])
    assert folded("".join(body.words)).startswith(
        folded(text_of(sample_brief.brief.narrative.preheader))
    )


def test_the_subject_is_short_and_the_headers_are_folded(mail, data):
    """At most 70 characters; header lines at most 78, body lines within the
    998 that SMTP carries.
    """
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    assert len(mail["Subject"]) <= 70
    assert max(map(len, head.split(b"\n"))) <= 78
    assert max(map(len, body.split(b"\n"))) <= 998
    assert all(byte < 128 for byte in data)


def test_a_long_subject_in_other_letters_is_folded_too(sample_brief):
    """Encoded words keep to their lines and come back whole; a line break in them is no header."""
    runs = sample_brief.brief.narrative.title
    long = dataclasses.replace(
        runs[0], text="Zürich “small caps” — 8.9% below\r\nBcc: all@reportgen.example"
    )
    brief = dataclasses.replace(
        sample_brief.brief,
        narrative=dataclasses.replace(sample_brief.brief.narrative, title=(long,)),
    )
    data = as_email.render(brief, Settings()).data
    back = email.message_from_bytes(data, policy=policy.default)
    assert back["Subject"] == folded(long.text)
    assert back["Bcc"] is None
    assert max(map(len, data.replace(b"\r\n", b"\n").partition(b"\n\n")[0].split(b"\n"))) <= 78


def test_date_and_identity_come_from_the_brief(mail, sample_brief, data):
    """No clock and no chance: date, Message-ID and boundaries follow from the contents."""
    assert mail["Date"].datetime == sample_brief.brief.as_of
    assert re.fullmatch(r"<[0-9a-f]{32}@reportgen\.example>", mail["Message-ID"])
    assert all(
        re.search(r"[0-9a-f]{16}", part.get_boundary())
        for part in mail.walk()
        if part.is_multipart()
    )
    assert as_email.render(sample_brief.brief, Settings()).data == data


def test_another_message_has_another_identity(sample_brief, mail):
    """Two briefs, or one sent to another list, are never taken for the same message."""
    moved = as_email.message(sample_brief.brief, Settings(page_url=PAGE))
    assert moved["Message-ID"] != mail["Message-ID"]
    assert len({part.get_boundary() for part in moved.walk() if part.is_multipart()}) == 2


def test_pictures_are_sharp_light_and_written_on(mail):
    """Twice the narrow width, at most 128 colours, and letters where the labels must be."""
    for part in (p for p in mail.walk() if p.get_content_type() == "image/png"):
        picture = Image.open(BytesIO(part.get_content()))
        assert 2 * 400 <= picture.width <= 2 * 480
        assert len(picture.getcolors()) <= 128
        assert len(part.get_content()) <= 60_000
        axis = picture.convert("L").crop((0, picture.height - 50, picture.width, picture.height))
        assert sum(count for grey, count in enumerate(axis.histogram()) if grey < 160) > 200


def test_dark_mode_leaves_no_dark_letter_on_the_dark_ground(html):
    """Each class with a light-theme colour of its own has one for the dark."""
    dark = html[html.index("prefers-color-scheme: dark") : html.index("</style>")]
    coloured = {
        name
        for classes in re.findall(r'class="([^"]*)" [^>]*style="[^"]*(?<!-)color:', html)
        for name in classes.split()
    }
    assert {"serif", "sans", "muted", "gain", "loss"} <= coloured
    for name in coloured & {"serif", "sans", "title", "muted", "flat", "gain", "loss", "link"}:
        assert f".{name}" in dark, name


def test_the_link_has_a_colour_in_the_dark(linked):
    """The accent of the light theme cannot be read on the dark ground."""
    html = html_of(linked)
    assert ".link" in html[html.index("prefers-color-scheme: dark") : html.index("</style>")]
