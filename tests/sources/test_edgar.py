"""Results of companies by their filings: which count, when they came, and what is refused.

The lists of filings and of companies, and the times of the headers, are those of the SEC. The
texts of exhibits are made up: only their words matter.
"""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.core.errors import ProviderError, SettingsError
from reportgen.datasets.results import reaction
from reportgen.markets import market
from reportgen.sources import edgar
from reportgen.sources.http import Web

US = market("us").calendar
NOW = dt.datetime(2026, 6, 25, 12, tzinfo=dt.UTC)
JUNE = (dt.date(2026, 6, 1), dt.date(2026, 6, 30))
TICKERS = (
    '{"0":{"cik_str":723125,"ticker":"MU","title":"MICRON TECHNOLOGY INC"},'
    '"1":{"cik_str":320193,"ticker":"AAPL","title":"Apple Inc."}}'
)
LISTED = """{"cik":"0000723125","name":"MICRON TECHNOLOGY INC","filings":{"recent":{
"accessionNumber":["0000723125-26-000015","0000723125-26-000013"],
"filingDate":["2026-06-24","2026-06-24"],"reportDate":["2026-05-28","2026-06-24"],
"acceptanceDateTime":["2026-06-24T22:59:46.000Z","2026-06-24T20:02:01.000Z"],
"form":["10-Q","8-K"],"items":["","2.02,9.01"],
"primaryDocument":["mu-20260528.htm","mu-20260624.htm"],
"primaryDocDescription":["10-Q","8-K"]},"files":[]}}"""
QUARTER = (
    "<p>Three&nbsp;Months <b>Ended</b></p><td>Revenue</td><td>Net income</td>"
    "<td>Diluted earnings per share</td>"
)


def filing(at="20260624160201", exhibit=QUARTER, kind="EX-99.1"):
    """The text of a filing with one exhibit."""
    return (
        "<SEC-DOCUMENT>0000723125-26-000013.txt : 20260624\n"
        "<SEC-HEADER>0000723125-26-000013.hdr.sgml : 20260624\n"
        f"<ACCEPTANCE-DATETIME>{at}\nACCESSION NUMBER:\t\t0000723125-26-000013\n</SEC-HEADER>\n"
        "<DOCUMENT>\n<TYPE>8-K\n<TEXT>\nThree months ended; net income; revenue; per share\n"
        f"</TEXT>\n</DOCUMENT>\n<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>2\n<TEXT>\n{exhibit}\n</TEXT>\n"
        "</DOCUMENT>\n</SEC-DOCUMENT>\n"
    )


@pytest.fixture
def sec(monkeypatch):
    """A server that answers as the SEC does: ``answers`` by path, and ``asked`` as it was asked."""
    answers = {
        "/files/company_tickers.json": TICKERS,
        "/submissions/CIK0000723125.json": LISTED,
        "/Archives/edgar/data/723125/000072312526000013/0000723125-26-000013.txt": filing(),
    }
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["User-Agent"]))
            body = answers.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.setenv("SEC_USER_AGENT", "A desk desk@example.com")
    yield f"http://127.0.0.1:{server.server_port}", answers, asked
    server.shutdown()
    server.server_close()


def found(sec, *symbols, days=JUNE):
    """The results of the companies of *symbols*."""
    with closing(Web(lambda: NOW, patience=0.01)) as web:
        return list(edgar.reported(web, symbols or ("MU",), *days, sec[0]))


def test_a_company_reported_when_its_filing_was_accepted(sec):
    """Its list says 20:02 with a Z, and the header 16:02 in Washington: after the close."""
    (one,) = found(sec)
    assert (one.symbol, one.at.isoformat()) == ("MU", "2026-06-24T16:02:01-04:00")
    assert reaction(US, one.at) == dt.date(2026, 6, 25)
    assert {agent for _, agent in sec[2]} == {"A desk desk@example.com"}
    assert len(sec[2]) == 3  # the report of the quarter itself, a 10-Q, is not asked for


@pytest.mark.parametrize(
    ("accepted", "session"),
    [
        ("20241031163025", "2024-11-01"),  # Apple, after the close
        ("20250501162159", "2025-05-02"),  # U.S. Steel; its list says 16:21 with a Z
        ("20250430073032", "2025-04-30"),  # Hess, before the open; its list says 07:30 with a Z
    ],
)
def test_the_header_tells_the_session_that_answers(accepted, session):
    """By the clock of Washington, whatever the list of filings says."""
    assert reaction(US, edgar.accepted(filing(accepted))).isoformat() == session


@pytest.mark.parametrize(
    ("exhibit", "counts"),
    [
        (QUARTER, True),
        (QUARTER.replace("Three&nbsp;Months", "Thirteen weeks"), True),
        (QUARTER.replace("Three&nbsp;Months", "Quarter"), True),
        (QUARTER.replace("Net income", "Net loss"), True),
        (QUARTER.replace("Three&nbsp;Months", "Nine months"), False),
        (QUARTER.replace("Net income", "Deliveries"), False),
        (QUARTER.replace("Revenue", "Production"), False),
        (QUARTER.replace("per share", "in all"), False),
        ("<p>Production and deliveries in the quarter</p>", False),
    ],
)
def test_an_exhibit_must_have_the_income_statement_of_a_quarter(exhibit, counts):
    """Deliveries and charges are filed under the same item."""
    assert edgar.has_results(filing(exhibit=exhibit)) is counts


def test_only_exhibit_99_1_counts(sec):
    """The words of the form itself, or of slides, do not."""
    assert not edgar.has_results(filing(kind="EX-99.2"))
    path = "/Archives/edgar/data/723125/000072312526000013/0000723125-26-000013.txt"
    sec[1][path] = filing(kind="EX-99.2")
    assert found(sec) == []


@pytest.mark.parametrize(
    ("old", "new", "count"),
    [
        ("", "", 1),
        ('"2.02,9.01"', '"7.01,9.01"', 0),
        ('"2.02,9.01"', '"2.02"', 0),  # without an exhibit
        ('"10-Q","8-K"', '"10-Q","8-K/A"', 0),
        ('["2026-06-24","2026-06-24"]', '["2026-06-24","2026-05-31"]', 0),
        ('["2026-06-24","2026-06-24"]', '["2026-06-24","2026-07-01"]', 1),  # on the next day
        ('["2026-06-24","2026-06-24"]', '["2026-06-24","2026-07-05"]', 0),
    ],
)
def test_a_candidate_is_a_form_8_k_on_results_with_exhibits(old, new, count):
    """Of the days asked for; what was filed late has the day after."""
    assert len(edgar.candidates(LISTED.replace(old, new).encode(), *JUNE)) == count


def test_a_filing_of_another_day_is_none_of_those_asked_for(sec):
    """The header decides."""
    assert found(sec, days=(dt.date(2026, 6, 1), dt.date(2026, 6, 23))) == []
    assert found(sec, days=(dt.date(2026, 6, 24), dt.date(2026, 6, 24)))


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/files/company_tickers.json", "<html>", "a web page"),
        ("/files/company_tickers.json", '{"0":', "no JSON"),
        ("/submissions/CIK0000723125.json", "{}", "no list of filings"),
        (
            "/submissions/CIK0000723125.json",
            LISTED.replace('"files":[]', '"files":[{"name":"older.json"}]'),
            "begins on 2026-06-24",
        ),
        (
            "/Archives/edgar/data/723125/000072312526000013/0000723125-26-000013.txt",
            "<SEC-HEADER></SEC-HEADER>",
            "no time of acceptance",
        ),
        (
            "/Archives/edgar/data/723125/000072312526000013/0000723125-26-000013.txt",
            filing("20260624033032"),
            "accepted at 03:30",
        ),
    ],
)
def test_what_is_no_answer_is_refused(sec, path, body, said):
    """With what is wrong about it."""
    sec[1][path] = body
    with pytest.raises(ProviderError, match=said):
        found(sec)


def test_an_unknown_ticker_and_a_missing_name_are_said(sec, monkeypatch):
    """The SEC answers only who says who asks."""
    with pytest.raises(ProviderError, match="no company has the ticker XYZ"):
        found(sec, "XYZ")
    monkeypatch.delenv("SEC_USER_AGENT")
    with pytest.raises(SettingsError, match="SEC_USER_AGENT"):
        found(sec)


def test_the_command_writes_the_table_of_a_desk(sec, tmp_path):
    """As a dataset reads it."""
    file = tmp_path / "results.csv"
    given = ["results", "MU", "--since", "2026-06-01", "--until", "2026-06-30", "--out", str(file)]
    told = CliRunner().invoke(main, ["data", *given, "--address", sec[0]])
    assert (told.exit_code, told.output.split(";")[0]) == (0, "1 results")
    assert file.read_text().splitlines() == [
        "symbol,reported_at,filing",
        "MU,2026-06-24T16:02:01-04:00,0000723125-26-000013",
    ]
