"""The commands as a person meets them.

What they print, what they write, and that help shows an example.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from sparing import first_quick

from reportgen.config.resources import SAMPLE

FILES = [
    "brief.html",
    "brief.pdf",
    "brief.eml",
    "brief.txt",
    "brief.json",
    "gate.txt",
    "notebook.ipynb",
    "seal.json",
]


def test_run_prints_the_paths_of_its_files(made):
    """One path a line, each a file, nothing else in the folder and nothing on standard error."""
    result, folder = made
    assert result.stdout.splitlines() == [str(folder / name) for name in FILES]
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert result.stderr == ""


def test_render_makes_the_same_files_from_the_folder(call, brief, made, tmp_path):
    """Rendered again from its notebook, a brief is the same to the byte,
    and nothing else is written.
    """
    result = call("render", brief, "--out", tmp_path / "again")
    assert result.stdout.splitlines() == [str(tmp_path / "again" / name) for name in FILES[:5]]
    for name in FILES[:5]:
        assert (tmp_path / "again" / name).read_bytes() == (made[1] / name).read_bytes(), name


def test_render_takes_a_notebook_and_writes_beside_it(call, brief):
    """Without --out the whole brief is told anew where the notebook is, and sealed anew."""
    before = {path.name: path.read_bytes() for path in brief.glob("brief.*")}
    result = call("render", brief / "notebook.ipynb", "--format", "txt")
    assert result.stdout.split() == [str(brief / name) for name in FILES]
    assert {path.name: path.read_bytes() for path in brief.glob("brief.*")} == before
    assert call("check", brief).exit_code == 0


def test_render_refuses_a_notebook_that_is_not_the_sealed_one(brief, refused):
    """A figure that somebody changed in the record is told in no brief."""
    path = brief / "notebook.ipynb"
    path.write_text(path.read_text().replace("2225.43", "2425.43"))
    refused(5, ["render", brief], "notebook.ipynb is not the sealed record")


def test_render_refuses_what_is_no_notebook(refused, tmp_path):
    """A folder without a notebook, a file that is none: exit code 4, and what to give."""
    refused(
        4,
        ["render", tmp_path / "nowhere"],
        "nowhere",
        "does not exist",
        "give the folder of a brief",
    )
    (tmp_path / "notebook.ipynb").write_text("no notebook")
    refused(5, ["render", tmp_path], "notebook.ipynb has no seal")


def test_render_refuses_a_notebook_that_never_ran(refused, tmp_path):
    """The report's own notebook is no record of a brief."""
    from reportgen.record.request import load_report

    refused(
        5, ["render", load_report("small-caps").notebook, "--out", tmp_path / "out"], "has no seal"
    )
    assert not (tmp_path / "out").exists()


def test_list_names_the_reports(call):
    """Each report on a line with what it is about."""
    result = call("list")
    assert result.exit_code == 0
    assert [
        line
        for line in result.stdout.splitlines()
        if line.startswith("small-caps ") and "small caps stand" in line
    ]


def test_show_tells_parameters_and_needs(call):
    """Types, defaults, bounds and choices, and the symbols that must be there."""
    text = " ".join(call("show", "small-caps").stdout.split())
    words = [
        "months integer default 6 3 to 24",
        "benchmark string default ^GSPC ^GSPC or ^IXIC",
        "Needs: ^RUT, ^GSPC",
        "Uses: ^IXIC",
    ]
    assert [word for word in words if word not in text] == []


def test_doctor_finds_a_sound_installation(call):
    """Every line is well: versions, kernel, fonts, page parts, sample."""
    result = call("doctor")
    assert result.exit_code == 0
    assert {line[:5] for line in result.stdout.splitlines()} == {"ok   "}
    assert [
        name for name in ("papermill", "kernel", "fonts", "sample") if name not in result.stdout
    ] == []


@pytest.mark.parametrize("command", first_quick(["run nope -v", "-v run nope", "run -v nope"]))
def test_more_is_said_before_and_after_a_command(command):
    """Where an error came from, before its line."""
    done = subprocess.run(
        [sys.executable, "-c", "from reportgen.cli import entry; entry()", *command.split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "UnknownReport" in done.stderr, done.stderr.splitlines()[-1][:10]) == (
        2,
        True,
        "reportgen:",
    )


@pytest.mark.parametrize("command", ["data status -v --help", "site build --verbose -h"])
def test_commands_below_others_take_it_too(call, command):
    """Wherever it stands."""
    assert call(*command.split()).exit_code == 0


@pytest.mark.parametrize("command", ["", "run", "list", "show", "check", "render", "doctor"])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_says_what_a_command_does(call, command, flag):
    """Help ends well and opens with the usage."""
    result = call(*command.split(), flag)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command}".rstrip())


@pytest.mark.parametrize(
    ("command", "example"),
    [
        ("", 'reportgen run small-caps --as-of "2025-01-08 13:00"'),
        ("run", 'reportgen run small-caps --as-of "2025-01-08 13:00" -p months=12'),
        ("check", "reportgen check out/small-caps/2025-01-08T1300"),
    ],
)
def test_help_shows_an_example_on_a_line_of_its_own(call, command, example):
    """An example can be copied: it is not wrapped, and nothing stands before it."""
    assert example in [
        line.strip() for line in call(*command.split(), "--help").stdout.splitlines()
    ]


def test_the_examples_of_help_are_right(call, made):
    """What help proposes is taken: the parameters parse, the checked folder
    is what a run writes.
    """
    from reportgen.record.request import load_report

    assert load_report("small-caps").parameter_values({"months": "12"})["months"] == 12
    assert str(made[1]).endswith("small-caps/2025-01-08T1300")
    assert call("--version").stdout.startswith("reportgen, version ")


def test_another_benchmark_is_told(apart, tmp_path):
    """Each choice that a report offers makes a brief."""
    args = [
        "run",
        "small-caps",
        "--as-of",
        "2025-01-08 13:00",
        "-p",
        "benchmark=^IXIC",
        "--format",
        "txt",
        "--out",
        tmp_path / "out",
    ]
    result = apart(*args)
    assert result.exit_code == 0, result.stderr
    assert (
        "the Nasdaq"
        in (tmp_path / "out" / "small-caps" / "2025-01-08T1300" / "brief.txt").read_text()
    )


def test_a_folder_of_data_is_named_from_where_one_stands(apart, tmp_path, monkeypatch):
    """Though the notebook runs elsewhere."""
    shutil.copytree(SAMPLE, tmp_path / "desk")
    monkeypatch.chdir(tmp_path)
    result = apart(
        "run", "small-caps", "--as-of", "2025-01-08", "--data", "desk", "--format", "txt"
    )
    assert result.exit_code == 0, result.stderr
