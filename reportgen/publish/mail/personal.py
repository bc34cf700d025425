"""Briefs for many readers from one record.

Whoever is shown the same gets the same, but for the name on it.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape
from typing import Any

from reportgen.config.settings import Settings
from reportgen.core import headers
from reportgen.core.errors import InvalidParameter, ReportgenError
from reportgen.execute.fork import FORKS
from reportgen.execute.zygote import Zygote
from reportgen.files.outputs import Folder, folder, variant
from reportgen.produce import telling
from reportgen.produce.pipeline import produce
from reportgen.publish.recipients import Recipient, wire
from reportgen.record.request import Request, text_of
from reportgen.rendering.brief import READER
from reportgen.rendering.page import light

WRITERS, IN_HAND = 2, 100
"""Threads that write copies, and how many copies may wait for them."""


def produce_for(
    recipients: Sequence[Recipient],
    request: Request,
    out: str,
    *,
    now: dt.datetime,
    settings: Settings,
) -> Iterator[str]:
    """The paths of *request*'s brief and of all copies, as they are written.

    The notebook runs once for all readers with the same numbers. Where a reader's
    differ from the request's, a folder named for those parameters, such as
    "months=12", has the brief and the copies.
    """
    if request.report.private:
        yield from _private(recipients, request, out, now, settings)
        return
    parts = groups(recipients, request)
    if len(parts) == 1 or not FORKS:
        for key, readers in parts.items():
            yield from _made(*_part(request, out, key, readers), now, settings)
        return
    zygote = Zygote.start()  # each run in a process of its own
    try:
        for key, readers in parts.items():
            yield from zygote.call(_listed, *_part(request, out, key, readers), now, settings)
    finally:
        zygote.close()


def _private(
    recipients: Sequence[Recipient],
    request: Request,
    out: str,
    now: dt.datetime,
    settings: Settings,
) -> Iterator[str]:
    """The same of a private report: a run for each reader, in the reader's own folder.

    One that cannot be made does not keep the others from theirs.

    Raises:
        ReportgenError: Some could not be made; it says how many, and not whose they are.
    """
    failed = dict[int, ReportgenError]()
    zygote = Zygote.start() if FORKS else None
    try:
        for number, one in enumerate(recipients, 1):
            own = request.report.computed(
                {**request.report.parameter_values(request.parameters), **one.parameters}
            )
            asked = replace(
                request,
                parameters={**request.parameters, **{k: text_of(v) for k, v in own.items()}},
                reader=one.mark,
            )
            part = (asked, f"{out.rstrip('/')}/{one.folder}", [one], now, settings)
            try:
                yield from zygote.call(_listed, *part) if zygote else _made(*part)
            except ReportgenError as error:
                failed[number] = error
    finally:
        if zygote is not None:
            zygote.close()
    if failed:
        first, numbers = next(iter(failed.values())), ", ".join(map(str, failed))
        raise type(first)(
            f"{len(failed)} of {len(recipients)} private briefs were not made: those of the"
            f" recipients {numbers} of the list. gate.txt in the folder of each says why.",
            subject=None,
        )


def groups(
    recipients: Iterable[Recipient],
    request: Request,
) -> dict[tuple[tuple[str, str], ...], list[Recipient]]:
    """The *recipients*, grouped by the parameters that change their numbers."""
    report = request.report
    usual = report.computed(report.parameter_values(request.parameters))
    found: dict[tuple[tuple[str, str], ...], list[Recipient]] = {}
    for one in recipients:
        own = report.computed(report.parameter_values({**request.parameters, **one.parameters}))
        found.setdefault(
            tuple((k, str(v)) for k, v in own.items() if v != usual.get(k)), []
        ).append(one)
    return found


def _part(
    request: Request,
    out: str,
    key: tuple[tuple[str, str], ...],
    readers: list[Recipient],
) -> tuple[Request, str, list[Recipient]]:
    return (
        replace(request, parameters={**request.parameters, **dict(key)}),
        variant(out, dict(key)),
        readers,
    )


def _listed(*args: Any) -> list[str]:
    return list(_made(*args))


def _made(
    request: Request,
    out: str,
    readers: list[Recipient],
    now: dt.datetime,
    settings: Settings,
) -> Iterator[str]:
    produced = produce(request, out, now=now, settings=settings)
    yield from produced.files
    place = folder(produced.folder, private=request.report.private) / "recipients"
    yield from written(place, editions(produced.notebook, readers, request, settings))


def written(
    place: Folder,
    copies: Iterable[tuple[Recipient, dict[str, bytes]]],
) -> Iterator[str]:
    """Where the files of *copies* are in *place*.

    They are written while the next ones are rendered.
    """
    waiting: deque[Future[tuple[str, ...]]] = deque()
    with ThreadPoolExecutor(WRITERS) as pool:
        for one, files in copies:
            waiting.append(pool.submit((place / one.folder).write, files))
            if len(waiting) > IN_HAND:
                yield from waiting.popleft().result()
        for late in waiting:
            yield from late.result()


def editions(
    notebook: Mapping[str, Any],
    recipients: Sequence[Recipient],
    request: Request,
    settings: Settings,
) -> Iterator[tuple[Recipient, dict[str, bytes]]]:
    """The files of each recipient, told from one executed *notebook*.

    What is shown to several is rendered and checked once.
    """
    asked: dict[tuple[frozenset[str], tuple[str, ...]], list[Recipient]] = {}
    for one in recipients:
        hidden = request.report.hidden(
            request.report.parameter_values({**request.parameters, **one.parameters})
        )
        asked.setdefault((hidden, one.formats or request.formats), []).append(one)
    for (hidden, wanted), readers in asked.items():
        brief = telling.tell(notebook, hidden)
        files = telling.render(brief, wanted, settings)
        telling.refuse(telling.check_brief(brief, files))
        copies = {file.name: _named(file.name, file.data) for file in files}
        for one in readers:
            yield one, {name: copy_of(one) for name, copy_of in copies.items()}


def _named(name: str, data: bytes) -> Callable[[Recipient], bytes]:
    """What makes of a checked file the copy of one reader."""
    if name == "brief.html" and READER.encode() in data:
        before, after = light(data).split(READER.encode(), 1)
        return lambda one: b"".join((before, _line(one), after))
    if name == "brief.eml":
        message = message_from_bytes(data, policy=headers.WRITTEN)
        return lambda one: _addressed(message, one)
    return lambda _: data


def _line(one: Recipient) -> bytes:
    return f'<p class="reader">Prepared for {escape(one.name)}</p>'.encode() if one.name else b""


def _addressed(message: EmailMessage, one: Recipient) -> bytes:
    """*message* to one reader, with an identity of its own."""
    mail = copy.copy(message)
    vars(mail)["_headers"] = list(message.items())  # the parts are shared, the headers are not
    digest = hashlib.sha256(f"{message['Message-ID']} {one.address}".encode()).hexdigest()[:32]
    mail.replace_header(
        "To",
        str(Address(display_name=headers.line(one.name), addr_spec=wire(one.address))),
    )
    mail.replace_header(
        "Message-ID",
        f"<{digest}@{message['Message-ID'].rpartition('@')[2]}",
    )
    data = mail.as_bytes()
    head = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    try:
        headers.refuse_another(
            head,
            [(name, str(value)) for name, value in mail.items()],
        )
    except ValueError as error:
        raise InvalidParameter(
            f"{one.address} cannot be written to: {error}.",
            subject=one.address,
        ) from None
    return data
