"""What a desk sets once for its commands: defaults of options, and a log."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.config.resources import default

DEFAULTS = """
log = "state/desk.log"

[defaults]
data = "prices"
out = "briefs"
as_of = "2025-01-08"
paper = "a4"
formats = ["html", "txt"]
zone = "Europe/London"
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk with defaults; commands run in one of its folders."""
    (tmp_path / "reportgen.toml").write_text(DEFAULTS)
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path / "reports")
    return tmp_path


def call(*words):
    """The result of a command."""
    return CliRunner().invoke(main, list(words))


def shown(command):
    """The defaults that the help of *command* shows."""
    return " ".join(call(command, "--help").output.split())


def test_relative_folders_start_at_the_file_and_names_stay_as_they_are(desk):
    assert (default("data"), default("out")) == ("../prices", "../briefs")
    (desk / "reportgen.toml").write_text('[defaults]\ndata = "store"\nout = "s3://desk/briefs"\n')
    assert (default("data"), default("out")) == ("store", "s3://desk/briefs")


@pytest.mark.usefixtures("desk")
def test_help_shows_the_defaults_of_the_desk():
    run = shown("run")
    for value in ("../prices", "../briefs", "2025-01-08", "a4"):
        assert f"[default: {value}]" in run
    assert "[default: a4]" in shown("morning")
    assert "[default: ../prices]" in shown("due")


@pytest.mark.slow
def test_a_run_takes_the_defaults_of_the_desk(desk):
    (desk / "reportgen.toml").write_text(DEFAULTS.replace('"prices"', '"sample"'))
    result = call("run", "small-caps")
    assert result.exit_code == 0, result.output
    folder = desk / "briefs" / "small-caps" / "2025-01-08"
    made = {path.suffix for path in folder.glob("brief.*")}
    assert made == {".html", ".txt"}


@pytest.mark.usefixtures("desk")
def test_what_the_command_line_says_comes_before_the_defaults():
    result = call("run", "small-caps", "--data", "sample", "--as-of", "2025-01-01")
    assert result.exit_code == 2
    assert "2025-01-01 (Wednesday) has no trading session" in result.output


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('papr = "a4"', "Did you mean 'paper'"),
        ('paper = "a5"', "paper"),
        ('formats = ["docx"]', "formats"),
        ("as_of = 2025-01-08", "as_of"),
    ],
)
def test_a_default_that_is_off_is_named_with_file_and_line(desk, line, words):
    (desk / "reportgen.toml").write_text(f"[defaults]\n{line}\n")
    result = call("run", "small-caps")
    assert result.exit_code == 2
    assert "reportgen.toml, line 2" in result.output
    assert words in result.output


def test_help_is_there_beside_a_file_that_is_off(desk):
    (desk / "reportgen.toml").write_text("[defaults]\npaper = 5\n")
    assert "[default: us-letter]" in shown("run")


def test_the_log_has_each_stage_and_the_end_of_a_command(desk):
    (desk / "reportgen.toml").write_text(DEFAULTS.replace('"prices"', '"sample"'))
    call("run", "small-caps")
    lines = (desk / "state" / "desk.log").read_text().splitlines()
    assert all("Z " in line and "run small-caps: " in line for line in lines)
    said = [line.partition("small-caps: ")[2] for line in lines]
    assert (said[0], said[-1]) == ("begins", "done")
    assert {"data", "story", "audit", "renderings", "check", "gate"} <= set(said)


def test_the_log_has_the_error_and_the_exit_code(desk):
    call("run", "small-caps", "--data", "sample", "--as-of", "2025-01-01")
    last = (desk / "state" / "desk.log").read_text().splitlines()[-1]
    assert "run small-caps: exit code 2: 2025-01-01 (Wednesday) has no trading session" in last


def test_the_log_has_no_address_of_a_reader(desk):
    call("unsubscribe", "reader@example.com")
    call("send", "briefs/none", "--to", "readers.csv", "--resend", "reader@example.com")
    log = (desk / "state" / "desk.log").read_text()
    assert "unsubscribe: " in log
    assert "send briefs/none: " in log
    assert "reader" not in log


def test_the_log_leaves_out_an_address_in_an_error(desk):
    result = call("unsubscribe", "reader@example")
    assert "reader@example" in result.output
    log = (desk / "state" / "desk.log").read_text()
    assert "exit code 2: " in log
    assert "reader" not in log


def test_a_log_that_cannot_be_written_is_said_and_stops_nothing(desk):
    (desk / "state").write_text("a file, where the log wants a folder")
    result = call("show", "small-caps")
    assert result.exit_code == 0
    assert "desk.log cannot be written" in result.output


@pytest.mark.usefixtures("desk")
def test_open_needs_a_page_in_a_folder():
    result = call("run", "small-caps", "--open", "--format", "pdf")
    assert result.exit_code == 2
    assert "--format html" in result.output


def test_reports_are_completed_by_name(desk):
    """The shell asks with variables, as the script that the command prints tells it."""
    script = call("completion", "bash").output
    assert "_REPORTGEN_COMPLETE=bash_complete" in script
    asked = {"COMP_WORDS": "reportgen run small", "COMP_CWORD": "2"}
    answer = CliRunner().invoke(
        main, prog_name="reportgen", env={"_REPORTGEN_COMPLETE": "bash_complete", **asked}
    )
    assert answer.output.split() == ["plain,small-caps"]
    assert desk
