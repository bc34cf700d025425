"""The way out to the network holds against every way in which providers fail,
and never tells a key."""

from __future__ import annotations

import datetime as dt
import logging
import socket
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from feeds import Feeds

from reportgen.core.errors import ProviderError, SettingsError
from reportgen.sources.http import Bucket, Web
from reportgen.sources.providers import provider_class
from reportgen.sources.providers.contract import Ask, Call, Limit
from reportgen.sources.providers.nyfed import NyFed

NOW = dt.datetime(2025, 1, 8, 21, tzinfo=dt.UTC)
RATE = Ask(symbol="DFF", role="rates", first=dt.date(2025, 1, 2), last=dt.date(2025, 1, 7))
FUND = Ask(symbol="IWM", role="daily_bars", first=dt.date(2025, 1, 2), last=dt.date(2025, 1, 7))
COIN = Ask(symbol="bitcoin", role="daily_bars", first=dt.date(2025, 1, 2), last=dt.date(2025, 1, 7))
KEYED = {"fred": RATE, "tiingo": FUND}
"""One provider that has its key in the address, one in a header."""
SEARCH = "/api/rates/unsecured/effr/search.json"
TITLE = "Federal Reserve Bank of New York"


@pytest.fixture(scope="module")
def server():
    """All providers."""
    with Feeds(dt.date(2025, 1, 8)) as here:
        yield here


@pytest.fixture
def feeds(server):
    """All providers, behaving until told otherwise."""
    for told in (server.faults, server.asked, server.keys):
        told.clear()
    return server


@pytest.fixture
def opened():
    """``opened(...)`` is a Web that waits little and is closed at the end."""
    made = []

    def open_one(**settings):
        made.append(Web(lambda: NOW, **{"patience": 0.01} | settings))
        return made[-1]

    yield open_one
    for web in made:
        web.close()


@pytest.fixture
def web(opened):
    """The way out."""
    return opened()


@pytest.fixture
def nyfed(feeds):
    """A provider without a key, at the local server."""
    return NyFed(feeds.url("nyfed"))


def rates(until=7):
    """A call of the New York Fed, a different one for every day."""
    return Call(path=SEARCH, params={"startDate": "2025-01-02", "endDate": f"2025-01-{until:02}"})


def refused(web, provider, call=None):
    """The one line in which *call* fails."""
    with pytest.raises(ProviderError) as caught:
        web.get(provider, call or rates())
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def timed(work):
    """How many seconds *work* takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


# Another try
# ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        "status 429",
        "status 429 0",
        "status 408",
        "status 500",
        "status 502",
        "status 503 0",
        "status 504",
        "cut",
    ],
)
def test_what_another_try_may_better_is_tried_again(feeds, web, nyfed, fault):
    """Twice bad, then good: the answer is the good one, at once."""
    feeds.fail("nyfed", fault, fault)
    assert timed(lambda: web.get(nyfed, rates())) < 0.9
    assert len(nyfed.rows(RATE, [web.get(nyfed, rates())])) == 4
    assert len(feeds.asked) == 3


@pytest.mark.parametrize("when", ["1", "Wed, 08 Jan 2025 21:00:01 GMT"])
def test_a_wait_that_is_asked_for_is_waited(feeds, web, nyfed, when):
    """Seconds, or a time one second after the clock's."""
    feeds.fail("nyfed", f"status 429 {when}")
    assert 1.0 <= timed(lambda: web.get(nyfed, rates())) < 2.5


@pytest.mark.parametrize(
    "when",
    [
        "Wed, 08 Jan 2025 20:00:00 GMT",
        "Wed, 08 Jan 2025 20:00:00 -0000",
        "Wed, 08 Jan 2025 20:00:00",
        "soon",
        "-5",
    ],
)
def test_a_wait_that_is_over_or_unreadable_is_none(feeds, web, nyfed, when):
    """A time gone by, one without a zone, and words."""
    feeds.fail("nyfed", f"status 503 {when}")
    assert timed(lambda: web.get(nyfed, rates())) < 0.9


@pytest.mark.parametrize("when", ["1000", "Wed, 08 Jan 2025 22:00:00 GMT"])
def test_a_long_wait_is_not_waited_for(feeds, web, nyfed, when):
    """The provider is passed over, and the line says who asked for what."""
    feeds.fail("nyfed", f"always status 429 {when}")
    said = refused(web, nyfed)
    assert [
        word for word in (TITLE, "HTTP 429", "asks to wait", "seconds") if word not in said
    ] == [], said
    assert len(feeds.asked) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_stays_bad_is_told_in_one_line(feeds, web, nyfed, code):
    """The provider's title, the status and the address."""
    feeds.fail("nyfed", f"always status {code}")
    said = refused(web, nyfed)
    assert (
        said == f"{TITLE}: HTTP {code}"
        f" ({feeds.url('nyfed')}{SEARCH}?startDate=2025-01-02&endDate=2025-01-07)"
    )
    assert len(feeds.asked) == 3


def test_a_refusal_is_not_tried_again(feeds, web, nyfed):
    """404 stays 404; what the provider says of it is told."""
    feeds.fail("nyfed", "always status 404")
    assert refused(web, nyfed).startswith(f"{TITLE}: HTTP 404: Too Many Requests (")
    assert len(feeds.asked) == 1


def test_a_refused_call_stays_refused(feeds, web, nyfed):
    """Asked again in the same run, the refusal is not taken for an answer."""
    feeds.fail("nyfed", "always status 404")
    assert refused(web, nyfed) == refused(web, nyfed)


# Broken answers
# ------------------------------------------------------------------------------


def test_a_slow_answer_is_waited_for_no_longer_than_told(feeds, opened, nyfed):
    """Twice slow: the line says how long was waited."""
    feeds.fail("nyfed", "always slow")
    began = time.monotonic()
    assert "no answer within 0.3 seconds" in refused(opened(seconds=0.3, attempts=2), nyfed)
    assert time.monotonic() - began < 1.5


def test_a_slow_answer_is_tried_again(feeds, opened, nyfed):
    """Once slow, then good."""
    feeds.fail("nyfed", "slow")
    assert opened(seconds=0.3).get(nyfed, rates()).status == 200


def test_an_answer_that_is_always_cut_is_told(feeds, web, nyfed):
    """Half an answer is none."""
    feeds.fail("nyfed", "always cut")
    assert f"{TITLE}: the connection failed" in refused(web, nyfed)
    assert len(feeds.asked) == 3


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><body>Checking your browser</body></html>", "web page"),
        ('{"refRates": [', "not valid JSON"),
        ("", "empty"),
    ],
)
def test_what_is_no_data_under_200_is_refused_by_who_reads_it(feeds, web, nyfed, body, words):
    """A page for browsers, half a document, nothing at all."""
    feeds.fail("nyfed", f"body {body}")
    replies = nyfed.history(RATE, web)
    assert replies[0].body == body.encode()
    with pytest.raises(ProviderError, match=words):
        nyfed.rows(RATE, replies)


def test_a_packed_answer_is_unpacked(feeds, opened, nyfed):
    """Gzip gives the bytes that were packed."""
    feeds.fail("nyfed", "gzip")
    packed, plain = (opened().get(nyfed, rates()) for _ in range(2))
    assert packed.body == plain.body


def test_a_redirect_that_never_ends_is_left(feeds, web, nyfed):
    """After a few turns, with the title in the line."""
    feeds.fail("nyfed", "always redirect")
    assert refused(web, nyfed).startswith(f"{TITLE}: the connection failed: TooManyRedirects")
    assert len(feeds.asked) <= 12


def test_a_closed_port_is_told(web):
    """Nobody answers there."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert refused(web, NyFed(f"http://127.0.0.1:{port}")).startswith(
        f"{TITLE}: the connection failed: ConnectError"
    )


# No more than needed
# ------------------------------------------------------------------------------


def test_after_three_failures_in_a_row_a_provider_is_left_alone(feeds, web, nyfed):
    """No request goes out any more; another provider still answers."""
    feeds.fail("nyfed", "always status 500")
    for day in (3, 6, 7):
        refused(web, nyfed, rates(day))
    before = len(feeds.asked)
    assert f"{TITLE} is left alone for this run, after 3 failures" in refused(web, nyfed, rates(8))
    assert len(feeds.asked) == before
    yahoo = provider_class("yahoo")(feeds.url("yahoo"))
    assert len(yahoo.rows(FUND, yahoo.history(FUND, web))) == 4


def test_a_good_answer_between_failures_keeps_a_provider_in(feeds, opened, nyfed):
    """Only failures in a row count."""
    web = opened(attempts=1)
    feeds.fail("nyfed", "status 500", "status 500", "gzip", "status 500", "status 500")
    for day in (2, 3):
        refused(web, nyfed, rates(day))
    web.get(nyfed, rates(4))
    for day in (5, 6):
        refused(web, nyfed, rates(day))
    assert web.get(nyfed, rates(7)).status == 200


def test_a_provider_that_asks_for_long_rests_is_left_alone_too(feeds, web, nyfed):
    """Three calls turned away are three failures."""
    feeds.fail("nyfed", "always status 429 1000")
    for day in (3, 6, 7, 8):
        refused(web, nyfed, rates(day))
    assert len(feeds.asked) == 3


def test_equal_calls_of_a_run_are_made_once(feeds, web, nyfed):
    """The three series of the policy rate come from one answer."""
    assert web.get(nyfed, rates()) is web.get(nyfed, rates())
    web.get(nyfed, rates(6))
    assert len(feeds.asked) == 2


def test_equal_calls_at_the_same_time_are_made_once(feeds, web, nyfed):
    """The series of a fetch are asked for side by side."""
    together = threading.Barrier(3)

    def ask(_):
        together.wait()
        return web.get(nyfed, rates())

    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(ask, range(3)))
    assert len({reply.body for reply in replies}) == 1
    assert len(feeds.asked) == 1


def test_a_bucket_lets_a_burst_through_and_then_paces():
    """Three at once, then five a second."""
    bucket = Bucket(Limit(3, 5))
    assert timed(lambda: [bucket.take() for _ in range(3)]) < 0.3
    assert 0.35 <= timed(lambda: [bucket.take() for _ in range(2)]) < 1.2


def test_a_bucket_paces_threads_together():
    """Ten threads are no faster than one."""
    bucket = Bucket(Limit(2, 20))
    with ThreadPoolExecutor(10) as pool:
        assert timed(lambda: list(pool.map(lambda _: bucket.take(), range(10)))) >= 0.39


def test_calls_keep_to_the_limit_of_their_provider(feeds, web):
    """One at once and ten a second: three calls take two tenths."""

    class Strict(NyFed):
        limit = Limit(1, 10)

    strict = Strict(feeds.url("nyfed"))
    assert timed(lambda: [web.get(strict, rates(day)) for day in (3, 6, 7)]) >= 0.19


# Keys
# ------------------------------------------------------------------------------


@pytest.fixture(params=KEYED)
def keyed(request, feeds, monkeypatch):
    """A provider with its key set, and a call that it makes."""
    provider = provider_class(request.param)(feeds.url(request.param))
    monkeypatch.setenv(provider.keys[0], f"{request.param}-secret")
    (call,) = provider.calls(KEYED[request.param])
    return provider, call


def test_a_key_of_the_environment_is_sent(feeds, web, keyed):
    """In the place where the provider wants it."""
    provider, call = keyed
    web.get(provider, call)
    assert [sent.split()[-1] for sent in feeds.keys] == [f"{provider.name}-secret"]


def test_a_key_of_a_file_is_sent_without_its_line_end(feeds, web, keyed, monkeypatch, tmp_path):
    """NAME_FILE names the file."""
    provider, call = keyed
    (tmp_path / "key").write_text("filed-secret\n", encoding="utf-8")
    monkeypatch.delenv(provider.keys[0])
    monkeypatch.setenv(f"{provider.keys[0]}_FILE", str(tmp_path / "key"))
    web.get(provider, call)
    assert [sent.split()[-1] for sent in feeds.keys] == ["filed-secret"]


@pytest.mark.parametrize("file", [None, "absent"])
def test_a_missing_key_is_a_matter_of_settings(feeds, web, keyed, monkeypatch, tmp_path, file):
    """No variable, or a file that is not there: nothing is asked,
    and the line names the variable."""
    provider, call = keyed
    monkeypatch.delenv(provider.keys[0])
    if file:
        monkeypatch.setenv(f"{provider.keys[0]}_FILE", str(tmp_path / file))
    with pytest.raises(SettingsError, match=provider.keys[0]):
        web.get(provider, call)
    assert feeds.asked == []


def test_a_key_is_not_in_the_address_that_is_kept(web, keyed, caplog):
    """Nor in anything that is logged."""
    provider, call = keyed
    with caplog.at_level(logging.DEBUG):
        reply = web.get(provider, call)
    assert f"{provider.name}-secret" not in reply.url + caplog.text
    assert ("api_key=***" in reply.url) == bool(call.secret_params)


FAULTS = [
    "status 500",
    "status 404",
    "status 429 1000",
    "cut",
    "redirect",
    "body <html>",
    "body half",
    "echo 400",
    "echo 401",
    "echo 503",
]


@pytest.mark.parametrize("fault", [*FAULTS, "echo 200"])
def test_a_key_is_in_no_error_and_no_log(feeds, opened, keyed, caplog, fault):
    """Even where the provider sends back what it was sent."""
    provider, call = keyed
    feeds.fail(provider.name, f"always {fault}")
    with caplog.at_level(logging.DEBUG), pytest.raises(ProviderError) as caught:
        provider.rows(KEYED[provider.name], [opened(attempts=2).get(provider, call)])
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert "-secret" in feeds.keys[-1]
    assert "-secret" not in told + caplog.text


@pytest.mark.parametrize(("name", "ask"), [("tiingo", FUND), ("coingecko", COIN)])
def test_a_key_does_not_follow_a_redirect_to_another_host(feeds, web, monkeypatch, name, ask):
    """Whether the redirect is followed or not: the other host is no party to the key."""
    provider = provider_class(name)(feeds.url(name))
    monkeypatch.setenv(provider.keys[0], f"{name}-secret")
    (call,) = provider.calls(ask)
    with Feeds(dt.date(2025, 1, 8)) as other:
        feeds.fail(name, f"redirect {other.url(name)}{call.path}?{urlencode(call.params)}")
        with suppress(ProviderError):
            web.get(provider, call)
    assert "-secret" in feeds.keys[0]
    assert [sent for sent in other.keys if sent] == []
