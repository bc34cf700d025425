"""The email.

Multipart, tables and inlined styles, pictures by Content-ID, the same
bytes for the same brief.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime

from reportgen.config.resources import tokens
from reportgen.config.settings import Settings
from reportgen.core import headers
from reportgen.core.errors import RenderError
from reportgen.rendering.brief import Brief, Rendering, form
from reportgen.rendering.images import MAILED
from reportgen.rendering.page import filled
from reportgen.rendering.pictures import MAIL, png
from reportgen.rendering.text import plain_text
from reportgen.story.citations import Runs, text_of
from reportgen.story.model import Paragraph, Table

PICTURES = 2
"""How many of the first pictures an email carries where their author does not say."""
ROOM = 600_000
"""Bytes of pictures that an email of a notebook carries."""
DOMAIN = "reportgen.example"


def carried(brief: Brief) -> Iterator[str]:
    """The names of the pictures that an email carries.

    Of a story, those that its author chose, and the first; of a notebook, those that find room.
    """
    names = [picture.name for picture in brief.narrative.pictures]
    asked = {name: brief.record.charts[name].get("mail") for name in names}
    free = PICTURES - sum(choice is True for choice in asked.values())
    first = [name for name in names if asked[name] is None][: max(free, 0)]
    yield from (name for name in names if asked[name] or name in first)
    room = ROOM
    for image in brief.narrative.images:
        room -= len(brief.images[image.name].mail)
        if room < 0:
            return
        yield image.name


def html_body(brief: Brief, settings: Settings) -> str:
    """The HTML part with inlined styles; dark and phone rules in one element."""
    import css_inline

    shown = [*carried(brief)]
    raw = filled(
        "email/brief.html.j2",
        brief=brief,
        story=brief.narrative,
        text=text_of,
        is_paragraph=lambda b: isinstance(b, Paragraph),
        is_table=lambda b: isinstance(b, Table),
        form=form,
        width_of=lambda name: min(brief.images[name].width, MAILED),
        shown=shown,
        cid=lambda name: f"{name}@{DOMAIN}",
        colour=tokens()["light"],
        dark=tokens()["dark"],
        page_url=settings.page_of(brief.report, brief.label),
        width=MAIL,
    )
    inlined = css_inline.inline(
        raw,
        load_remote_stylesheets=False,
        keep_style_tags=False,
    )
    return inlined.replace(' data-css-inline="keep"', "")


def message(brief: Brief, settings: Settings) -> EmailMessage:
    """The message.

    Text and HTML alternatives, the HTML with its pictures; date and ids
    come from the brief.
    """
    mail = EmailMessage(policy=headers.WRITTEN)
    mail["From"], mail["To"] = settings.sender, settings.recipient
    mail["Subject"] = _line(brief.narrative.subject)
    mail["Date"] = format_datetime(brief.as_of)
    text, html = plain_text(brief), html_body(brief, settings)
    images = {
        name: brief.images[name].mail if name in brief.images else png(brief.specs[name], MAIL)
        for name in carried(brief)
    }
    digest = hashlib.sha256(html.encode() + b"".join(images.values())).hexdigest()[:32]
    mail["Message-ID"] = f"<{digest}@{DOMAIN}>"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    rich = mail.get_payload()[1]  # type: ignore[index]
    for name, data in images.items():
        rich.add_related(  # type: ignore[union-attr]
            data,
            "image",
            "png",
            cid=f"<{name}@{DOMAIN}>",
            disposition="inline",
            filename=f"{name}.png",
        )
    for depth, part in enumerate(p for p in mail.walk() if p.is_multipart()):
        part.set_boundary(f"={digest[:24]}-{depth}=")
    return mail


def _line(runs: Runs) -> str:
    """The subject.

    Raises:
        RenderError: It hides something from who reads the headline.
    """
    text = " ".join(text_of(runs).split())
    try:
        whole = headers.line(text) == text
    except ValueError:
        whole = False
    if not whole:
        raise RenderError(
            f"The headline cannot be the subject of a mail: {text!r}.",
            subject=text,
        )
    return text


def render(brief: Brief, settings: Settings) -> Rendering:
    """The message as a file."""
    return Rendering(name="brief.eml", data=message(brief, settings).as_bytes())
