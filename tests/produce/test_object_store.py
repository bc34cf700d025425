"""Briefs and datasets in an object store: a real S3 server on loopback."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from pathlib import Path

import fsspec
import inprocess
import pytest

from reportgen.config.resources import SAMPLE
from reportgen.core.errors import DeliveryError, NoData, Overtaken, RenderError
from reportgen.datasets.dataset import open_dataset
from reportgen.datasets.remote import local_copy
from reportgen.files.outputs import folder
from reportgen.publish.keepers import keeper
from reportgen.publish.kept import KeptLedger
from reportgen.publish.ledger import Key
from reportgen.publish.mail.smtp import Outcome
from reportgen.record.request import Request, load_report
from reportgen.verify.seal import verified


@pytest.fixture(scope="module")
def s3():
    """The file system of a fresh server with the bucket "briefs"."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_MAX_ATTEMPTS", "1")
        system = fsspec.filesystem("s3", use_listings_cache=False)
        system.mkdir("briefs")
        yield system
    server.stop()


@pytest.fixture(scope="module")
def market(s3):
    """The URL of the sample market in the store."""
    for path in SAMPLE.rglob("*"):
        if path.is_file():
            s3.pipe_file(f"briefs/market/{path.relative_to(SAMPLE).as_posix()}", path.read_bytes())
    return "s3://briefs/market"


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache of this test alone."""
    monkeypatch.setattr("reportgen.datasets.remote.cache_dir", lambda: tmp_path / "cache")


@pytest.mark.slow
def test_a_brief_goes_from_store_to_store(s3, market):
    """Data from a URL, files to a URL; the record comes last and names the others."""
    request = Request(
        report=load_report("small-caps"), as_of="2025-01-08", data=market, formats=("txt", "json")
    )
    produced = inprocess.produced(request, "s3://briefs/out", engine="nbclient")
    assert produced.files[-1] == "s3://briefs/out/small-caps/2025-01-08/seal.json"
    record = json.loads(s3.cat_file("briefs/out/small-caps/2025-01-08/notebook.ipynb"))
    place = folder("s3://briefs/out/small-caps/2025-01-08")
    assert set(record["metadata"]["reportgen"]["files"]) == {"brief.txt", "brief.json", "gate.txt"}
    assert verified(place)["metadata"]["reportgen"]["files"]


@pytest.mark.usefixtures("cache")
def test_a_copy_of_a_dataset_is_renewed_file_by_file(s3, market):
    """What has not changed is not fetched again; what is gone there goes here."""
    first = local_copy(market)
    assert open_dataset(first).name == "Sample market"
    before = (first / "daily.csv.gz").stat().st_mtime_ns
    s3.pipe_file(
        "briefs/market/events.csv", b"date,name,kind\n2024-11-05,the Nov. 5 election,election\n"
    )
    s3.pipe_file("briefs/market/commentary/new.md", b"---\n---\n")
    assert local_copy(market) == first
    assert (first / "events.csv").read_bytes().count(b"\n") == 2
    assert (first / "daily.csv.gz").stat().st_mtime_ns == before
    s3.rm_file("briefs/market/commentary/new.md")
    assert not (local_copy(market) / "commentary" / "new.md").exists()


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize("where", ["s3://nobody/briefs", "s3://UPPER_case!/x", "nosuch://x/y"])
def test_a_place_that_can_not_be_written_is_refused_before_a_run(where):
    """A bucket that is not there, a name that none can have, a file system nobody knows."""
    with pytest.raises(RenderError) as caught:
        folder(where).refuse()
    assert where.partition("://")[2].partition("/")[0] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("s3", "cache")
def test_a_dataset_that_is_not_there_is_told():
    """With its URL."""
    with pytest.raises(NoData, match="s3://briefs/nothing"):
        local_copy("s3://briefs/nothing")


@pytest.mark.usefixtures("s3")
def test_files_are_read_back_and_removed():
    """As in any folder."""
    place = folder("s3://briefs/some") / "where"
    assert place.sizes() == {}
    assert place.write({"a.txt": b"abc"}) == ("s3://briefs/some/where/a.txt",)
    assert (place.sizes(), place.read("a.txt")) == ({"a.txt": 3}, b"abc")
    place.remove("a.txt")
    place.remove("a.txt")
    assert place.sizes() == {}


def test_other_file_systems_serve_as_well(tmp_path):
    """A folder by its URL, whole as ever."""
    place = folder(f"file://{tmp_path}/out")
    place.refuse()
    place.write({"a.txt": b"abc"})
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"abc"
    shutil.rmtree(tmp_path / "out")


@pytest.fixture
def shelf(s3):
    """``shelf()`` is a keeper of its own of the same object in the store."""
    yield lambda: keeper("s3://briefs/desk", Path.cwd())
    if s3.exists("briefs/desk"):
        s3.rm("briefs/desk", recursive=True)


def test_a_ledger_is_kept_in_the_store(shelf):
    """Nothing at first; then what was pushed last."""
    first = shelf()
    assert first.pull() is None
    first.push(b"one")
    first.push(b"two")
    assert shelf().pull() == b"two"


def test_of_two_who_keep_a_ledger_the_second_is_refused(shelf):
    """When both begin, and when both go on; what the first one wrote stays."""
    first, second = shelf(), shelf()
    first.pull(), second.pull()
    first.push(b"first")
    with pytest.raises(Overtaken, match=r"s3://briefs/desk/outbox\.sqlite has changed"):
        second.push(b"second")
    late = shelf()
    late.pull()
    first.push(b"first again")
    with pytest.raises(Overtaken):
        late.push(b"late")
    assert shelf().pull() == b"first again"


@pytest.mark.usefixtures("s3")
def test_a_bucket_that_is_not_there_keeps_no_ledger():
    """The word names the place."""
    with pytest.raises(DeliveryError, match=r"kept at s3://nobody/desk/outbox\.sqlite"):
        keeper("s3://nobody/desk", Path.cwd()).push(b"x")


def test_a_ledger_in_the_store_is_the_same_for_all_machines(shelf, tmp_path):
    """What one machine settled, the other finds."""
    del shelf
    at, key = dt.datetime(2025, 1, 8, 21, 30, tzinfo=dt.UTC), Key("note", "2025-01-08", 1)
    made = [
        KeptLedger(tmp_path / name / "o.sqlite", keeper("s3://briefs/desk", tmp_path), 5)
        for name in ("one", "other")
    ]
    with made[0].held():
        made[0].claim(key, "ann", "<1>", at)
        made[0].handing(key, ["ann"])
        made[0].settle(key, {"ann": Outcome("sent", 250, "ok")}, at)
    with made[1].held():
        assert made[1].claim(key, "ann", "<1>", at).state == "sent"
