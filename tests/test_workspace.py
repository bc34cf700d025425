"""A desk of one's own: what it starts with works as it stands, by every scheduler, and what is written there comes first."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from postbox import Postbox

from reportgen import workspace
from reportgen.errors import InvalidParameter, SettingsError, UnknownReport
from reportgen.request import load_report, report_names
from reportgen.resources import resource

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A new workspace, in a folder whose name has a blank and an apostrophe."""
    place = tmp_path_factory.mktemp("first") / "Ann's desk"
    workspace.create(place, "daily-recap", "desk-recap")
    return place


@pytest.fixture
def desk(made, monkeypatch):
    """The workspace, entered."""
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    monkeypatch.chdir(made)
    return made


def shell(desk, command, **env):
    """What a shell made of *command* in *desk*."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REPORTGEN", "PYTHON"))}
    kept |= {"PATH": f"{BIN}:{os.environ['PATH']}", "REPORTGEN_STORE": str(desk / "none.duckdb"), **env}
    return subprocess.run(["sh", "-c", command], cwd=desk, capture_output=True, text=True, env=kept, check=False)


def test_a_report_of_ones_own_is_known_by_its_name(desk):
    """It says who it is in its title and in its notebook, and the shipped ones are still there."""
    report = load_report("desk-recap")
    assert (report.title, report.folder) == ("Desk recap", desk / "reports" / "desk-recap")
    assert 'report=\\"desk-recap\\"' in report.notebook.read_text()
    assert {"desk-recap", "daily-recap", "small-caps"} <= set(report_names())


@pytest.mark.usefixtures("desk")
def test_a_template_of_ones_own_comes_first(desk):
    """By the same path; all others are the shipped ones."""
    shipped = resource("templates/tokens.json")
    (desk / "templates").mkdir()
    (desk / "templates" / "tokens.json").write_text(shipped.read_text())
    assert resource("templates/tokens.json") == desk / "templates" / "tokens.json"
    assert resource("templates/page/brief.css").parent.parent == shipped.parent
    (desk / "templates" / "tokens.json").unlink()
    (desk / "templates").rmdir()


def test_outside_of_it_nobody_knows_it(made, monkeypatch, tmp_path):
    """Unless REPORTGEN_CONFIG leads there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownReport):
        load_report("desk-recap")
    monkeypatch.setenv("REPORTGEN_CONFIG", str(made / "reportgen.toml"))
    assert load_report("desk-recap").title == "Desk recap"


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    """And so is the world, by names that could lead out of it."""
    (tmp_path / "x").write_text("mine")
    with pytest.raises(SettingsError, match="not empty"):
        workspace.create(tmp_path, "daily-recap", "desk-recap")
    for name in ("../evil", "Desk Recap", "", "daily-recap", "-x", "a\nb"):
        with pytest.raises(InvalidParameter):
            workspace.create(tmp_path / "new", "daily-recap", name)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("source", ["small-caps", "weekly-recap"])
def test_any_report_can_be_the_first(tmp_path, source):
    """The copy says its own name."""
    workspace.create(tmp_path / "desk", source, "note")
    assert f'"{source}"' not in (tmp_path / "desk" / "reports" / "note" / "notebook.ipynb").read_text()


def test_a_morning_on_the_sample_is_made_sent_and_kept_once(made, tmp_path):
    """The script that every scheduler calls: brief, mail, archive; a second call finds all done."""
    with Postbox(tmp_path, security="none") as postbox:
        toml = (made / "reportgen.toml").read_text()
        (made / "reportgen.toml").write_text(toml.replace("8025", str(postbox.port)))
        first = shell(made, "./morning.sh", AS_OF="2025-01-08", DATA="sample")
        again = shell(made, "./morning.sh", AS_OF="2025-01-08", DATA="sample")
        (made / "reportgen.toml").write_text(toml)
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "2 sent." in first.stdout
    assert "0 sent, 2 already." in again.stdout
    assert set(postbox.received().values()) == {1}
    assert "1 briefs, 1 new" in first.stdout
    assert (made / "archive" / "latest" / "desk-recap" / "brief.json").is_file()


def test_a_morning_that_can_not_be_made_says_so_and_sends_nothing(made):
    """Its exit code is that of what failed."""
    done = shell(made, "./morning.sh", AS_OF="2025-01-04", DATA="sample")
    assert done.returncode == 2
    assert "sent" not in done.stdout


@pytest.mark.parametrize(("name", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")])
def test_a_workflow_is_what_its_schema_says(made, tmp_path, name, schema):
    """And its steps call the script of the desk."""
    text = workspace.scheduled(name, "desk-recap", made)
    (tmp_path / "flow.yml").write_text(text)
    checked = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, tmp_path / "flow.yml"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert "sh morning.sh" in text


def test_the_written_workflow_is_the_printed_one(made):
    """No two versions of it."""
    assert (made / ".github" / "workflows" / "desk-recap.yml").read_text() == workspace.scheduled("github", "desk-recap", made)


def test_a_workflow_of_github_keeps_its_state_and_tells_of_failures(made):
    """Odd minutes, both offsets, one at a time, secrets by name, artifacts, pages, an alert."""
    flow = yaml.safe_load(workspace.scheduled("github", "desk-recap", made))
    crons = [entry["cron"].split() for entry in flow[True]["schedule"]]
    assert [fields[1:] for fields in crons] == [["9", "*", "*", "1-5"], ["10", "*", "*", "1-5"]]
    assert all(int(fields[0]) % 2 and 10 < int(fields[0]) < 50 for fields in crons)
    job = flow["jobs"]["morning"]
    assert flow["concurrency"]["cancel-in-progress"] is False
    uses = {step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step}
    assert {"actions/cache", "actions/upload-artifact", "actions/upload-pages-artifact", "actions/deploy-pages"} <= uses
    assert all("secrets." in value for key, value in job["env"].items() if key.endswith(("PASSWORD", "KEY")))
    assert job["steps"][-1]["if"] == "failure()"


def test_the_steps_of_a_workflow_run_in_a_shell(made, tmp_path):
    """Those that are commands, one after the other, on the sample, as a person who starts it by hand would ask."""
    flow = yaml.safe_load(workspace.scheduled("github", "desk-recap", made))
    steps = [
        s["run"] for s in flow["jobs"]["morning"]["steps"] if "run" in s and "pip install" not in s["run"] and s.get("if") != "failure()"
    ]
    with Postbox(tmp_path, security="none") as postbox:
        toml = (made / "reportgen.toml").read_text()
        (made / "reportgen.toml").write_text(toml.replace("8025", str(postbox.port)))
        done = shell(made, "set -e\n" + "\n".join(steps), AS_OF="2025-01-07", DATA="sample", PROFILE="publish", SMTP_PASSWORD="x")
        (made / "reportgen.toml").write_text(toml)
    assert done.returncode == 0, done.stderr
    assert (made / "archive" / "briefs" / "desk-recap" / "2025-01-07" / "index.html").is_file()


def test_a_crontab_names_the_folder_and_the_zone(made):
    """Its lines are lines of cron: five fields and a command that a shell reads as it is meant."""
    lines = workspace.scheduled("cron", "desk-recap", made).splitlines()
    assert "CRON_TZ=America/New_York" in lines
    for line in (line for line in lines if line[0].isdigit()):
        minute, hour, *days, command = line.split(None, 5)
        assert (0 <= int(minute) < 60, int(hour) in (5, 7), days) == (True, True, ["*", "*", "1-5"])
        assert shlex.split(command)[:2] == ["cd", str(made)]
    assert shell(made, f"{lines[2].split(None, 5)[5].replace('./morning.sh', 'pwd')}").stdout.strip() == str(made)


def test_a_timer_of_systemd_is_one(made):
    """Where systemd is, it says so itself."""
    text = workspace.scheduled("systemd", "desk-recap", made)
    service, timer = text.split("# ~/.config/systemd/user/reportgen-desk-recap.timer")
    assert f"WorkingDirectory={made}" in service
    assert "OnCalendar=Mon..Fri *-*-* 05:" in timer
    assert "Persistent=true" in timer
    if program := shutil.which("systemd-analyze"):
        when = next(line.removeprefix("OnCalendar=") for line in timer.splitlines() if line.startswith("OnCalendar"))
        assert subprocess.run([program, "calendar", when], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(("zone", "hours"), [("America/New_York", [9, 10]), ("Europe/London", [4, 5]), ("Asia/Tokyo", [20])])
def test_the_hours_of_github_are_those_of_the_zone(made, zone, hours):
    """Five in the morning, in summer and in winter."""
    flow = yaml.safe_load(workspace.scheduled("github", "desk-recap", made, zone=zone))
    assert [int(entry["cron"].split()[1]) for entry in flow[True]["schedule"]] == hours


def test_a_notebook_that_calls_itself_something_else_is_refused(made):
    """A copy by hand that kept the other's name would be judged by the other's rules."""
    notebook = made / "reports" / "desk-recap" / "notebook.ipynb"
    text = notebook.read_text()
    notebook.write_text(text.replace("desk-recap", "daily-recap"))
    done = shell(made, "reportgen run desk-recap --as-of 2025-01-08 --out elsewhere")
    notebook.write_text(text)
    assert done.returncode == 4
    assert """says that it is 'daily-recap'; write open_desk(report="desk-recap\"""" in done.stderr
    assert not list((made / "elsewhere").rglob("brief.*"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("title = [", "can not be read"),
        ('title = "x"', "'instruments' is missing"),
        ('title = "x"\ndescription = "y"\n[instruments]\noptional = []', "'required' is missing"),
        ('title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired = []\n[gate]\nmost = 1', "most"),
        ('title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired = []\n[parameters.a]\nkind = 1', "kind"),
    ],
)
def test_a_report_that_is_off_is_refused_with_its_file(desk, wrong, words):
    """Before anything runs."""
    place = desk / "reports" / "broken"
    place.mkdir(exist_ok=True)
    (place / "report.toml").write_text(wrong)
    with pytest.raises(SettingsError, match=words) as refused:
        load_report("broken")
    assert "report.toml" in str(refused.value)
    (place / "report.toml").unlink()
    place.rmdir()


def test_mail_leads_to_the_page_where_the_site_says_where_it_is(made):
    """The address of the brief's own page, at the top and at the end."""
    toml = (made / "reportgen.toml").read_text()
    (made / "reportgen.toml").write_text(toml.replace('# url = "https', 'url = "https'))
    done = shell(made, "reportgen run desk-recap --as-of 2025-01-06 --format eml --out linked")
    (made / "reportgen.toml").write_text(toml)
    assert done.returncode == 0, done.stderr
    place = made / "linked" / "desk-recap" / "2025-01-06"
    mail = (place / "brief.eml").read_bytes().replace(b"=\r\n", b"")
    assert mail.count(b"https://example.com/recaps/briefs/desk-recap/2025-01-06/index.html") == 2
    kept = json.loads((place / "notebook.ipynb").read_text())["metadata"]["reportgen"]["inputs"]["settings"]
    assert kept["page_url"].startswith("https://example.com/recaps/")


def test_a_reader_waits_for_his_own_morning():
    """Half past six in Tokyo is long before it is in New York, and neither is on the evening before."""
    from reportgen.recipients import Recipient

    close, clock = dt.datetime(2025, 1, 8, 21, tzinfo=dt.UTC), dt.time(6, 30)
    zones = {
        zone: Recipient(address="a@b.org", name="", parameters={}, zone=zone).morning(close, clock)
        for zone in ("", "Asia/Tokyo", "Europe/London")
    }
    assert [moment.astimezone(dt.UTC).strftime("%d %H:%M") for moment in zones.values()] == ["09 11:30", "08 21:30", "09 06:30"]
