"""A desk of one's own.

What it starts with works as it stands, by every scheduler, and what is written there comes first.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from click.testing import CliRunner
from postbox import Postbox
from sparing import first_quick

from reportgen.config.resources import resource
from reportgen.core.errors import InvalidParameter, SettingsError, UnknownReport
from reportgen.jobs import workspace
from reportgen.record.request import load_report, report_names

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
    kept |= {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "REPORTGEN_STORE": str(desk / "none.duckdb"),
        **env,
    }
    return subprocess.run(
        ["sh", "-c", command], cwd=desk, capture_output=True, text=True, env=kept, check=False
    )


@pytest.fixture
def reportgen(apart):
    """Call a command in a desk, whose store is not there unless it is said."""

    def call(desk, command, **env):
        store = {"REPORTGEN_STORE": str(desk / "none.duckdb")}
        return apart(*shlex.split(command), folder=desk, env=store | env)

    return call


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


@pytest.mark.slow
def test_a_desk_may_have_a_second_file_of_another_name(made, tmp_path, reportgen):
    """By the option or the variable; what it names lies beside it."""
    own, sample = (
        made / "evening.toml",
        resource("reports/daily-recap").parents[1] / "reportgen" / "datasets" / "sample",
    )
    own.write_text('store = "evening.duckdb"\noutbox = "evening.sqlite"\n')
    taken = reportgen(
        tmp_path, f"data import {sample}", REPORTGEN_CONFIG=str(own), REPORTGEN_STORE=""
    )
    assert taken.stdout.splitlines()[-1] == f"kept in {made / 'evening.duckdb'}"
    run = "run desk-recap --data store --as-of 2025-01-08 --format txt --engine"
    made_by = [
        reportgen(tmp_path, f"{run} {engine}", REPORTGEN_CONFIG=str(own), REPORTGEN_STORE="")
        for engine in ("reportgen", "nbclient")
    ]
    assert [one.exit_code in (0, 8) for one in made_by] == [True, True], (
        made_by[0].stderr + made_by[1].stderr
    )
    late = reportgen(
        tmp_path,
        f"watch desk-recap --config '{own}'".replace("'s", "'\\''s"),
        REPORTGEN_STORE="",
    )
    assert late.exit_code in (
        0,
        11,
    ), late.stderr  # by the clock; elsewhere nobody knows the report
    own.unlink()
    (made / "evening.duckdb").unlink()


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
    assert (
        f'"{source}"' not in (tmp_path / "desk" / "reports" / "note" / "notebook.ipynb").read_text()
    )


@pytest.mark.slow
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
    assert "1 brief, 1 new" in first.stdout
    assert (made / "archive" / "latest" / "desk-recap" / "brief.json").is_file()


@pytest.mark.slow
def test_a_reader_who_is_refused_keeps_nobody_from_the_archive(made, tmp_path):
    """The exit code tells of it in the end.

    And what is sent is the brief that was made, not the newest.
    """
    with Postbox(tmp_path, security="none") as postbox:
        postbox.faults.recipients["bob@example.com"] = ["550 no such user"]
        toml = (made / "reportgen.toml").read_text()
        (made / "reportgen.toml").write_text(toml.replace("8025", str(postbox.port)))
        done = shell(made, "./morning.sh", AS_OF="2025-01-03", DATA="sample")
        (made / "reportgen.toml").write_text(toml)
    assert done.returncode == 7
    assert (made / "archive" / "briefs" / "desk-recap" / "2025-01-03" / "index.html").is_file()
    assert "Friday" in postbox.message().get_body(("plain",)).get_content()


def test_secrets_may_stand_in_a_file_beside_the_script(made):
    """They reach the programs, and no other line."""
    (made / ".env").write_text("SMTP_PASSWORD=x y\n".replace("x y", '"x y"'))
    done = shell(
        made, 'reportgen() { echo "got $SMTP_PASSWORD"; return 9; }; . ./morning.sh', AS_OF=""
    )
    (made / ".env").unlink()
    assert "got x y" in done.stdout


@pytest.mark.slow
def test_a_morning_that_can_not_be_made_says_so_and_sends_nothing(made):
    """Its exit code is that of what failed."""
    done = shell(made, "./morning.sh", AS_OF="2025-01-04", DATA="sample")
    assert done.returncode == 2
    assert "sent" not in done.stdout


@pytest.mark.parametrize("publish", [True, False])
@pytest.mark.parametrize(
    ("name", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")]
)
def test_a_workflow_is_what_its_schema_says(made, tmp_path, name, schema, publish):
    """And its steps call the script of the desk."""
    from check_jsonschema import main

    hosted = workspace.Hosted(publish=publish)
    text = workspace.scheduled(name, "desk-recap", made, hosted=hosted)
    (tmp_path / "flow.yml").write_text(text)
    checked = CliRunner().invoke(main, ["--builtin-schema", schema, str(tmp_path / "flow.yml")])
    assert checked.exit_code == 0, checked.output
    assert "sh morning.sh" in text


def test_the_written_workflow_is_the_printed_one(made):
    """No two versions of it."""
    assert (made / ".github" / "workflows" / "desk-recap.yml").read_text() == workspace.scheduled(
        "github", "desk-recap", made
    )


def github(desk, **hosted):
    """The job of the workflow of *desk* at GitHub, and the whole of it."""
    text = workspace.scheduled("github", "desk-recap", desk, hosted=workspace.Hosted(**hosted))
    flow = yaml.safe_load(text)
    return flow["jobs"]["morning"], flow, text


def test_a_workflow_of_github_keeps_its_state_and_tells_of_failures(made):
    """Odd minutes, both offsets, one at a time, secrets by name, artifacts, an alert."""
    job, flow, _ = github(made)
    crons = [entry["cron"].split() for entry in flow[True]["schedule"]]
    hours = [["9", "*", "*", "1-5"], ["10", "*", "*", "1-5"], ["12", "*", "*", "1-5"]]
    assert [fields[1:] for fields in crons] == hours  # summer, winter, and what looks for it
    assert [int(fields[0]) % 2 for fields in crons[:2]] == [1, 1]
    assert flow["concurrency"]["cancel-in-progress"] is False
    secret = {step["name"] for step in job["steps"] if "secrets." in str(step)}
    assert (secret, "secrets." in str(job["env"])) == ({"Morning"}, False)
    assert job["steps"][-1]["if"] == "failure()"
    kept, saved = (
        step for step in job["steps"] if step.get("uses", "").startswith("actions/cache/")
    )
    assert saved["if"] == "always()"
    assert kept["with"]["path"] == saved["with"]["path"]
    assert set(kept["with"]["path"].split()) == {"state", "out", "archive", "data/store.duckdb"}


@pytest.mark.parametrize("publish", [True, False])
def test_every_action_is_named_by_its_commit(made, publish):
    """With its version in a comment, the same for the same action."""
    job, _, text = github(made, publish=publish)
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    told = re.findall(
        r"uses: (actions/[a-z/-]+@[0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", text, re.MULTILINE
    )
    assert [action for action, _ in told] == used
    names = {action.split("@")[0].split("/")[1]: told for action, told in told}
    assert len({(action.split("@")[1], version) for action, version in told}) == len(names)


def test_only_a_desk_that_publishes_has_pages(made):
    """It asks for no more rights than it needs; whoever cannot read the repository sees nothing."""
    for publish in (True, False):
        job, flow, _ = github(made, publish=publish)
        pages = [step for step in job["steps"] if "pages" in step.get("uses", "")]
        assert (len(pages), "environment" in job, "pages" in flow["permissions"]) == (
            (2, True, True) if publish else (0, False, False)
        )
        assert job["env"]["PROFILE"] == ("publish" if publish else "internal")
        lab = yaml.safe_load(
            workspace.scheduled(
                "gitlab", "desk-recap", made, hosted=workspace.Hosted(publish=publish)
            )
        )
        assert ("pages" in lab) is publish
        assert lab["morning"]["artifacts"]["access"] == "developer"
        uploads = [step for step in job["steps"] if "upload-artifact@" in step.get("uses", "")]
        assert all("outputs.private == 'true'" in step["if"] for step in uploads)


@pytest.mark.parametrize("scheduler", ["github", "gitlab"])
def test_a_hosted_morning_keeps_its_ledger_on_a_branch(made, scheduler):
    """Unless the desk's own file says where."""
    flow = yaml.safe_load(workspace.scheduled(scheduler, "desk-recap", made))
    job = flow["morning"] if scheduler == "gitlab" else flow["jobs"]["morning"]
    told = job["variables"] if scheduler == "gitlab" else job["env"]
    assert told["REPORTGEN_LEDGER"] == "git:ledger"
    assert scheduler == "gitlab" or flow["permissions"]["contents"] == "write"


@pytest.mark.slow
def test_an_archive_that_cannot_be_built_is_told_after_the_mails(made, tmp_path):
    """The mails are out; the morning ends with the archive's own exit code."""
    with Postbox(tmp_path, security="none") as postbox:
        toml = (made / "reportgen.toml").read_text()
        (made / "reportgen.toml").write_text(toml.replace("8025", str(postbox.port)))
        shutil.rmtree(made / "archive", ignore_errors=True)
        (made / "archive").mkdir()
        (made / "archive" / "mine.txt").write_text("not a site")
        done = shell(made, "./morning.sh", AS_OF="2025-01-02", DATA="sample")
        shutil.rmtree(made / "archive")
        (made / "reportgen.toml").write_text(toml)
    assert done.returncode == 7
    assert len(postbox.messages) == 2, done.stderr


@pytest.mark.slow
def test_the_steps_of_a_workflow_run_in_a_shell(made, tmp_path):
    """Those that are commands, one after the other, on the sample, as a person who starts
    it by hand would ask.
    """
    job, _, _ = github(made)
    steps = [
        step["run"]
        for step in job["steps"]
        if "run" in step
        and step.get("if") != "failure()"
        and "gh api" not in step["run"]
        and step["name"] != "Install"  # which test_wheel.py runs, in a clean environment
    ]
    with Postbox(tmp_path, security="none") as postbox:
        toml = (made / "reportgen.toml").read_text()
        (made / "reportgen.toml").write_text(toml.replace("8025", str(postbox.port)))
        done = shell(
            made,
            "set -e\n" + "\n".join(steps),
            AS_OF="2025-01-07",
            DATA="sample",
            PROFILE="publish",
            SMTP_PASSWORD="x",
        )
        (made / "reportgen.toml").write_text(toml)
    assert done.returncode == 0, done.stderr
    assert (made / "archive" / "briefs" / "desk-recap" / "2025-01-07" / "index.html").is_file()


def cron_lines(text):
    """The lines of a crontab that call something: the minute, the time at which they work, and
    the command.
    """
    rows = [line.split(None, 5) for line in text.splitlines() if line[:1].isdigit()]
    assert all(row[1:5] == ["*"] * 4 for row in rows)  # each hour of each day
    begins = [re.search(r"REPORTGEN_BEGIN=(\d\d:\d\d) ", row[5])[1] for row in rows]
    return [(int(row[0]), begin, row[5]) for row, begin in zip(rows, begins, strict=True)]


def test_a_crontab_names_the_folder_the_zone_and_where_the_program_is(made):
    """Its commands are read by a shell as they are meant, in the bare world of cron."""
    text = workspace.scheduled("cron", "desk-recap", made)
    assert "CRON_TZ" not in text  # which Debian's cron does not know
    calls = cron_lines(text)
    assert [begin for _, begin, _ in calls] == ["05:23", "07:18"]
    path = next(line.partition("=")[2] for line in text.splitlines() if line.startswith("PATH="))
    bare = {"PATH": path, "HOME": "/"}
    command = calls[0][2].replace(
        "./morning.sh",
        "sh -c 'pwd; echo $REPORT $DEADLINE $ZONE $REPORTGEN_BEGIN; command -v reportgen'",
    )
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, env=bare, check=True
    )
    assert done.stdout.splitlines() == [
        str(made),
        "desk-recap 06:45 America/New_York 05:23",
        str(BIN / "reportgen"),
    ]


@pytest.mark.parametrize("call", ["./morning.sh", "./morning.sh watch"])
def test_the_script_ends_well_and_silently_at_another_time(made, call):
    """Or cron would mail its owner every hour."""
    zone = "UTC" if dt.datetime.now(dt.UTC).hour >= 2 else "Asia/Tokyo"  # in which it is later
    done = shell(made, call, REPORTGEN_BEGIN="00:00", DEADLINE="00:01", ZONE=zone)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_percent_sign_ends_no_line_of_cron(tmp_path):
    """Nor does it begin a name of systemd's."""
    for scheduler, sign in (("cron", r"50\% full"), ("systemd", "50%% full")):
        assert sign in workspace.scheduled(scheduler, "desk-recap", tmp_path / "50% full")


@pytest.mark.parametrize(
    ("deadline", "begin", "look"),
    [
        ("04:00", "02:39", "04:33"),
        ("09:00", "07:39", "09:33"),
        ("00:30", "00:05", "01:03"),
        ("23:50", "22:29", "23:59"),
    ],
)
def test_a_morning_begins_before_its_deadline_and_is_looked_for_after_it(
    made, deadline, begin, look
):
    """Whatever the deadline is; and it is the deadline that the morning is told."""
    first, second = cron_lines(workspace.scheduled("cron", "desk-recap", made, deadline=deadline))
    assert first[0] % 2
    assert first[1] < deadline < second[1]
    assert (first[1], second[1]) == (begin, look)
    assert f"DEADLINE={deadline}" in first[2]


@pytest.mark.parametrize("name", ["my; touch pwned", "a b", "x\ny", "../x", "A"])
def test_a_name_that_a_shell_would_read_is_refused(made, name):
    """Before it stands in a line that somebody pastes."""
    with pytest.raises(InvalidParameter):
        workspace.scheduled("cron", name, made)


def test_the_units_of_systemd_make_the_morning_and_look_for_it(made, tmp_path):
    """Each has a timer, the second after the deadline.

    Where systemd is, it says itself that they are sound.
    """
    parts = re.split(
        r"# ~/\.config/systemd/user/(.*)\n", workspace.scheduled("systemd", "desk-recap", made)
    )[1:]
    units = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(units) == [
        f"reportgen-desk-recap{middle}.{end}"
        for middle in ("", "-watch")
        for end in ("service", "timer")
    ]
    morning, first, watch, second = units.values()
    assert f"WorkingDirectory={made}\n" in morning
    assert "ExecStart=/bin/sh ./morning.sh\n" in morning
    assert "ExecStart=/bin/sh ./morning.sh watch\n" in watch
    times = [
        re.search(
            r"^OnCalendar=(Mon\.\.Fri \*-\*-\* (\d\d:\d\d):00 America/New_York)$",
            timer,
            re.MULTILINE,
        )
        for timer in (first, second)
    ]
    assert times[0][2] < "06:45" < times[1][2]
    assert ("Persistent=true\n" in first, "Persistent=false\n" in second) == (
        True,
        True,
    )  # a machine that slept makes it first
    if program := shutil.which("systemd-analyze"):
        for name, text in units.items():
            (tmp_path / name).write_text(text)
        calls = [[program, "calendar", time[1]] for time in times] + [
            [program, "verify", *(str(tmp_path / name) for name in units)]
        ]
        assert [
            subprocess.run(call, capture_output=True, check=False).returncode for call in calls
        ] == [0, 0, 0]


ZONES = [
    "America/New_York",
    "Europe/London",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "UTC",
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("monday", ["2025-01-13", "2025-07-14"])
def test_github_calls_on_each_weekday_morning_of_the_zone(made, zone, monday):
    """In summer and in winter one of its calls is at the minute of cron's, from Monday to
    Friday, and none is on a Saturday.
    """
    _, clock, _ = cron_lines(workspace.scheduled("cron", "desk-recap", made, zone=zone))[0]
    flow = yaml.safe_load(workspace.scheduled("github", "desk-recap", made, zone=zone))
    first, there = dt.date.fromisoformat(monday), ZoneInfo(zone)
    rung = set()
    for entry in flow[True]["schedule"]:
        m, h, _, _, days = entry["cron"].split()
        begin, end = map(int, days.split("-"))
        for n in range(-1, 7):
            moment = dt.datetime.combine(
                first + dt.timedelta(days=n), dt.time(int(h), int(m)), dt.UTC
            )
            if begin <= (moment.weekday() + 1) % 7 <= end:
                rung.add(moment.astimezone(there).replace(tzinfo=None))
    assert {
        dt.datetime.combine(first + dt.timedelta(days=n), dt.time.fromisoformat(clock))
        for n in range(5)
    } <= rung
    assert not [moment for moment in rung if moment.date() == first + dt.timedelta(days=5)]


def test_a_notebook_that_calls_itself_something_else_is_refused(made, reportgen):
    """A copy by hand that kept the other's name would be judged by the other's rules."""
    notebook = made / "reports" / "desk-recap" / "notebook.ipynb"
    text = notebook.read_text()
    notebook.write_text(text.replace("desk-recap", "daily-recap"))
    done = reportgen(made, "run desk-recap --as-of 2025-01-08 --out elsewhere")
    notebook.write_text(text)
    assert done.exit_code == 2
    assert """this is the notebook of 'desk-recap'; write report="desk-recap\"""" in done.stderr
    assert not list((made / "elsewhere").rglob("brief.*"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("title = [", "it is not valid TOML"),
        ('title = "x"\nformats = []', "'description' is missing"),
        (
            'title = "x"\ndescription = "y"\nformats = []\n[instruments]\noptional = []',
            "'required' is missing",
        ),
        (
            (
                'title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired ='
                " []\n[gate]\nmost = 1"
            ),
            r"line 7: unknown 'most' below \[gate\]",
        ),
        (
            (
                'title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired ='
                " []\n[parameters.a]\nkind = 1"
            ),
            r"line 7: unknown 'kind' below \[parameters.a\]",
        ),
        (
            'title = "x"\ndescription = "y"\nformats = ["htm"]\n[instruments]\nrequired = []',
            'line 3: formats has "htm", which is not one of .*Did you mean .html',
        ),
        (
            'title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired = "SPX"',
            'line 5: required = "SPX" is not a list of symbols',
        ),
        (
            'title = ["x"]\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired = []',
            r'line 1: title = \["x"\] is not a line of text',
        ),
        (
            (
                'title = "x"\ndescription = "y"\nformats = ["html"]\n[instruments]\nrequired ='
                ' []\n[gate]\nmost_gaps = "x"'
            ),
            'line 7: most_gaps = "x" is not a whole number from 0 up; write most_gaps = 3',
        ),
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


def test_mail_leads_to_the_page_where_the_site_says_where_it_is(made, reportgen):
    """The address of the brief's own page, at the top and at the end."""
    toml = (made / "reportgen.toml").read_text()
    (made / "reportgen.toml").write_text(toml.replace('# url = "https', 'url = "https'))
    done = reportgen(made, "run desk-recap --as-of 2025-01-06 --format eml --out linked")
    (made / "reportgen.toml").write_text(toml)
    assert done.exit_code == 0, done.stderr
    place = made / "linked" / "desk-recap" / "2025-01-06"
    mail = (place / "brief.eml").read_bytes().replace(b"=\r\n", b"")
    assert mail.count(b"https://example.com/recaps/briefs/desk-recap/2025-01-06/index.html") == 2
    kept = json.loads((place / "notebook.ipynb").read_text())["metadata"]["reportgen"]["inputs"][
        "settings"
    ]
    assert kept["page_url"].startswith("https://example.com/recaps/")


def test_a_reader_waits_for_his_own_morning():
    """Half past six in Tokyo is long before it is in New York, and neither is on the
    evening before.
    """
    from reportgen.publish.recipients import Recipient

    close, clock = dt.datetime(2025, 1, 8, 21, tzinfo=dt.UTC), dt.time(6, 30)
    zones = {
        zone: Recipient(address="a@b.org", name="", parameters={}, zone=zone).morning(close, clock)
        for zone in ("", "Asia/Tokyo", "Europe/London")
    }
    assert [moment.astimezone(dt.UTC).strftime("%d %H:%M") for moment in zones.values()] == [
        "09 11:30",
        "08 21:30",
        "09 06:30",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "title", ["The Nasdaq 100 note", "Ann & Bob's <b>morning</b>", "Dow up 5%"]
)
def test_a_report_may_be_called_anything(made, title, reportgen):
    """Its name stands above every headline as it is, in every rendering, and claims nothing."""
    path = made / "reports" / "desk-recap" / "report.toml"
    text = path.read_text()
    path.write_text(text.replace('title = "Desk recap"', f"title = {json.dumps(title)}"))
    done = reportgen(made, "run desk-recap --as-of 2025-01-08 --out titled")
    checked = reportgen(made, "check titled/desk-recap/2025-01-08")
    path.write_text(text)
    assert (done.exit_code, checked.exit_code) == (0, 0), done.stderr + checked.stderr
    assert (
        (made / "titled/desk-recap/2025-01-08/brief.txt")
        .read_text()
        .splitlines()[1]
        .startswith(title)
    )


@pytest.mark.parametrize("engine", ["reportgen", pytest.param("nbclient", marks=pytest.mark.slow)])
def test_an_instrument_and_a_colour_of_ones_own_reach_the_notebook(made, engine, reportgen):
    """Names in the strip, colours in the charts: the kernel runs elsewhere and finds them."""
    shipped = (
        resource("reports/daily-recap").parents[1]
        / "reportgen"
        / "markets"
        / "tables"
        / "instruments.toml"
    )
    row = next(part for part in shipped.read_text().split("\n\n") if part.startswith("[spx]"))
    (made / "instruments.toml").write_text(row.replace('short = "S&P 500"', 'short = "Big 500"'))
    (made / "templates").mkdir()
    (made / "templates" / "tokens.json").write_text(
        resource("templates/tokens.json").read_text().replace("#0B4F9C", "#8B0000")
    )
    done = reportgen(
        made, f"run desk-recap --as-of 2025-01-08 --out own-{engine} --engine {engine}"
    )
    (made / "instruments.toml").unlink()
    shutil.rmtree(made / "templates")
    assert done.exit_code == 0, done.stderr
    place = made / f"own-{engine}" / "desk-recap" / "2025-01-08"
    assert "Big 500" in (place / "brief.txt").read_text()
    page = (place / "brief.html").read_text()
    assert 'stroke="#8B0000"' in page
    assert "#0B4F9C" not in page


@pytest.mark.parametrize("text", ["[x", "[x]\nsymbol = 1", '[x]\nunit = "miles"'])
def test_an_instrument_that_is_off_is_named_with_its_file(made, text, reportgen):
    """Before anything runs."""
    (made / "instruments.toml").write_text(text)
    done = reportgen(made, "run desk-recap --as-of 2025-01-08 --out broken")
    (made / "instruments.toml").unlink()
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "instruments.toml" in done.stderr


@pytest.mark.parametrize(
    ("file", "found", "put", "said"),
    first_quick(
        [
            (
                "reports/desk-recap/story.j2",
                "# {{ title",
                "{% if %}\n# {{ title",
                r"BAD  report desk-recap +.*story\.j2, line \d+: ",
            ),
            (
                "reports/desk-recap/story.j2",
                "story/en/parts/kicker.j2",
                "story/nowhere.j2",
                r"BAD  report desk-recap +.*story/nowhere\.j2",
            ),
            (
                "reports/desk-recap/story.j2",
                "# {{",
                "\udce9 # {{",
                r"BAD  report desk-recap +.*story\.j2, line \d+: it is not in UTF-8",
            ),
            (
                "reports/desk-recap/report.toml",
                'market = "us"',
                "[gate]\nfresher = 3\n#",
                r"BAD  report desk-recap +.*report\.toml",
            ),
            (
                "recipients.toml",
                "Europe/London",
                "Europe/Londn",
                r"BAD  recipients +.*there is no time zone 'Europe/Londn'",
            ),
            (
                "data/commentary/jane-doe.md",
                "kind: quote",
                "kind: qoute",
                r"BAD  statements .*kind 'qoute' is unknown. Did you mean 'quote'\?",
            ),
            (
                "reportgen.toml",
                "[site]",
                "[sight]",
                r"BAD  settings +.*unknown 'sight'. Did you mean 'site'\?",
            ),
            (
                "reportgen.toml",
                "# [ledger]",
                '[ledger]\nkeep = "got:ledger"\n#',
                r"BAD  settings +.*keep = 'got:ledger' is no place.*Did you mean 'git'\?",
            ),
            (
                "reportgen.toml",
                '"data/store.duckdb"',
                "3",
                r"BAD  settings +.*line 4: store = 3 is not the name of a file",
            ),
            (
                "templates/tokens.json",
                "#0B4F9C",
                "navy",
                r"BAD  colours +.*light accent is 'navy'; write a colour such as #0B4F9C",
            ),
        ],
        3,
    ),
)
def test_the_doctor_reads_what_the_desk_wrote(made, file, found, put, said, reportgen):
    """And names the file and the place; without the fault all is well."""
    place = made / file
    kept = place.read_text() if place.is_file() else None
    place.parent.mkdir(exist_ok=True)
    before = kept or resource(file).read_text()
    assert found in before
    place.write_text(before.replace(found, put, 1), errors="surrogateescape")
    ill = reportgen(made, "doctor", REPORTGEN_STORE="")
    place.write_text(kept) if kept else shutil.rmtree(place.parent)
    assert (ill.exit_code, re.search(said, ill.stdout) is not None) == (1, True), ill.stdout
    assert "BAD" not in reportgen(made, "doctor", REPORTGEN_STORE="").stdout


@pytest.mark.parametrize(
    ("found", "put"),
    [("story/en/parts/kicker.j2", "story/nowhere.j2"), ("plan_of(lead) %}", "plan_of(lead) %")],
)
def test_a_story_that_can_not_be_read_is_refused_in_a_line(made, found, put, reportgen):
    """With its file, and the line of what is off."""
    story = made / "reports" / "desk-recap" / "story.j2"
    kept = story.read_text()
    story.write_text(kept.replace(found, put, 1))
    done = reportgen(made, "run desk-recap --as-of 2025-01-08 --out broken")
    story.write_text(kept)
    assert (done.exit_code != 0, done.stderr.count("\n"), "Traceback" in done.stderr) == (
        True,
        1,
        False,
    ), done.stderr
    assert put.removesuffix(" %").split("(")[0] in done.stderr or "story.j2, line" in done.stderr


def test_a_second_desk_can_be_begun_from_within_the_first(made, tmp_path, reportgen):
    """Its report may have the same name; only those that are shipped are taken."""
    assert reportgen(made, f"init '{tmp_path / 'second'}'").exit_code == 0


def test_readers_of_a_shipped_report_are_well(made, reportgen):
    """A list may be for any report; and what is amiss is told of the desk's own."""
    place = made / "recipients.toml"
    kept = place.read_text()
    for parameters, code in (("months = 12", 0), ("month = 12", 1)):
        place.write_text(kept + f"parameters = {{{parameters}}}\n")
        done = reportgen(made, "doctor", REPORTGEN_STORE="")
        assert done.exit_code == code, done.stdout
    place.write_text(kept)
    assert "report 'desk-recap' has no parameter 'month'" in done.stdout


def test_what_a_linked_file_names_lies_beside_the_link(made, tmp_path, reportgen):
    """However it is named: a desk has one store and one outbox."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "reportgen.toml").symlink_to(made / "reportgen.toml")
    asked = [
        reportgen(tmp_path / "desk", f"{command}", REPORTGEN_STORE="", REPORTGEN_CONFIG=named)
        for command, named in (
            ("data status", ""),
            ("data status", "reportgen.toml"),
            ("outbox", ""),
            ("outbox --config reportgen.toml", ""),
        )
    ]
    assert all(f"{tmp_path / 'desk' / 'data' / 'store.duckdb'}" in one.stderr for one in asked[:2])
    assert [one.exit_code for one in asked[2:]] == [0, 0]
    lost = reportgen(tmp_path / "desk", "doctor", REPORTGEN_CONFIG="reportgn.toml")
    assert (lost.exit_code, "reportgn.toml, and it is not there" in lost.stderr) == (2, True)


def test_the_watch_knows_the_secrets_of_the_morning(made, tmp_path, reportgen):
    """It is the same script, with the same file of secrets.

    With the desk's own file named there, too.
    """
    with Postbox(tmp_path, security="none") as postbox:
        toml = (
            (made / "reportgen.toml")
            .read_text()
            .replace("8025", str(postbox.port))
            .replace("to = []", 'to = ["owner@example.com"]')
        )
        (made / "evening.toml").write_text(toml)
        (made / ".env").write_text("REPORTGEN_CONFIG=evening.toml\nDEADLINE=00:00\n")
        done = shell(made, "./morning.sh watch")
        printed = reportgen(
            made,
            "schedule desk-recap --for github",
            REPORTGEN_CONFIG="evening.toml",
            REPORTGEN_STORE="",
        )
        (made / ".env").unlink()
        (made / "evening.toml").unlink()
    assert (done.returncode, len(postbox.messages)) == (11, 1), done.stderr
    assert "write REPORTGEN_CONFIG=evening.toml into" in printed.stderr


def test_a_machine_without_memory_is_told_to_keep_the_desks_own_store(made, reportgen):
    """Wherever the desk has it."""
    toml = (made / "reportgen.toml").read_text()
    (made / "reportgen.toml").write_text(toml.replace("data/store.duckdb", "kept/all.duckdb"))
    flows = [
        reportgen(made, f"schedule desk-recap --for {name}", REPORTGEN_STORE="").stdout
        for name in ("github", "gitlab")
    ]
    (made / "reportgen.toml").write_text(toml)
    assert [(flow.count("kept/all.duckdb"), "data/store.duckdb" in flow) for flow in flows] == [
        (2, False),
        (1, False),
    ]


def test_one_report_that_can_not_be_read_hides_no_other(made, reportgen):
    """The list says what is wrong with it."""
    (made / "reports" / "zz").mkdir()
    (made / "reports" / "zz" / "report.toml").write_text(
        'title = 3\ndescription = "x"\nformats = []\n[instruments]\nrequired = []'
    )
    listed = reportgen(made, "list")
    shutil.rmtree(made / "reports" / "zz")
    assert listed.exit_code == 0
    assert "small-caps" in listed.stdout
    assert "line 1: title = 3 is not a line of text" in listed.stdout


@pytest.mark.slow
def test_a_store_is_found_by_a_way_from_where_one_stands(made, reportgen):
    """As the desk's own file names it, or a variable.

    The kernel that reads it runs in another folder.
    """
    sample = resource("reports/daily-recap").parents[1] / "reportgen" / "datasets" / "sample"
    stores = {"data/store.duckdb": "", "own.duckdb": "own.duckdb"}
    for place, named in stores.items():
        taken = reportgen(made, f"data import {sample}", REPORTGEN_STORE=named)
        assert (taken.exit_code, taken.stdout.splitlines()[-1].endswith(place)) == (
            0,
            True,
        ), taken.stderr
        run = "run desk-recap --as-of 2025-01-08 --data store --format txt --out s"
        done = [
            reportgen(made, f"{run}-{engine} --engine {engine}", REPORTGEN_STORE=named)
            for engine in ("reportgen", "nbclient")
        ]
        assert [one.exit_code in (0, 8) for one in done] == [True, True], (
            done[0].stderr + done[1].stderr
        )
        (made / place).unlink()


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A desk with a report in it; ``call`` calls a command there."""
    monkeypatch.delenv("REPORTGEN_CONFIG", raising=False)
    workspace.create(tmp_path / "desk", "daily-recap", "desk-recap")
    monkeypatch.chdir(tmp_path / "desk")
    return tmp_path / "desk"


NEW_MARKET = ("pl", "--exchange", "XWAR", "--currency", "PLN", "--lead", "^WIG20")


@pytest.mark.parametrize(
    ("symbols", "sentence"),
    [
        ((), "The S&P 500 rose 0.2% to 5,918.25."),
        (("AAPL", "NVDA"), "Apple rose 0.2% to $242.70."),
        (("^RUT",), "The Russell 2000 fell 0.5% to 2,238.96."),
    ],
)
def test_a_new_report_runs_as_it_is_written(fresh, apart, symbols, sentence):
    """Its story needs nobody's word, and its picture is of the first symbol, whatever leads."""
    assert len(apart("new", "report", "note", *symbols, folder=fresh).stdout.splitlines()) == 3
    made = apart("run", "note", "--as-of", "2025-01-08", "--out", fresh / "out", folder=fresh)
    assert made.exit_code == 0, made.stderr
    told = (fresh / "out" / "note" / "2025-01-08" / "brief.txt").read_text()
    assert sentence in " ".join(told.split())
    assert "Line chart of" in told


def test_what_new_adds_is_well_by_the_doctor(fresh, apart):
    """A report, a provider and a market."""
    for words in (("report", "note"), ("provider", "inhouse"), ("market", *NEW_MARKET)):
        assert apart("new", *words, folder=fresh).exit_code == 0
    found = apart("doctor", folder=fresh)
    assert found.exit_code == 0, found.stdout
    assert "pl: Pl stocks" in found.stdout
    assert "desk-recap, note" in found.stdout


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("report", "daily-recap"), "A report is called 'daily-recap' already"),
        (("report", "desk-recap"), "A report is called 'desk-recap' already"),
        (("report", "My note"), "small letters, digits and hyphens, such as desk-note"),
        (("report", "note", "^GSPX"), "No instrument has the symbol '^GSPX'. Did you mean"),
        (("provider", "fred"), "A provider is called 'fred' already"),
        (("provider", "in-house"), "small letters, digits and _, such as example"),
        (("market", "us", *NEW_MARKET[1:]), "A market is called 'us' already"),
        (("market", "pl", "--exchange", "XFOO", *NEW_MARKET[3:]), "There is no exchange 'XFOO'"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(fresh, apart, words, reason):
    before = sorted(fresh.rglob("*"))
    refused = apart("new", *words, folder=fresh)
    assert refused.exit_code == 2
    assert reason in refused.stderr
    assert sorted(fresh.rglob("*")) == before


def test_a_new_chart_is_drawn_and_printed(fresh, apart):
    """In a report of the desk, above its foot."""
    apart("new", "report", "note", folder=fresh)
    assert apart("new", "chart", "note", "closes", folder=fresh).exit_code == 0
    made = apart("run", "note", "--as-of", "2025-01-08", "--out", fresh / "out", folder=fresh)
    assert made.exit_code == 0, made.stderr
    told = (fresh / "out" / "note" / "2025-01-08" / "brief.txt").read_text()
    assert told.index("Level by Date") < told.index("Sources: ")
    assert apart("doctor", folder=fresh).exit_code == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("daily-recap", "closes"), "'daily-recap' is not the desk's own"),
        (("desk-recap", "strip"), "A chart is called 'strip' already"),
        (("desk-recap", "My chart"), "small letters, digits and hyphens, such as closes"),
        (("nosuch", "closes"), "There is no report 'nosuch'"),
    ],
)
def test_a_chart_that_cannot_be_added_is_refused(fresh, apart, words, reason):
    refused = apart("new", "chart", *words, folder=fresh)
    assert refused.exit_code == 2
    assert reason in refused.stderr
