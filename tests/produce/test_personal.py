"""A brief for each of many readers.

Who they are, what they are shown, and how little of it is computed twice.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from email import message_from_bytes
from email.policy import default
from email.utils import parseaddr

import inprocess
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.config.settings import Settings
from reportgen.core.errors import InvalidParameter
from reportgen.produce import telling
from reportgen.publish.mail.personal import editions, groups, produce_for
from reportgen.publish.recipients import Recipient, read_recipients
from reportgen.record.request import Request, load_report
from reportgen.rendering.brief import READER, Rendering
from reportgen.rendering.page import light
from reportgen.story.citations import text_of

REPORT = load_report("small-caps")
AS_OF = "2025-01-08 13:00"
NAMED = re.compile(rb"(?<=<main>\n)<p class=.reader.>.*</p>")
VIEWS = [name for name, parameter in REPORT.parameters.items() if parameter.view]
READERS = """address,name,formats,months,rates,voices
ann@example.com,Ann Smith,,,,
bob@example.com,<script>alert('Bob')</script>,html txt eml,,false,
cy@example.com,Çy Åberg-Ñuñez,txt eml,,false,false
dee@example.com,,txt,12,,
eve@example.com,Eve,eml,,,
"""


def listed(tmp_path, text, name="readers.csv"):
    """The recipients that a list with that text holds."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_recipients(path, REPORT)


def test_a_list_may_be_csv_as_a_spreadsheet_saves_it(tmp_path):
    """With a byte order mark, line ends of its own, spaces, and empty cells for what a
    reader leaves as it is.
    """
    one, two = listed(
        tmp_path,
        "\ufeffaddress,name,formats,rates\r\nann@example.com, Ann ,html"
        " txt,false\r\nbob@example.com,,,\r\n",
    )
    assert one == Recipient(
        address="ann@example.com",
        name="Ann",
        parameters={"rates": "false"},
        formats=("html", "txt"),
    )
    assert two == Recipient(address="bob@example.com", name="", parameters={})


def test_a_list_may_be_toml(tmp_path):
    """With values of their own types."""
    text = (
        '[[recipient]]\naddress = "ann@example.com"\nformats = ["txt"]\nparameters = {months = 12,'
        " rates = false}\n"
    )
    assert listed(tmp_path, text, "readers.toml") == [
        Recipient(
            address="ann@example.com",
            name="",
            parameters={"months": "12", "rates": "false"},
            formats=("txt",),
        )
    ]


HEAD = "address,name,formats,months\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{HEAD}ann,,,\n", "line 2: 'ann' is not an address"),
        (
            f"{HEAD}ann@example.com\\nBcc: x@example.com,,,\n".replace("\\n", " "),
            "is not an address",
        ),
        (
            f"{HEAD}a@example.com,,,\nb@example.com,,,\nA@Example.com,,,\n",
            "line 4: 'A@Example.com' is listed twice",
        ),
        (f"{HEAD}ann@example.com,,docx,\n", "line 2: 'docx' is not a format"),
        (
            f"{HEAD}ann@example.com,,,99\n",
            "line 2: Parameter 'months' is 99; it runs from 3 to 24",
        ),
        (f"{HEAD}ann@example.com,,,many\n", "'months' is 'many'; it takes an integer"),
        ("address,moths\nann@example.com,6\n", "no parameter 'moths'. Did you mean 'months'"),
        ("name\nAnn\n", "line 1: there is no column 'address'; found name"),
        (HEAD, "names nobody"),
        ("", "names nobody"),
        (f'{HEAD}"ann@example.com,,,\n', "cannot be read"),
        (f"{HEAD}ann@example.com,,,,,surplus\n", "cannot be read"),
        (f"{HEAD}ann@example.com\n", None),
    ],
)
def test_a_list_that_is_off_is_refused_with_its_line(tmp_path, text, words):
    """In one line; a row that merely ends early is not off."""
    if words is None:
        assert len(listed(tmp_path, text)) == 1
        return
    with pytest.raises(InvalidParameter) as caught:
        listed(tmp_path, text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("head", "advice"), [("name;address", " Separate columns by commas."), ("name,adress", "")]
)
def test_a_single_column_is_said_to_want_commas(tmp_path, head, advice):
    """With more than one, the name of the column is what is wrong."""
    with pytest.raises(InvalidParameter) as caught:
        listed(tmp_path, f"{head}\n{head}\n")
    assert str(caught.value).endswith(f"found {head.replace(',', ', ')}.{advice}")


@pytest.mark.parametrize(
    "text",
    [
        "recipient = 3",
        "recipient = ['ann@example.com']",
        "[recipient]\naddress = 'ann@example.com'",
        "[[recipient]",
        "",
        "[[recipient]]\naddress = 'ann@example.com'\nparameters = 3",
        "[[recipient]]\naddress = 'ann@example.com'\nformats = 3",
        "[[recipient]]\naddress = 'ann@example.com'\nformats = 'txt'",
    ],
)
def test_toml_of_another_shape_is_refused(tmp_path, text):
    """As an error of ours, whatever the shape."""
    with pytest.raises(InvalidParameter):
        listed(tmp_path, text, "readers.toml")


@pytest.mark.parametrize(
    "content", [None, b"address\n\xff\xfe@example.com\n", b"address\nann@example.com,,,99\n"]
)
def test_the_command_refuses_a_list_before_anything_is_run(tmp_path, content):
    """A list that is not there, not text, or off."""
    path = tmp_path / "readers.csv"
    if content is not None:
        path.write_bytes(content)
    result = CliRunner().invoke(
        main, ["run", "small-caps", "--recipients", str(path), "--out", str(tmp_path / "out")]
    )
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "readers.csv" in result.stderr
    assert not (tmp_path / "out").exists()


def test_readers_whose_numbers_agree_share_a_run(tmp_path):
    """What is only left out, or the default said aloud, changes no number."""
    text = (
        "address,months,rates\na@example.com,,\nb@example.com,6,false\n"
        "c@example.com,12,\nd@example.com,12,false\n"
    )
    found = groups(listed(tmp_path, text), Request(report=REPORT, as_of=AS_OF))
    assert {key: [one.address[0] for one in readers] for key, readers in found.items()} == {
        (): ["a", "b"],
        (("months", "12"),): ["c", "d"],
    }


def made_for(folder):
    """The paths of the briefs of all READERS under *folder*."""
    request = Request(report=REPORT, as_of=AS_OF, formats=("html", "txt", "eml"))
    now = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    return list(
        produce_for(
            listed(folder, READERS), request, str(folder / "out"), now=now, settings=Settings()
        )
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory, alone):
    """The folder of the shared brief, and every path that was written."""
    folder = tmp_path_factory.mktemp("personal")
    paths = alone(made_for, folder)
    return folder / "out" / "small-caps" / "2025-01-08T1300", paths


@pytest.fixture(scope="module")
def copies(made):
    """The files of every reader who shares the brief's run, by the first letter of the
    address and by name.
    """
    return {
        place.name[0]: {file.name: file.read_bytes() for file in place.iterdir()}
        for place in (made[0] / "recipients").iterdir()
    }


@pytest.mark.slow
def test_the_notebook_runs_once_for_all_whose_numbers_agree(made):
    """Four readers share one run.

    Who asked for other months has one of her own, with its record, in a folder named for it.
    """
    folder, paths = made
    assert sum(path.endswith("notebook.ipynb") for path in paths) == 2
    other = folder.parents[1] / "months=12" / "small-caps" / folder.name
    assert (
        telling.read_notebook(other / "notebook.ipynb")["metadata"]["reportgen"]["inputs"][
            "parameters"
        ]["months"]
        == 12
    )
    assert [place.name for place in (other / "recipients").iterdir()] == ["dee@example.com"]
    assert sorted(place.name[0] for place in (folder / "recipients").iterdir()) == [
        "a",
        "b",
        "c",
        "e",
    ]


@pytest.mark.slow
def test_a_reader_gets_the_formats_asked_for(copies):
    """Their own, or those of the run; none holds the notebook."""
    assert {who: sorted(files) for who, files in copies.items()} == {
        "a": ["brief.eml", "brief.html", "brief.txt"],
        "b": ["brief.eml", "brief.html", "brief.txt"],
        "c": ["brief.eml", "brief.txt"],
        "e": ["brief.eml"],
    }


@pytest.mark.slow
def test_who_leaves_nothing_out_gets_the_brief_itself(made, copies):
    """To the byte, but for the line with the name and the email's address."""
    page = copies["a"]["brief.html"].decode()
    line = '<p class="reader">Prepared for Ann Smith</p>'
    assert page.count(line) == 1
    assert page.replace(line, READER) == light((made[0] / "brief.html").read_bytes()).decode()
    assert len(page) < 500_000
    assert copies["a"]["brief.txt"] == (made[0] / "brief.txt").read_bytes()


@pytest.mark.slow
def test_a_name_is_text_on_the_page(copies):
    """Markup in it stays what it is: a name."""
    page = copies["b"]["brief.html"].decode()
    assert "Prepared for &lt;script&gt;alert(&#x27;Bob&#x27;)&lt;/script&gt;</p>" in page
    assert "<script>alert" not in page


@pytest.mark.slow
def test_each_email_is_addressed_and_well_formed(made, copies):
    """To its reader alone, under an identity of its own."""
    shared = (made[0] / "brief.eml").read_bytes()
    mails = {
        who: message_from_bytes(files["brief.eml"], policy=default) for who, files in copies.items()
    }
    assert [part.defects for mail in mails.values() for part in mail.walk() if part.defects] == []
    assert parseaddr(str(mails["a"]["To"])) == ("Ann Smith", "ann@example.com")
    assert parseaddr(str(mails["c"]["To"])) == ("Çy Åberg-Ñuñez", "cy@example.com")
    identities = {str(mail["Message-ID"]) for mail in mails.values()} | {
        str(message_from_bytes(shared, policy=default)["Message-ID"])
    }
    assert len(identities) == 5
    assert all(max(map(len, files["brief.eml"].splitlines())) <= 998 for files in copies.values())


@pytest.mark.slow
def test_the_copies_are_the_same_every_time(made, copies):
    """Identities of emails among them: told again from the record, they are
    the same to the byte.
    """
    readers = [Recipient(address="ann@example.com", name="Ann Smith", parameters={})]
    notebook = telling.read_notebook(made[0] / "notebook.ipynb")
    request = Request(report=REPORT, as_of=AS_OF, formats=("txt", "eml", "html"))
    [(_, again)] = editions(notebook, readers, request, Settings())
    assert again == copies["a"]


@pytest.mark.slow
def test_a_copy_passes_the_check_of_finished_files(made, copies):
    """Without the line that was added to its page."""
    notebook = telling.read_notebook(made[0] / "notebook.ipynb")
    for who, hidden in (("a", set()), ("b", {"rates"}), ("c", {"rates", "voices"})):
        brief = told(notebook, hidden)
        files = [
            Rendering(name=name, data=NAMED.sub(b"", data)) for name, data in copies[who].items()
        ]
        assert telling.check_renderings(brief.narrative, brief.record, files) == []


def told(notebook, without):
    """The brief of *notebook* for a reader who leaves out those views."""
    return telling.tell(notebook, REPORT.hidden({name: name not in without for name in VIEWS}))


def texts(brief):
    """Every part of it, as it is read, with its place."""
    return [(where, text_of(runs)) for where, runs in brief.narrative.texts()]


def story(parts):
    """What *parts* tell, without the strip's names and the sources."""
    return "\n".join(
        text for where, text in parts if where in ("title", "key_points", "body", "caption")
    )


@pytest.fixture(scope="module")
def notebook():
    """The executed notebook of the small-caps report."""
    return inprocess.executed(AS_OF)


@pytest.mark.parametrize(
    ("view", "gone", "reworded"),
    [
        # The speaker of the remark on rates is introduced where she speaks next, the footer
        # names no odds, and the key point of the odds makes room for that of the corners.
        ("rates", ("Fed",), 3),
        ("mid_caps", ("Mid caps", "mid-size"), 0),
        ("corners", ("itcoin", "quantum"), 1),  # the lead
        ("voices", ("said",), 0),
        ("strip", (), 0),
    ],
)
def test_what_is_left_out_is_gone_and_the_rest_stays(notebook, view, gone, reworded):
    """Word for word, but for a sentence that leaned on what is gone."""
    full, less = texts(told(notebook, ())), texts(told(notebook, {view}))
    assert all(word in story(full) for word in gone)
    assert not [word for word in gone if word in story(less)]
    assert (Counter(less) - Counter(full)).total() == reworded
    assert len(less) < len(full)


@pytest.mark.parametrize(
    "without",
    [c for n in range(len(VIEWS) + 1) for c in itertools.combinations(VIEWS, n)],
    ids=" ".join,
)
def test_every_combination_of_views_can_be_told(notebook, without):
    """And passes the fact check, in what is told and in what is written."""
    brief = told(notebook, without)
    files = telling.render(brief, ("html", "txt"), Settings())
    assert telling.check_renderings(brief.narrative, brief.record, files) == []
