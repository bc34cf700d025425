"""The mail as it arrived, in Chromium.

At the width of a desk and of a phone, in the light and in the dark, with pictures and without.

The pictures in ``reference`` were looked at by a person. ``REFERENCE=write`` keeps new ones, to be
looked at again.
"""

from __future__ import annotations

import email
import os
import re
from email import policy
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from reportgen.publish.mail.message import page as mail_page

pytestmark = pytest.mark.browser

REFERENCE = Path(__file__).parent / "reference"
LOOKS = [
    (width, dark, pictures)
    for width in (600, 375)
    for dark in (False, True)
    for pictures in (True, False)
]
SHRUNK = 2
"""Pictures are compared at half their size: letters may be set a hair otherwise on another machine.
"""
FAR, MOST = 64, 0.03
"""How far a grey may be from the reference's, of 255,
and in what part of the pixels it may be further."""


@pytest.fixture(scope="module")
def mail(received):
    return email.message_from_bytes(received, policy=policy.default)


@pytest.fixture(scope="module")
def shown(received, tmp_path_factory):
    """The HTML part as files for a browser, with its pictures and without."""
    folder = tmp_path_factory.mktemp("shown")
    (folder / "mail.eml").write_bytes(received)
    whole = mail_page(folder / "mail.eml").decode()
    (folder / "True.html").write_text(whole)
    (folder / "False.html").write_text(
        re.sub(r'src="data:image/png[^"]*"', 'src="blocked:"', whole)
    )
    return folder


@pytest.mark.parametrize(("width", "dark", "pictures"), LOOKS)
def test_it_looks_as_the_one_that_was_looked_at(new_page, shown, tmp_path, width, dark, pictures):
    """Within a tolerance, in size and in every part."""
    name = f"mail-{width}-{'dark' if dark else 'light'}-{'pictures' if pictures else 'words'}.png"
    page = new_page(width=width, dark=dark).open(shown / f"{pictures}.html")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen = Image.open(page.picture(tmp_path / name)).convert("L")
    seen = seen.resize((seen.width // SHRUNK, seen.height // SHRUNK), Image.Resampling.BOX)
    if os.environ.get("REFERENCE") == "write":
        REFERENCE.mkdir(exist_ok=True)
        seen.quantize(16).save(REFERENCE / name, optimize=True)
    kept = Image.open(REFERENCE / name).convert("L")
    assert seen.width == kept.width
    assert abs(seen.height - kept.height) <= 0.02 * kept.height
    height = min(seen.height, kept.height)
    apart = ImageChops.difference(
        seen.crop((0, 0, seen.width, height)), kept.crop((0, 0, kept.width, height))
    ).histogram()
    assert sum(apart[FAR:]) <= MOST * seen.width * height


def test_a_dark_mail_is_dark_and_its_words_can_be_read(new_page, shown):
    """Also where a client takes the theme of its reader."""
    page = new_page(width=600, dark=True).open(shown / "True.html")
    ground, ink = page.evaluate(
        "(t => [getComputedStyle(document.querySelector('.sheet')).backgroundColor,"
        " getComputedStyle(t).color])(document.querySelector('.title'))"
    )
    assert sum(map(int, re.findall(r"\d+", ground)[:3])) < 120
    assert sum(map(int, re.findall(r"\d+", ink)[:3])) > 600


def test_without_pictures_their_words_are_read(new_page, shown):
    """What a picture shows is in its place, with the figures."""
    page = new_page(width=600).open(shown / "False.html")
    alts = page.evaluate("[...document.images].map(i => i.alt)")
    assert len(alts) == 2
    assert all(re.search(r"\d", alt) and len(alt) > 60 for alt in alts)


def test_nothing_of_it_is_loaded_from_elsewhere(new_page, shown):
    """No pixel counts its readers."""
    page = new_page(width=600).open(shown / "True.html")
    assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []


def test_it_is_whole_and_small(mail, received):
    """No defect.

    Every picture that is shown is there, and none is there that is not shown; within what Gmail
    shows.
    """
    assert [part.defects for part in mail.walk() if part.defects] == []
    html = mail.get_body(("html",)).get_content()
    ids = {part["Content-ID"].strip("<>") for part in mail.walk() if part["Content-ID"]}
    assert set(re.findall(r'src="cid:([^"]+)"', html)) == ids
    assert len(html.encode()) <= 90_000
    assert len(received) <= 200_000
    assert len(mail["Subject"]) <= 70
    assert re.search(r'class="preheader"[^>]*>[^<]{20,}', html)
