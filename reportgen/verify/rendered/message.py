"""The check of a message."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator, Sequence
from email import policy
from email.message import EmailMessage

from reportgen.story.citations import text_of
from reportgen.story.model import Image, Narrative, Picture
from reportgen.verify.factcheck import Check
from reportgen.verify.rendered.lines import Part, fold, in_order, lines, loose
from reportgen.verify.rendered.markup import Reader
from reportgen.verify.rendered.page import coloured
from reportgen.verify.rendered.plain import plain

Images = Callable[[str], bytes]
"""The bytes of the picture of a name, as its run drew it for mails."""
FILE = "email"
GHOST_TABLE = (
    '<table role="presentation" width="600" align="center" cellpadding="0" cellspacing="0"'
    ' border="0"><tr><td>'
)
GHOSTS = [f"[if mso]>{tags}<![endif]" for tags in (GHOST_TABLE, "</td></tr></table>")]
"""The comments of a mail, in which Outlook finds a table that is not too wide."""


def mail(data: bytes, narrative: Narrative, images: Images | None = None) -> list[Check]:
    """Failed checks of a message: its subject, its text part, its HTML part, its pictures.

    With *images*, each picture has to be the one that the run drew for it.
    """
    message = email.message_from_bytes(data, policy=policy.default)
    failed = (
        []
        if message["Subject"] == text_of(narrative.subject)
        else [Check(FILE, str(message["Subject"]), "subject", "", "not the brief's subject")]
    )
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    if text is None or html is None:
        return [
            *failed,
            Check(FILE, "", "", "", "the message lacks its text or its HTML part"),
        ]
    failed += plain(text.get_content(), narrative, "email text")
    reader = Reader()
    reader.feed(html.get_content())
    sources = [part.text for part in reader.parts if part.where == "image"]
    every: list[Picture | Image] = [*narrative.pictures, *narrative.images]
    shown = [
        picture
        for picture in every
        if any(source.startswith(f"cid:{picture.name}@") for source in sources)
    ]
    failed += in_order(
        list(_parts(narrative, shown)),
        [_named(part) for part in reader.parts],
        FILE,
    )
    failed += coloured(narrative, reader, FILE)
    failed += _attached(message, sources, shown, images)
    if reader.asides != GHOSTS:
        asides = str(reader.asides)
        failed.append(Check(FILE, asides, "comments", "", "not the comments of a mail"))
    if reader.head["title"] != text_of(narrative.title):
        title = reader.head["title"]
        failed.append(Check(FILE, title, "title", "", "not the brief's headline"))
    return failed + list(loose(fold(" ".join(reader.rest)), FILE))


def _parts(narrative: Narrative, shown: Sequence[Picture | Image]) -> Iterator[Part]:
    """What the HTML part shows, from its top to its foot, with the pictures in *shown*."""
    yield Part("preheader", fold(text_of(narrative.preheader)))
    every: list[Picture | Image] = [*narrative.pictures, *narrative.images]
    hidden = {picture.name for picture in every} - {p.name for p in shown}
    for line in lines(narrative, hidden):
        if isinstance(line, Picture | Image):
            yield Part("image", line.name)
            yield Part("alt", text_of(line.alt))
        else:
            yield line.part


def _named(part: Part) -> Part:
    """*part* with the name of its picture in place of the address of an image."""
    if part.where != "image":
        return part
    return part._replace(text=part.text.removeprefix("cid:").partition("@")[0])


def _attached(
    message: EmailMessage,
    sources: list[str],
    shown: Sequence[Picture | Image],
    images: Images | None,
) -> Iterator[Check]:
    """Failed checks of the attached pictures.

    Each is there once, under the address by which the HTML part calls it.
    """
    files = [part for part in message.walk() if part.get_content_maintype() == "image"]
    addresses = [f"cid:{str(part['Content-ID']).strip('<>')}" for part in files]
    if sorted(addresses) != sorted(sources):
        yield Check(
            FILE, str(addresses), "pictures", "", "the pictures are not those that are shown"
        )
    for picture in shown:
        for address, part in zip(addresses, files, strict=True):
            if address.startswith(f"cid:{picture.name}@") and (
                part.get_filename() != f"{picture.name}.png"
                or (images is not None and part.get_content() != images(picture.name))
            ):
                yield Check(
                    FILE, picture.name, picture.name, "", "it is not the picture that was drawn"
                )
