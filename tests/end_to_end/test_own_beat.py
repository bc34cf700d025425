"""A desk tells news of a kind of its own: a folder and a template, and nothing else is edited."""

import re
from pathlib import Path

import pytest

from reportgen.jobs import workspace

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-beat.md").read_text()
TOML, CODE, WORDS = (
    re.search(rf"```{name}\n(.*?)```", PAGE, re.DOTALL)[1] for name in ("toml", "python", "jinja")
)
EVERY_DAY = CODE.replace(
    "track.live or track.session.weekday() != 4 or change < 0.03", "track.live"
).replace("100 * change", "100 * abs(change)")


@pytest.fixture
def desk(tmp_path):
    """A desk with the beat of the how-to, which finds its news on every day."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    for name, text in (
        ("beats/thrust/beat.toml", TOML.replace("least = 2.0", "least = 0.1")),
        ("beats/thrust/detect.py", EVERY_DAY),
        ("templates/story/en/thrust.j2", WORDS),
    ):
        (tmp_path / "desk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "desk" / name).write_text(text)
    return tmp_path / "desk"


@pytest.fixture
def reportgen(apart):
    """Call a command in a desk: what it said, and the brief that it left there."""

    def call(desk, *words):
        done = apart(*words, folder=desk)
        brief = desk / "out" / "desk-recap" / "2025-01-08" / "brief.txt"
        return done, " ".join(brief.read_text().split()) if brief.is_file() else ""

    return call


@pytest.fixture
def vouched(reportgen):
    """Let a person vouch for the words of a desk: what the command said."""
    return lambda desk: reportgen(desk, "vouch", "desk-recap", "--by", "A. Author")[0]


@pytest.fixture
def made(reportgen):
    """Make the brief of a desk."""
    run = ("run", "desk-recap", "--as-of", "2025-01-08", "--format", "txt")
    return lambda desk, *words: reportgen(desk, *run, *words)


@pytest.mark.slow
def test_its_news_is_told_and_may_lead(desk, reportgen, made):
    """In its order, of the lead index alone; a person may put it on top."""
    done, brief = made(desk)
    assert done.exit_code == 0, done.stderr
    assert brief.count("is down 0.6% for the week") == 1
    assert made(desk, "--lead", "thrust ^GSPC")[1].startswith("S&P 500 is down 0.6% for the week")
    assert reportgen(desk, "doctor")[0].exit_code == 0


@pytest.mark.slow
def test_its_brief_is_checked_from_any_folder(desk, tmp_path, reportgen, made, vouched):
    """The record keeps the sentences of its desk's beats."""
    words = WORDS.replace("{% for f in list %}", "{% for f in list %}Zigzags, it seems: ")
    (desk / "templates/story/en/thrust.j2").write_text(words)
    vouched(desk)
    assert "Zigzags, it seems: " in made(desk)[1]
    brief = desk / "out" / "desk-recap" / "2025-01-08"
    done = reportgen(tmp_path, "check", str(brief))[0]
    assert "borne out" in done.stdout, done.stdout + done.stderr


@pytest.mark.slow
def test_words_in_quotation_marks_may_have_escapes(desk, made, vouched):
    """As Jinja reads them."""
    story = desk / "reports/desk-recap/story.j2"
    told = story.read_text().replace(
        "{{ forget() }}", '- {{ "It\\\'s caf\\u00e9 time." }}\n{{ forget() }}'
    )
    story.write_text(told)
    vouched(desk)
    done, brief = made(desk)
    assert done.exit_code == 0, done.stderr
    assert "It's caf\u00e9 time." in brief


@pytest.mark.slow
def test_without_sentences_it_is_named_and_not_told(desk, reportgen, made):
    """The brief is made all the same; the doctor says which file is missing."""
    (desk / "templates/story/en/thrust.j2").unlink()
    done, brief = made(desk)
    assert done.exit_code == 0, done.stderr
    assert "Found, but the story has no words for it: thrust." in brief
    assert re.search(r"BAD  beats .*thrust/words\.j2", reportgen(desk, "doctor")[0].stdout)


@pytest.mark.slow
def test_a_fact_in_another_unit_than_its_role_fails_its_section(desk, made):
    """The brief is held, for the section is required, and says which role of which beat it was."""
    text = TOML.replace('"fraction, week"', '"points, week"').replace("least = 2.0", "least = 0.1")
    (desk / "beats/thrust/beat.toml").write_text(text)
    done, _ = made(desk)
    assert done.exit_code != 0
    assert "The beat 'thrust' gives the role 'change' a fact in fraction over week" in done.stderr


def test_a_number_in_plain_words_is_refused(desk, made, vouched):
    """No fact says "in five sessions", and nobody can vouch for it."""
    words = WORDS.replace('{{ f.change | says("for the week") }}', "in five sessions")
    (desk / "templates/story/en/thrust.j2").write_text(words)
    done, brief = made(desk)
    assert (done.exit_code, brief) == (5, "")
    assert "'five' is a figure, and nobody can vouch for it" in vouched(desk).stderr


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "beat.toml",
            '[kinds.thrust]\nrank = "first"',
            'beat.toml, line 2: rank = "first" is not a whole number',
        ),
        ("beat.toml", "[kinds.record_close]", "both have the kind 'record_close'"),
        ("beat.toml", 'looks_at = "indexes"\nwindows = ["hour"]', "windows"),
        ("detect.py", "def detct(scene): ...", "has no attribute 'detect'"),
        ("detect.py", "1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_beat_that_is_off_is_named_by_the_doctor(desk, name, text, words, reportgen):
    """With its file."""
    (desk / "beats" / "thrust" / name).write_text(text)
    done = reportgen(desk, "doctor")[0]
    assert done.exit_code == 1
    assert words in done.stdout


def test_a_new_beat_works_as_it_is_written(tmp_path, reportgen, made):
    """It finds news on a day with some, is told, and the doctor is content with it."""
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    done, _ = reportgen(tmp_path / "desk", "new", "beat", "five_days")
    assert len(done.stdout.splitlines()) == 4
    rule = tmp_path / "desk/beats/five_days/detect.py"
    rule.write_text(rule.read_text().replace("0.03", "0.001"))
    toml = tmp_path / "desk/beats/five_days/beat.toml"
    toml.write_text(toml.read_text().replace("least = 1.0", "least = 0.1"))
    assert "is up 0.6% over five sessions" in made(tmp_path / "desk")[1]
    assert reportgen(tmp_path / "desk", "doctor")[0].exit_code == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [("records", "is called 'records' already"), ("five-days", "small letters, digits and _")],
)
def test_a_new_beat_has_a_name_of_its_own(desk, name, words, reportgen):
    """That of a shipped one would replace it."""
    done, _ = reportgen(desk, "new", "beat", name)
    assert done.exit_code == 2
    assert words in done.stderr
