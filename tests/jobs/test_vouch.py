"""``reportgen vouch``: it lists what is new, and puts a name to all of it or to nothing."""

from __future__ import annotations

import tomllib

import pytest
from click.testing import CliRunner
from outside import Desk

from reportgen.cli import main
from reportgen.jobs import workspace
from reportgen.record.templates import WORDS

CALM, QUIET = "The desk is calm.", "We wait for {{ fact('session.date') | day }}."


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A desk with two lines of its own in its report, in which commands are called."""
    folder = tmp_path / "desk"
    workspace.create(folder, "daily-recap", "desk-recap")
    monkeypatch.chdir(folder)
    write(folder, CALM, QUIET)
    return folder


def write(desk, *lines, report="desk-recap"):
    """Put *lines* below the last line of the story as it was shipped."""
    story = desk / "reports" / report / "story.j2"
    shipped = story.read_text().partition("{# own #}")[0]
    story.write_text(shipped + "\n".join(["{# own #}", *lines, ""]))


def call(*words, code=0):
    """What the command line says to *words*."""
    done = CliRunner().invoke(main, [*words])
    assert done.exit_code == code, done.output
    return done.output


def vouch(*words, code=0):
    """What ``vouch`` says for the report."""
    return call("vouch", "desk-recap", *words, code=code)


def rows(desk):
    """The tables below [[vouched]] of the desk."""
    return tomllib.loads((desk / "templates" / WORDS).read_text()).get("vouched", [])


def test_it_lists_the_new_lines_with_file_and_line(desk):
    """With an exit code of its own, and writes nothing."""
    last = len((desk / "reports/desk-recap/story.j2").read_text().splitlines())
    said = vouch(code=5)
    assert f'story.j2, line {last - 1}: "The desk is calm."' in said
    assert f'story.j2, line {last}: "We wait for …."' in said
    assert "2 lines to vouch for" in said
    assert not (desk / "templates" / WORDS).exists()


def test_a_name_is_written_beside_text_digest_and_day(desk):
    """And nothing is new from then on."""
    assert "Jane Doe vouches for 2 lines" in vouch("--by", " Jane Doe ")
    first = rows(desk)[0]
    assert (first["text"], first["by"], len(first["digest"])) == (CALM, "Jane Doe", 64)
    assert "no new words" in vouch()


def test_a_name_is_needed(desk):
    """An empty one is none."""
    assert "--by is empty" in vouch("--by", " ", code=2)
    assert not (desk / "templates" / WORDS).exists()


def test_it_vouches_for_all_or_for_nothing(desk):
    """And says what to write instead, for each problem."""
    write(desk, CALM, "Stocks soared 3% amid talk.", "Nvidia is the best.")
    said = vouch("--by", "Jane Doe", code=5)
    for words in (
        "'soared' is a direction, and nobody can vouch for it; let a fact say it",
        "'3%' is a figure, and nobody can vouch for it; print a fact",
        "'amid' is a cause, and nobody can vouch for it; put it into a statement",
        "'best' is a superlative, and nobody can vouch for it; let a fact say it",
        "'Nvidia' is a name, and nobody can vouch for it; print it by its symbol",
        "Nothing is vouched for",
    ):
        assert words in said
    assert not (desk / "templates" / WORDS).exists()


def test_the_file_keeps_what_a_person_wrote(desk):
    """Comments, heads, phrases and earlier names."""
    file = desk / "templates" / WORDS
    file.parent.mkdir(parents=True)
    file.write_text('# Ours.\n[phrases]\n"took the top spot" = "led the way" # a comment\n')
    vouch("--by", "Jane Doe")
    write(desk, CALM, QUIET, "The desk is closed to visitors.".replace("closed", "shut"))
    vouch("--by", "Ben Roe")
    text = file.read_text()
    assert text.startswith('# Ours.\n[phrases]\n"took the top spot" = "led the way" # a comment\n')
    assert [row["by"] for row in rows(desk)] == ["Jane Doe", "Jane Doe", "Ben Roe"]


def test_a_file_that_is_off_is_named_and_not_written(desk):
    """By its line."""
    file = desk / "templates" / WORDS
    file.parent.mkdir(parents=True)
    file.write_text("[phrases\n")
    assert "words.toml, line 1: it is not valid TOML" in vouch("--by", "Jane Doe", code=2)
    assert file.read_text() == "[phrases\n"


def test_nothing_new_writes_no_file(desk):
    """A name has nothing to stand beside."""
    write(desk)
    vouch("--by", "Jane Doe")
    assert not (desk / "templates" / WORDS).exists()


def test_outside_of_a_desk_there_is_no_file_for_a_name(tmp_path, monkeypatch):
    """It says how to make a desk."""
    monkeypatch.chdir(tmp_path)
    said = call("vouch", "daily-recap", "--by", "Jane Doe", code=2)
    assert "'reportgen init' writes a desk" in said


def test_lines_that_are_gone_lose_their_name(desk):
    """Those of other reports of the desk keep it."""
    vouch("--by", "Jane Doe")
    workspace_of_another(desk)
    call("vouch", "second-recap", "--by", "Ben Roe")
    write(desk, QUIET)
    vouch("--by", "Jane Doe")
    assert [row["text"] for row in rows(desk)] == ["We wait for ….", "Our other note."]


def workspace_of_another(desk):
    """A second report in the desk, with a line of its own."""
    old, new = desk / "reports/desk-recap", desk / "reports/second-recap"
    new.mkdir()
    for file in old.iterdir():
        (new / file.name).write_text(file.read_text().replace("desk-recap", "second-recap"))
    write(desk, "Our other note.", report="second-recap")


@pytest.mark.usefixtures("desk")
def test_the_doctor_names_words_that_are_nobodys():
    """And is content once somebody vouches for them."""
    assert "BAD  report desk-recap" in call("doctor", code=1)
    assert "reportgen vouch desk-recap --by NAME" in call("doctor", code=1)
    vouch("--by", "Jane Doe")
    assert "BAD  report desk-recap" not in CliRunner().invoke(main, ["doctor"]).output


@pytest.mark.parametrize("source", ["daily-recap", "small-caps", "weekly-recap", "open-recap"])
def test_a_copy_of_a_shipped_report_has_nothing_to_vouch_for(tmp_path, monkeypatch, source):
    """Its lines are shipped ones."""
    workspace.create(tmp_path / "desk", source, "desk-recap")
    monkeypatch.chdir(tmp_path / "desk")
    assert "no new words" in vouch()


def test_a_new_beat_has_nothing_to_vouch_for(desk):
    """The example's lines are shipped ones; its phrases lie in its folder."""
    write(desk)
    fresh = Desk(desk)
    fresh.says("new", "beat", "five_days")
    assert "no new words" in fresh.says("vouch", "desk-recap")
    fresh.writes("beats/five_days/words.toml", '[kinds.five]\nalways = ["rose"]\n')
    said = fresh.says("doctor", code=1)
    assert "'rose' is a direction, which always does not prove" in said


def test_a_changed_limit_or_figure_in_a_shipped_sentence_needs_no_name(desk):
    """The words are shipped ones, and the figure is proven as ever."""
    story = desk / "reports/desk-recap/story.j2"
    shipped = story.read_text().partition("{# own #}")[0]
    story.write_text(shipped)
    changed = desk / "templates/story/en/yields.j2"
    changed.parent.mkdir(parents=True)
    text = (workspace.resource_dirs("templates")[-1] / "story/en/yields.j2").read_text()
    changed.write_text(text.replace("limits.yields.gap", "limits.yields.gap * 2"))
    assert "no new words" in vouch()
