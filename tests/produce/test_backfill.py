"""Many briefs at once: made, kept, tried again, reported; and nobody's trouble is another's."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from reportgen.config.resources import SAMPLE
from reportgen.core.errors import SettingsError
from reportgen.datasets import table_cache
from reportgen.produce import batch, pipeline
from reportgen.produce.executors import executor

DAYS = [dt.date(2025, 1, 6), dt.date(2025, 1, 7), dt.date(2025, 1, 8)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The sample market as a folder of one's own."""
    return shutil.copytree(SAMPLE, tmp_path_factory.mktemp("data") / "market")


@pytest.fixture(scope="module")
def template(tmp_path_factory, data):
    """A job of the small-caps report, as text, on that market."""
    return batch.Job(
        report="small-caps",
        as_of="",
        data=str(data),
        parameters={},
        formats=("txt",),
        out=str(tmp_path_factory.mktemp("out")),
        asked_at=dt.datetime(2025, 6, 1, tzinfo=dt.UTC),
    )


@pytest.fixture(scope="module")
def made(template):
    """Three days made by two threads, and the outcomes."""
    with executor("local", 2) as pool:
        yield sorted(batch.run(batch.jobs_of(template, DAYS, {}), pool), key=lambda o: o.job.as_of)


def states(outcomes):
    """What became of each."""
    return [outcome.state for outcome in outcomes]


@pytest.mark.slow
def test_every_session_has_its_brief(made, template):
    """In a folder of its own, whole."""
    assert states(made) == ["made"] * 3
    for day in DAYS:
        folder = batch.folder(template.out) / "small-caps" / day.isoformat()
        assert sorted(folder.sizes()) == ["brief.txt", "gate.txt", "notebook.ipynb", "seal.json"]


def test_a_finished_brief_is_kept(made):
    """Nothing about it has changed."""
    assert all(batch.finished(outcome.job) for outcome in made)
    with ThreadPoolExecutor(1) as pool:
        assert states(batch.run([outcome.job for outcome in made], pool)) == ["kept"] * 3


@pytest.mark.parametrize("change", [{"parameters": {"months": "12"}}, {"formats": ("txt", "html")}])
def test_a_brief_asked_for_otherwise_is_not_finished(made, change):
    """Other parameters, other formats: another brief."""
    job = made[0].job
    assert not batch.finished(
        batch.Job(**{f: getattr(job, f) for f in batch.Job.__dataclass_fields__} | change)
    )


def test_changed_data_make_a_brief_anew(made, data):
    """One byte is enough."""
    before = (data / "events.csv").read_bytes()
    (data / "events.csv").write_bytes(before + b"\n")
    assert not batch.finished(made[0].job)
    (data / "events.csv").write_bytes(before)
    assert batch.finished(made[0].job)


def test_a_damaged_brief_is_not_finished(made, template):
    """A file that is missing or of another size."""
    text = batch.folder(template.out).path / "small-caps" / "2025-01-06" / "brief.txt"
    before = text.read_bytes()
    text.write_bytes(before[:-1])
    assert not batch.finished(made[0].job)
    text.write_bytes(before)


def test_values_of_a_parameter_have_a_folder_each(template):
    """Only the parameters that take several values name it."""
    jobs = batch.jobs_of(template, DAYS[:1], {"months": ["6", "12"], "benchmark": ["^IXIC"]})
    assert [job.out.removeprefix(template.out) for job in jobs] == ["/months=12", "/months=6"]
    assert {job.parameters["benchmark"] for job in jobs} == {"^IXIC"}


class Failing(ThreadPoolExecutor):
    """An executor that loses what it is given, as often as it is told to."""

    def __init__(self, losses):
        super().__init__(1)
        self.losses = losses

    def submit(self, work, job):
        """Lose the work, or do it."""
        self.losses -= 1
        return super().submit(self._lose if self.losses >= 0 else work, job)

    def _lose(self, _job):
        raise OSError("the worker is gone")


@pytest.mark.parametrize(("losses", "state"), [(1, "made"), (2, "failed")])
def test_a_lost_brief_is_tried_once_more(template, losses, state):
    """Then it is reported, with what was wrong."""
    job = batch.jobs_of(template, [dt.date(2025, 1, 3)], {"months": [str(20 + losses)]})[0]
    batch.reopen()
    with Failing(losses) as pool:
        outcome = next(batch.run([job], pool))
    batch.close()
    assert outcome.state == state
    assert ("the worker is gone" in outcome.error) == (state == "failed")


@pytest.fixture
def backfill(apart):
    """Call the command."""
    return lambda *args: apart("backfill", "small-caps", "--format", "txt", *args)


@pytest.mark.slow
def test_the_summary_names_what_failed_and_the_exit_code_is_the_worst(backfill, tmp_path):
    """The sample has no prices of 2016: that day is reported, the good one is made."""
    result = backfill("--from", "2025-01-08", "--to", "2025-01-08", "--out", tmp_path)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "1 made, 0 kept, 0 failed")
    result = backfill("--from", "2016-01-04", "--to", "2016-01-04", "--out", tmp_path)
    assert result.exit_code == 3
    assert "2016-01-04  exit 3" in result.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--from", "2025-01-04", "--to", "2025-01-05"], "no finished session"),
        (
            ["--from", "2025-01-06", "--to", "2025-01-07", "-p", "months=6,900"],
            "it runs from 3 to 24",
        ),
        (["--from", "2025-01-06", "--to", "2025-01-07", "-p", "moths=6"], "Did you mean"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_made(backfill, tmp_path, args, words):
    """Days without sessions, values out of bounds, unknown names."""
    result = backfill(*args, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told():
    """In one line, not after minutes."""
    pytest.importorskip("distributed")
    with pytest.raises(SettingsError, match="No Dask scheduler"), executor("tcp://127.0.0.1:9", 1):
        pass


def test_progress_tells_how_many_and_how_long(made):
    """Number, rate, time left, and which."""
    said = []
    list(batch.progress(iter(made), 3, said.append))
    assert said[0].startswith("1/3  ")
    assert "a minute" in said[0]
    assert said[-1].endswith("2025-01-08 made")


def test_the_record_says_what_the_brief_was_made_from(made):
    """Versions, hashes, parameters; and the key of all of them."""
    place = batch.folder(made[-1].job.out) / "small-caps" / "2025-01-08"
    record = json.loads(place.read("notebook.ipynb"))
    inputs = record["metadata"]["reportgen"]["inputs"]
    assert inputs["as_of"] == "2025-01-08"
    assert {"pandas", "altair", "python"} <= set(inputs["versions"])
    assert len(inputs["data"]) == 10


@pytest.mark.slow
def test_where_nothing_forks_a_stock_kernel_makes_the_brief(template, monkeypatch):
    """On other systems a batch works as well, though not as fast."""
    monkeypatch.setattr("reportgen.execute.fork.FORKS", False)
    job = batch.jobs_of(template, [dt.date(2025, 1, 3)], {"benchmark": ["^IXIC"]})[0]
    outcome = batch.make(job)
    assert (outcome.state, outcome.error) == ("made", "")
    assert batch.finished(job)


def test_a_list_of_stocks_is_read_once_for_all_sessions_of_a_year(template, monkeypatch):
    """The first session has the warm process read on; a year later it reads on again."""
    read = []
    monkeypatch.setattr(table_cache, "_lists", {})
    keep = table_cache.screen.side_by_side
    monkeypatch.setattr(table_cache.screen, "side_by_side", lambda *a: read.append(1) or keep(*a))
    for day in ("2024-11-29", "2024-12-02", "2025-01-08"):
        pipeline.cut(replace(template, as_of=day, report="daily-recap").request, template.asked_at)
    assert len(read) == len({*table_cache._lists})
    assert batch.READ_ON < table_cache.AHEAD
