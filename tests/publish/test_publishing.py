"""The archive elsewhere: copied to any place, only what changed, and shown
to this machine alone.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import threading

import pytest
from archives import copied, tree, weekdays

from reportgen.core.errors import DeliveryError
from reportgen.files.outputs import LocalFolder
from reportgen.publish.config import Site
from reportgen.publish.release import finished, hold
from reportgen.publish.site.build import build
from reportgen.publish.site.publish import publish
from reportgen.publish.site.serve import server

DAYS = weekdays(dt.date(2025, 1, 6), 3)


@pytest.fixture
def site(sample_brief, tmp_path):
    """An archive of two briefs."""
    for day in DAYS[:2]:
        copied(sample_brief.folder, tmp_path / "out", day)
    build(tmp_path / "site", tmp_path / "out", Site())
    return tmp_path / "site"


def published(place):
    """The files there, but for what publishing keeps for itself."""
    return {name: data for name, data in tree(place).items() if name != "published.json"}


def own(site):
    """The files of the site, but for what it keeps for itself."""
    return {name: data for name, data in tree(site).items() if name != "site.json"}


def test_all_of_it_arrives_and_then_only_what_changed(site, sample_brief, tmp_path):
    """A second time there is nothing to do; a new day is a handful of files."""
    first = publish(site, str(tmp_path / "public"))
    assert first.written == len(own(site))
    assert published(tmp_path / "public") == own(site)
    assert publish(site, str(tmp_path / "public")).written == 0
    copied(sample_brief.folder, tmp_path / "out", DAYS[2])
    build(site, tmp_path / "out", Site())
    assert 0 < publish(site, str(tmp_path / "public")).written < first.written
    assert published(tmp_path / "public") == own(site)


def test_what_is_gone_from_the_site_goes_there_too(site, tmp_path):
    """A brief that somebody holds is not left behind."""
    publish(site, str(tmp_path / "public"))
    hold(finished(tmp_path / "out" / "small-caps" / str(DAYS[0])), "A. Editor", "wrong")
    build(site, tmp_path / "out", Site())
    assert publish(site, str(tmp_path / "public")).removed > 4
    assert published(tmp_path / "public") == own(site)


def test_a_publishing_that_broke_off_goes_on(site, tmp_path, monkeypatch):
    """Before the front page leads anywhere, what it leads to is there."""
    real, left = LocalFolder.write, [4]

    def failing(self, files):
        left[0] -= 1
        if left[0] < 0:
            raise DeliveryError("the line is cut")
        return real(self, files)

    with monkeypatch.context() as cut:
        cut.setattr(LocalFolder, "write", failing)
        with pytest.raises(DeliveryError):
            publish(site, str(tmp_path / "public"))
    assert not (tmp_path / "public" / "index.html").exists()
    publish(site, str(tmp_path / "public"))
    assert published(tmp_path / "public") == own(site)


def test_a_publishing_that_broke_off_leaves_nothing_of_what_was_taken_back(
    site, sample_brief, tmp_path, monkeypatch
):
    """Half a brief went out, then somebody held it: the next publishing
    knows that it may be there.
    """
    publish(site, str(tmp_path / "public"))
    wrong = copied(sample_brief.folder, tmp_path / "out", DAYS[2])
    build(site, tmp_path / "out", Site())
    real, left = LocalFolder.write, [3]

    def failing(self, files):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return real(self, files)

    with monkeypatch.context() as cut:
        cut.setattr(LocalFolder, "write", failing)
        with pytest.raises(KeyboardInterrupt):
            publish(site, str(tmp_path / "public"))
    assert (tmp_path / "public" / "briefs" / "small-caps" / str(DAYS[2])).exists()
    hold(finished(wrong), "A. Editor", "wrong")
    build(site, tmp_path / "out", Site())
    publish(site, str(tmp_path / "public"))
    assert published(tmp_path / "public") == own(site)


def test_what_somebody_changed_there_is_mended_when_asked(site, tmp_path):
    """By publishing everything again."""
    publish(site, str(tmp_path / "public"))
    (tmp_path / "public" / "index.html").unlink()
    (tmp_path / "public" / "feed.xml").write_text("hacked")
    publish(site, str(tmp_path / "public"), again=True)
    assert published(tmp_path / "public") == own(site)


@pytest.mark.parametrize("name", ["../mine.txt", "a/../../mine.txt", "/mine.txt", "./../mine.txt"])
def test_a_list_of_files_that_leads_out_is_not_followed(site, tmp_path, name):
    """Whoever can write there can remove nothing elsewhere."""
    publish(site, str(tmp_path / "public"))
    (tmp_path / "mine.txt").write_text("mine")
    listed = json.loads((tmp_path / "public" / "published.json").read_text())
    (tmp_path / "public" / "published.json").write_text(json.dumps(listed | {name: "x"}))
    publish(site, str(tmp_path / "public"))
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_any_file_system_will_do(site):
    """Such as one in memory."""
    import fsspec

    publish(site, "memory://desk/site")
    memory = fsspec.filesystem("memory")
    assert memory.cat_file("/desk/site/index.html") == (site / "index.html").read_bytes()
    assert json.loads(memory.cat_file("/desk/site/published.json")).keys() == own(site).keys()
    memory.rm("/desk", recursive=True)


def test_what_is_no_site_is_not_published(tmp_path):
    """Nor shown."""
    for use in (lambda: publish(tmp_path, str(tmp_path / "x")), lambda: server(tmp_path, 0)):
        with pytest.raises(DeliveryError, match="is no site"):
            use()


@pytest.fixture
def running(site):
    """The site's server below a base path, and a way to ask it."""
    with server(site, 0, "recaps") as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.02,))
        thread.start()

        def asked(path, host=""):
            line = http.client.HTTPConnection("127.0.0.1", serving.server_port, timeout=10)
            line.request("GET", path, headers={"Host": host} if host else {})
            answer = line.getresponse()
            body = answer.read()
            line.close()
            return answer.status, body

        yield serving, asked
        serving.shutdown()
        thread.join()


def test_it_is_served_below_a_base_path_to_this_machine(running, site):
    """And nothing else is."""
    serving, asked = running
    assert serving.server_address[0] == "127.0.0.1"
    assert asked("/recaps/index.html") == (200, (site / "index.html").read_bytes())
    assert asked("/recaps/") == (200, (site / "index.html").read_bytes())
    assert [
        asked(path)[0]
        for path in (
            "/",
            "/index.html",
            "/recaps/assets/",
            "/recaps/../out/x",
            "/recaps/%2e%2e/out/",
        )
    ] == [404] * 5


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example:80", 403),
        ("localhost:1", 403),
        ("localhost:evil.example", 403),
        ("localhost", 200),
    ],
)
def test_a_page_from_elsewhere_can_not_read_it(running, host, status):
    """A name that somebody points at this machine is not this machine's."""
    assert running[1]("/recaps/index.html", host=host)[0] == status


def test_a_folder_is_below_the_base_path_too(running):
    """A way without its last stroke leads to the one with it, and to nobody else."""
    assert [running[1](path)[0] for path in ("/recaps", "/recaps/archive")] == [301, 301]
    assert running[1]("/recaps//evil.example/%2e%2e")[0] == 404


def test_what_the_site_keeps_for_itself_and_what_links_lead_to_is_not_shown(
    running, site, tmp_path
):
    """Neither the state, nor a file outside."""
    (tmp_path / "secret.txt").write_text("x")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert [running[1](f"/recaps/{name}")[0] for name in ("site.json", "link.txt")] == [404, 404]


def test_a_port_in_use_is_named(running, site):
    """With what to do."""
    with pytest.raises(
        DeliveryError, match=r"something else listens there; name another with --port"
    ):
        server(site, running[0].server_port)


@pytest.mark.parametrize(
    "path",
    [
        "/recaps/%00",
        "/recaps/a%00.html",
        f"/recaps/{'a' * 5000}",
        "/recaps/" + "a/" * 3000,
        "/recaps/%ff%fe",
        "/recaps/%ud800",
        "/recaps/..%2f..%2fsite.json",
        "/recaps/%2e%2e/%2e%2e/etc/passwd",
        "/recaps/..%5c..%5csite.json",
        "/recaps/....//site.json",
        "/recaps/./site.json",
        "/recaps/SITE.JSON%20",
        "/recaps//etc/passwd",
        "/recaps/%2fetc%2fpasswd",
        "/recaps/~root/x",
        "/recaps/index.html/../../site.json",
    ],
)
def test_a_path_that_is_of_no_file_of_the_site_is_not_found(running, capfd, path):
    """The connection is answered, and nothing is printed."""
    assert running[1](path)[0] == 404
    assert capfd.readouterr().err == ""
