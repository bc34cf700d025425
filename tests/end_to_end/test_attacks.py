"""What others write stays words.

No header, tag, script, template, markup or path comes of it, in any rendering.
"""

from __future__ import annotations

import datetime as dt
import email
import json
from email import policy

import html5lib
import pypdfium2
import pytest
from attacks import ATTACKS
from hypothesis import given
from hypothesis import strategies as st
from sparing import first_quick

from reportgen.config.settings import Settings
from reportgen.core import headers
from reportgen.core.errors import InvalidParameter, ReportgenError, UnknownReport
from reportgen.produce import telling
from reportgen.publish.config import Mail
from reportgen.publish.ledger import Key
from reportgen.publish.mail.message import Letter
from reportgen.publish.recipients import Recipient, read_recipients
from reportgen.record.request import FORMATS, load_report

KEY, NOW = Key("small-caps", "2025-01-08T1300", 1), dt.datetime(2025, 1, 8, 21, tzinfo=dt.UTC)
MAIL = Mail(
    host="localhost",
    sender="Desk <desk@example.com>",
    security="none",
    unsubscribe="https://example.com/leave?who={address}",
)
SMALL = load_report("small-caps")


@pytest.fixture(scope="module")
def record(sample_brief):
    """The text of the sample's executed notebook."""
    return (sample_brief.folder / "notebook.ipynb").read_text()


def tags(html):
    """How often each tag and each attribute stands in a page."""
    counts = {}
    for node in html5lib.parse(html, namespaceHTMLElements=False).iter():
        for name in (node.tag, *(f"@{key}" for key in node.attrib)):
            counts[str(name)] = counts.get(str(name), 0) + 1
    return counts


@pytest.fixture(scope="module")
def honest(sample_brief):
    """The tags of the sample's page, and of its mail."""
    mail = email.message_from_bytes(
        (sample_brief.folder / "brief.eml").read_bytes(), policy=policy.default
    )
    return tags((sample_brief.folder / "brief.html").read_text()), tags(
        mail.get_body(("html",)).get_content()
    )


@pytest.mark.parametrize("attack", first_quick(ATTACKS, 3))
def test_a_statement_and_a_name_stay_words(record, honest, attack, tmp_path):
    """In the page, the mail, the PDF, the text and the data; or the brief is refused."""
    said = json.dumps(f"{attack} has ended")[1:-1]
    (tmp_path / "notebook.ipynb").write_text(
        record.replace("Fundstrat", json.dumps(attack)[1:-1]).replace(
            "has revived old worries", said
        )
    )
    try:
        brief = telling.tell(telling.read_notebook(tmp_path / "notebook.ipynb"))
        files = {file.name: file.data for file in telling.render(brief, FORMATS, Settings())}
        telling.refuse(
            telling.check_renderings(
                brief.narrative, brief.record, telling.render(brief, ("html", "txt"), Settings())
            )
        )
    except ReportgenError:
        assert not attack.isprintable()
        return
    mail = email.message_from_bytes(files["brief.eml"], policy=policy.default)
    assert tags(files["brief.html"].decode()) == honest[0]
    assert tags(mail.get_body(("html",)).get_content()) == honest[1]
    assert (mail["Bcc"], mail["X-Evil"]) == (None, None)
    assert "49" not in files["brief.txt"].decode().split("has ended")[0][-40:]
    assert len(pypdfium2.PdfDocument(files["brief.pdf"])) == 2


@given(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=60)))
def test_a_reader_s_name_adds_no_header(name):
    """The message has one reader and the headers that it should, whatever they are called.

    Or it cannot be written.
    """
    try:
        data = LETTER.to([(name, "ann@example.com")], KEY, NOW)
    except ValueError:
        return
    mail = email.message_from_bytes(data, policy=policy.default)
    assert [header for header in mail if header.lower() in ("bcc", "cc", "x-evil")] == []
    assert sorted(mail.keys()) == sorted(set(mail.keys()))
    assert [address.addr_spec for address in mail["To"].addresses] == ["ann@example.com"]
    assert mail["Subject"] == "Stocks rise"
    link = "https://example.com/leave?who=ann%40example.com"
    assert mail.get_content().split() == ["rise", "Unsubscribe", "from", "this", "mail:", link]


LETTER = Letter(
    b"Subject: Stocks rise\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;"
    b" charset=utf-8\r\n\r\nrise\r\n",
    MAIL,
)


@given(st.one_of(st.sampled_from(ATTACKS), st.text(max_size=40), st.emails()))
def test_an_address_is_one_or_is_refused(text):
    """What is taken as an address leads to one mailbox, one folder and one link."""
    from reportgen.publish.recipients import _recipient

    for address in (text, f"{text}@example.com", f"ann@{text}.com"):
        try:
            reader = _recipient({"address": address, "name": "Ann"}, "here", SMALL)
        except InvalidParameter:
            continue
        assert "/" not in reader.folder.replace("\\", "/")
        assert reader.folder not in ("", ".", "..")
        try:
            mail = email.message_from_bytes(
                LETTER.to([("Ann", reader.address)], KEY, NOW), policy=policy.default
            )
        except ValueError:
            continue
        assert len(mail["To"].addresses) == 1
        assert mail["List-Unsubscribe"].count("<") == 1
        assert "\n" not in str(mail["List-Unsubscribe"])


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_list_of_readers_is_read_as_it_is_meant_or_refused(tmp_path, attack):
    """In CSV and TOML: a name is a name, and a parameter one of the report's."""
    import csv

    with (tmp_path / "people.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["address", "name"], ["ann@example.com", attack]])
    try:
        names = [one.name for one in read_recipients(tmp_path / "people.csv", SMALL)]
        assert names == [headers.decoded(attack.strip())]
    except InvalidParameter:
        assert headers.HIDDEN.search(attack)
    with pytest.raises(InvalidParameter):
        read_recipients_of(tmp_path, {"months": attack})
    with pytest.raises(InvalidParameter):
        read_recipients_of(tmp_path, {attack: "1"})


def read_recipients_of(folder, parameters):
    """The readers of a list whose one reader has *parameters*."""
    rows = "\n".join(
        f"{json.dumps(name)} = {json.dumps(value)}" for name, value in parameters.items()
    )
    (folder / "people.toml").write_text(
        f'[[recipient]]\naddress = "ann@example.com"\n[recipient.parameters]\n{rows}\n',
        encoding="utf-8",
    )
    return read_recipients(folder / "people.toml", SMALL)


@pytest.mark.parametrize(
    "attack",
    [*ATTACKS, "..", "../small-caps", "small-caps/../small-caps", "/etc", "small-caps\x00"],
)
def test_a_report_s_name_is_no_path(attack):
    """Nor is a value of a parameter anything but what the report says."""
    with pytest.raises(UnknownReport):
        load_report(attack)
    with pytest.raises(InvalidParameter):
        SMALL.parameter_values({"months": attack})
    with pytest.raises(InvalidParameter):
        SMALL.parameter_values({attack: "1"})


@given(st.text(max_size=30))
def test_a_reader_s_folder_is_below_the_brief_s(address):
    """Whatever letters the address has."""
    folder = Recipient(address=address, name="", parameters={}).folder
    assert not set(folder) & set("/\\\0:")
    assert folder not in ("..", ".")
