"""One reader for every TOML file: what is off is named with its line,
and the right form beside it."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.config.resources import SAMPLE, resource_dirs
from reportgen.config.schema import Line, Variable, line_of, parsed, says, typed
from reportgen.core.errors import SettingsError
from reportgen.jobs.schemas import file_kinds, schema_of

PACKAGE = Path(__file__).parents[2] / "reportgen"
SHIPPED = [
    *(("report", path) for path in sorted(resource_dirs("reports")[-1].glob("*/report.toml"))),
    ("dataset", SAMPLE / "dataset.toml"),
    ("instruments", PACKAGE / "markets" / "tables" / "instruments.toml"),
    ("instruments", PACKAGE / "markets" / "tables" / "instruments" / "commodities.toml"),
    ("baskets", PACKAGE / "markets" / "tables" / "baskets.toml"),
    ("sources", PACKAGE / "sources" / "sources.toml"),
    ("closures", PACKAGE / "markets" / "tables" / "closings.toml"),
    ("market", PACKAGE / "markets" / "us.toml"),
    ("market", PACKAGE / "markets" / "gb.toml"),
]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A table of a list."""

    day: dt.date
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Server:
    """A table with a rule between two of its lines."""

    host: Line
    port: Annotated[int, says("a whole number from 1 to 9", 5, ge=1, le=9)] = 1
    token: Variable = ""
    user: str = ""

    def __post_init__(self):
        """Refuse a user without a token."""
        if self.user and not self.token:
            raise ValueError("user needs a token.")


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A file."""

    name: Line
    size: Literal["small", "large"] = "small"
    share: float = 0.5
    on: bool = False
    server: Server | None = None
    rows: tuple[Row, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 3", ", line 1: name = 3 is not a line of text."),
        ("", ": 'name' is missing."),
        ('nome = "x"', ", line 1: unknown 'nome'. Did you mean 'name'?"),
        ('name = "a\\nb"', ', line 1: name = "a\\nb" is not a line of text.'),
        ('name = "x', ", line 1: it is not valid TOML: Illegal character '\\n'."),
        ('name = "x"\nsize = "smal"', 'size = "smal" is not one of "small", "large". Did you'),
        ('name = "x"\nshare = "1"', ', line 2: share = "1" is not a number; write share = 1.5.'),
        ('name = "x"\non = 1', ", line 2: on = 1 is not true or false; write on = true."),
        ('name = "x"\nserver = 1', "line 2: 'server' is a table: write [server] on a line of its"),
        ('name = "x"\n[server]', "line 2: 'host' is missing below [server]."),
        (
            'name = "x"\n[server]\nhost = "h"\nport = 10',
            "line 4: port = 10 is not a whole number fr",
        ),
        (
            'name = "x"\n[server]\nhost = "h"\nport = true',
            "line 4: port = true is not a whole numb",
        ),
        ('name = "x"\n[server]\nhost = "h"\nuser = "u"', "line 2: [server]: user needs a token."),
        ('name = "x"\nrows = 3', "'rows' is a list of tables: write [[rows]] above each."),
        (
            'name = "x"\n[[rows]]\n',
            "line 2: 'day' is missing below [[rows]]; write day = 2025-01-08",
        ),
        (
            'name = "x"\n[[rows]]\nday = 2025-01-08\n\n[[rows]]\nday = "2025-01-08"',
            'line 6: day = "2025-01-08" is not a day; write day = 2025-01-08.',
        ),
        (
            'name = "x"\n[[rows]]\nday = 2025-01-08\ntags = ["a",\n  3]',
            "line 4: tags has 3, which is not a text.",
        ),
        ('name = "x"\n[limits]\na = 1\n"b c" = 1.5', "line 4: b c = 1.5 is not a whole number"),
        ('name = "a\\n"', ', line 1: name = "a\\n" is not a line of text.'),
        ('name = "a\\u2028b"', ", line 1: name = "),
        ('name = "x"\nshare = nan', ", line 2: share = nan is not a finite number."),
        (f'name = "x"\nshare = {"1" * 5000}', ": it is not valid TOML: "),
        (f'name = "x"\nrows = {"[" * 3000}', ": it is not valid TOML: "),
        (
            'name = "x"\nshare = "y"\n[server]\nhost = "h"\nuser = """\nshare = 2\n"""',
            'line 2: share = "y" is not a number',
        ),
        ('name = "x"\nlimits = { a = "z" }', 'line 2: a = "z" is not a whole number; write a = 3.'),
    ],
)
def test_what_is_off_is_named_with_its_line(text, words):
    """With what was expected, and an example."""
    with pytest.raises(SettingsError) as refused:
        parsed(f"{text}\n", Whole, "desk.toml")
    assert str(refused.value).startswith("desk.toml")
    assert words in str(refused.value)


def test_a_secret_that_was_written_into_a_file_is_not_shown():
    """The error must not carry it into a log."""
    with pytest.raises(SettingsError, match="the name of an environment variable") as refused:
        parsed('name = "x"\n[server]\nhost = "h"\ntoken = "hunter2!"', Whole, "desk.toml")
    assert "hunter2" not in str(refused.value)


def test_a_good_file_is_read():
    """Every kind of value at once."""
    text = 'name = "x"\nsize = "large"\n[server]\nhost = "h"\n[[rows]]\nday = 2025-01-08\n'
    read = parsed(text, Whole, "desk.toml")
    assert (read.size, read.server.host, read.rows) == (
        "large",
        "h",
        (Row(day=dt.date(2025, 1, 8)),),
    )


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b", "c"), 3),
        (("b", "d", "e"), 5),
        (("rows", 1, "x"), 10),
        (("quoted name",), 12),
        (("inline", "deep"), 11),
        (("nowhere",), 0),
        (("after",), 16),
    ],
)
def test_the_line_of_a_value_is_found(path, line):
    """Below heads, in lists of tables, in quotation marks; in an inline table,
    that table's line."""
    text = (
        "a = 1\n[b]\nc = 2\n[b.d]\ne = 3\n[[rows]]\nx = 1\n\n[[rows]]\nx = 2\n"
        'inline = { deep = 1 }\n"quoted name" = 2\n'
        'text = """\nafter = 1\n"""\nafter = 2\n'
    )
    rows = ("rows", 1)
    assert (
        line_of(text, (*rows, *path) if path[0] in ("inline", "quoted name", "after") else path)
        == line
    )


NAMED = ("instruments", "baskets")
"""Kinds of files of which each table is a row with a name."""


def leaves(value, path=()):
    """The path of every value of a file that is no table."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in leaves(item, (*path, key))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [found for i, item in enumerate(value) for found in leaves(item, (*path, i))]
    return [path]


def table_of(leaf, kind, text):
    """The lines of *text*; where rows have names, those of other rows than *leaf* are blank."""
    lines = text.splitlines()
    if kind not in NAMED:
        return lines
    heads = [place for place, line in enumerate(lines) if line.startswith("[")]
    first = next(place for place in heads if lines[place].startswith(f"[{leaf[0]}]"))
    row = (f"[{leaf[0]}]", f"[{leaf[0]}.")
    end = next((p for p in heads if p > first and not lines[p].startswith(row)), len(lines))
    return [line if first <= n < end else "" for n, line in enumerate(lines)]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=lambda p: getattr(p, "name", p))
def test_every_line_of_a_shipped_file_is_judged(kind, path):
    """Whatever line holds something of no type that any has, it is named; its key, misspelt,
    too."""
    of, text = file_kinds()[kind][1], path.read_text()
    parsed(text, of, "file")
    for leaf in leaves(tomllib.loads(text)):
        lines = table_of(leaf, kind, text)
        number = line_of(text, leaf)
        alone = lines[number - 1].startswith(f"{leaf[-1]} = ") and "{" not in lines[number - 1]
        if not alone or lines[number - 1].count("[") != lines[number - 1].count("]"):
            continue  # inside an inline table, or over several lines
        lines[number - 1] = f"{leaf[-1]} = [[1, [2]]]"
        with pytest.raises(SettingsError, match=rf"file, line {number}: "):
            parsed("\n".join(lines), of, "file")


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=lambda p: getattr(p, "name", p))
def test_what_is_shipped_fits_the_schema_that_editors_read(kind, path):
    """And a misspelt key does not."""
    checker = jsonschema.Draft202012Validator(schema_of(kind))
    data = json.loads(json.dumps(tomllib.loads(path.read_text()), default=str))
    checker.validate(data)
    table = next(iter(data.values())) if kind in NAMED else data
    table["unheard of"] = 1
    assert not checker.is_valid(data)


ODD = [
    None,
    -1,
    3.5,
    float("nan"),
    True,
    "",
    "\x00",
    "\u00e9" * 200,
    [],
    [1],
    [[]],
    [{}],
    {},
    {"": {}},
    {"a": {"b": []}},
    dt.date(2020, 1, 1),
    dt.datetime(2020, 1, 1),  # noqa: DTZ001 - as in TOML
    dt.time(1),
    10**30,
]


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=lambda p: getattr(p, "name", p))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_stands_there_is_read_or_refused(kind, path, data):
    """In one line of ours, wherever it stands."""
    told = tomllib.loads(path.read_text())
    place = data.draw(st.sampled_from(leaves(told)))
    depth = data.draw(st.integers(1, len(place)))
    holder = told
    for step in place[: depth - 1]:
        holder = holder[step]
    holder[place[depth - 1]] = data.draw(st.sampled_from(ODD))
    said = ""
    try:
        typed(told, file_kinds()[kind][1], "file", text=path.read_text())
    except SettingsError as refused:
        said = str(refused)
    assert not said or (said.startswith("file") and "\n" not in said)
