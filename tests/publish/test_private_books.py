"""A reader's book goes to that reader: it is in nobody else's files, and in no archive or log."""

from __future__ import annotations

import csv
import gzip
import shutil
import stat
from pathlib import Path

import pypdfium2
import pytest
from postbox import readers

from reportgen.config.resources import SAMPLE
from reportgen.core.errors import DeliveryError
from reportgen.publish.ledger import Ledger
from reportgen.publish.mail.sending import own_readers
from reportgen.publish.recipients import Recipient, read_recipients
from reportgen.publish.release import finished
from reportgen.record.request import load_report

AS_OF = "2025-01-08"
PLANTED = {
    "ann@example.com": ("Zanzibar Nickel", "ZZNA", "731.25"),
    "bob@example.com": ("Quokka Freight", "QQFB", "418.75"),
    "cy@example.com": ("Yukon Saffron", "YYSC", "906.5"),
}
"""Each reader's planted company, its symbol, and how much of it is held."""
INSTRUMENT = """
[{key}]
symbol = "{symbol}"
first = "{name}"
second = "{name}"
short = "{name}"
unit = "money"
decimals = 2
kind = "stock"
inception = 2020-01-02
calendar = "XNYS"
"""


def furnish(desk: Path) -> None:
    """A desk with three companies that nobody else has heard of, and a reader who holds each."""
    prices = shutil.copytree(SAMPLE, desk / "prices") / "daily.csv.gz"
    rows = gzip.decompress(prices.read_bytes()).decode()
    lines = rows.splitlines()
    tables, people = [], ["address,name,formats,holdings"]
    (desk / "books").mkdir()
    for number, (address, (name, symbol, quantity)) in enumerate(PLANTED.items()):
        like = ("AAPL", "MSFT", "JPM")[number]
        lines += [line.replace(f",{like},", f",{symbol},") for line in lines if f",{like}," in line]
        tables.append(INSTRUMENT.format(key=symbol.lower(), symbol=symbol, name=name))
        book = f"books/{number}.csv"
        text = f"symbol,quantity\n{symbol},{quantity}\nNVDA,10\nCASH:EUR,1000\n"
        (desk / book).write_text(text)
        people.append(f"{address},Reader {number},html txt pdf eml json,{book}")
    prices.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 1))
    (desk / "instruments.toml").write_text("".join(tables))
    (desk / "readers.csv").write_text("\n".join(people) + "\n")
    (desk / "reportgen.toml").write_text('log = "logs/desk.log"\n')


@pytest.fixture(scope="module")
def desk(tmp_path_factory, apart):
    """The desk after a morning on which all three got their briefs, with caches of its own."""
    place = tmp_path_factory.mktemp("desk")
    furnish(place)
    env = {"XDG_CACHE_HOME": str(place / "caches"), "TMPDIR": str(place / "tmp")}
    (place / "tmp").mkdir()
    words = ("run", "portfolio", "--as-of", AS_OF, "--data", "prices", "--recipients")
    done = apart(*words, "readers.csv", folder=place, env=env)
    assert done.exit_code == 0, done.stderr
    (place / "said.txt").write_text(done.stdout + done.stderr)
    return place


def brief_of(desk: Path, address: str) -> Path:
    """The folder of a reader's brief."""
    return desk / "out" / address / "portfolio" / AS_OF


def people() -> list[Recipient]:
    """The readers of the list, each with a file of holdings."""
    return [
        Recipient(address=one, name="", parameters={"holdings": f"books/{number}.csv"})
        for number, one in enumerate(PLANTED)
    ]


def words_in(path: Path) -> str:
    """All that a file says: of a PDF its text, of a database and a compressed file its bytes."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(data) as document:
            return " ".join(page.get_textpage().get_text_range() for page in document)
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode("utf-8", "replace").replace("=\n", "")


OUTSIDE = ("prices", "books", "instruments.toml", "readers.csv", "out")
"""What the desk itself wrote down, and the folders of the readers, which another test looks at."""


def others(desk: Path) -> list[Path]:
    """All files that are no reader's own: logs, the ledger, the site, caches, what was printed."""
    return [
        path
        for path in desk.rglob("*")
        if path.is_file() and path.relative_to(desk).parts[0] not in OUTSIDE
    ]


@pytest.mark.slow
def test_a_book_is_in_the_files_of_its_reader_alone(desk):
    """Page, text, PDF, mail, JSON, notebook, seal and the gate's page of each."""
    for address, (name, symbol, quantity) in PLANTED.items():
        own = brief_of(desk, address)
        assert name in words_in(own / "brief.html")
        assert symbol in words_in(own / "notebook.ipynb")
        for other in {*PLANTED} - {address}:
            for path in [one for one in (desk / "out" / other).rglob("*") if one.is_file()]:
                said = words_in(path)
                assert not any(word in said for word in (name, symbol, quantity)), path


@pytest.mark.slow
def test_a_private_folder_can_be_read_by_its_owner_alone(desk):
    """And so can each file in it, the copies for the reader, too."""
    for address in PLANTED:
        own = brief_of(desk, address)
        for path in (own, own / "recipients" / address):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700
            for file in [one for one in path.iterdir() if one.is_file()]:
                assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


@pytest.mark.slow
def test_what_was_printed_and_logged_names_nothing_that_is_held(desk):
    """Nor do the caches of the run, or what is left in its temporary folder."""
    assert (desk / "logs" / "desk.log").is_file()
    for path in others(desk):
        if "tables" in path.parts or path.suffix in (".pickle", ".npy"):
            continue
        said = words_in(path)
        assert not any(word in said for row in PLANTED.values() for word in (row[0], row[2])), path


@pytest.mark.slow
def test_a_site_does_not_take_a_private_brief(desk, apart, tmp_path):
    """Not even one that lies where the briefs of a report lie."""
    out = tmp_path / "out" / "portfolio"
    shutil.copytree(brief_of(desk, "ann@example.com"), out / AS_OF)
    done = apart("site", "build", tmp_path / "site", "--from", tmp_path / "out", folder=desk)
    assert done.exit_code != 0
    assert "for that reader alone" in done.stderr
    assert not [path for path in (tmp_path / "site").rglob("*") if "Zanzibar" in words_in(path)]


@pytest.mark.slow
def test_a_private_brief_is_posted_nowhere(desk, apart, tmp_path):
    """A channel is read by many."""
    config = tmp_path / "reportgen.toml"
    config.write_text('[doors.shelf]\nkind = "folder"\nto = "shelf"\n')
    place = brief_of(desk, "ann@example.com")
    done = apart("post", place, "--late", folder=desk, env={"REPORTGEN_CONFIG": str(config)})
    assert done.exit_code == DeliveryError.exit_code
    assert "goes to that reader alone" in done.stderr


@pytest.mark.slow
def test_of_a_list_its_reader_gets_it(desk):
    """The others of the list are passed over, and a list without the reader is refused."""
    listed = people()
    brief = finished(brief_of(desk, "bob@example.com"))
    assert [one.address for one in own_readers(brief, listed)] == ["bob@example.com"]
    with pytest.raises(DeliveryError, match="is for nobody on this list"):
        own_readers(brief, readers())


@pytest.mark.slow
def test_it_is_sent_to_its_reader_and_the_ledger_keeps_no_word_of_it(desk, postbox, sent, ledger):
    """Each reader's is a delivery of its own, once; nobody else can be given it."""
    listed = people()
    for one in listed:
        brief = finished(brief_of(desk, one.address))
        assert sent(postbox, [one], of=brief)[one.address][0] == "sent"
        assert sent(postbox, [one], of=brief)[one.address][0] == "already"
        with pytest.raises(DeliveryError, match="goes to that reader alone"):
            sent(postbox, listed, of=brief)
    assert postbox.received() == dict.fromkeys(PLANTED, 1)
    kept = Ledger(ledger.path).path.read_bytes().decode("latin-1")
    for name, symbol, quantity in PLANTED.values():
        assert not any(word in kept for word in (name, symbol, quantity))


@pytest.mark.slow
def test_one_book_that_is_off_does_not_keep_the_others_from_theirs(desk, apart, tmp_path):
    """The error counts them, and names nothing; the gate's page of the reader says what is off."""
    text = (desk / "readers.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    books = tmp_path / "books"
    shutil.copytree(desk / "books", books)
    (books / "1.csv").write_text("symbol,quantity\nSPY,5\n")
    text = "address,holdings\n" + "".join(f"{r['address']},{r['holdings']}\n" for r in rows)
    (tmp_path / "readers.csv").write_text(text)
    words = ("run", "portfolio", "--as-of", AS_OF, "--data", "prices", "--format", "txt")
    done = apart(
        *words, "--out", tmp_path / "out", "--recipients", tmp_path / "readers.csv", folder=desk
    )
    assert done.exit_code == 3
    assert "1 of 3 private briefs were not made: those of the recipients 2" in done.stderr
    assert "SPY" not in done.stderr
    page = tmp_path / "out" / "bob@example.com" / "portfolio" / AS_OF / "gate.txt"
    assert "SPY: dataset" in page.read_text()
    assert (tmp_path / "out" / "cy@example.com" / "portfolio" / AS_OF / "brief.txt").is_file()


def test_a_reader_without_a_file_is_refused_before_anything_runs(tmp_path):
    """With the line of the list: a book is never another one's."""
    path = tmp_path / "readers.csv"
    path.write_text("address,name,holdings\nann@example.com,Ann,\n")
    with pytest.raises(Exception, match="line 2: report 'portfolio' tells what a reader holds"):
        read_recipients(path, load_report("portfolio"))
