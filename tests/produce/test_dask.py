"""The same jobs on a Dask cluster of separate processes, one of which is killed in the middle."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from reportgen.produce import batch
from reportgen.produce.executors import executor

pytestmark = pytest.mark.slow

DAYS = [dt.date(2025, 1, day) for day in (2, 3, 6, 7)]


@pytest.fixture
def jobs(tmp_path):
    """Four days of small caps, as text."""
    template = batch.Job(
        report="small-caps",
        as_of="",
        data="sample",
        parameters={},
        formats=("txt",),
        out=str(tmp_path),
        asked_at=dt.datetime(2025, 6, 1, tzinfo=dt.UTC),
    )
    return batch.jobs_of(template, DAYS, {})


def kill_one_worker(cluster_has_work_within):
    """Kill -9 the first worker of the cluster that is making a brief.

    This process may have a zygote of its own, left warm by a test before: its parent is spared.
    """
    end = time.monotonic() + cluster_has_work_within
    while time.monotonic() < end:
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                makes_briefs = "reportgen.execute.zygote" in " ".join(process.cmdline())
                if makes_briefs and process.ppid() != os.getpid():
                    process.parent().kill()
                    return True
        time.sleep(0.1)
    return False


def test_a_cluster_makes_all_briefs_though_a_worker_is_killed(jobs):
    """Its tasks are run again elsewhere; nobody's brief is lost, and no process stays behind."""
    family = psutil.Process().children(recursive=True)
    with executor("dask", 2) as pool, ThreadPoolExecutor(1) as beside:
        killed = beside.submit(kill_one_worker, 60)
        outcomes = list(batch.run(jobs, pool))
    assert killed.result()
    assert sorted(o.job.as_of for o in outcomes if o.state in ("made", "kept")) == [
        day.isoformat() for day in DAYS
    ]
    assert all(batch.finished(job) for job in jobs)
    left = [
        p
        for p in psutil.Process().children(recursive=True)
        if p not in family and "resource_tracker" not in " ".join(p.cmdline())
    ]
    assert psutil.wait_procs(left, timeout=3)[1] == []


def test_a_standing_scheduler_is_used(jobs):
    """By its address; it stands on afterwards."""
    import distributed

    with distributed.LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as cluster:
        with executor(cluster.scheduler_address) as pool:
            outcomes = list(batch.run(jobs[:1], pool))
        assert [o.state for o in outcomes] == ["made"]
        with distributed.Client(cluster) as client:
            assert client.submit(max, 1, 2).result() == 2
