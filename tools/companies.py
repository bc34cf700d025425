"""Make the table of listed companies from the list that the SEC publishes.

The list is https://www.sec.gov/files/company_tickers_exchange.json. A name there is that of a
filing ("COSTCO WHOLESALE CORP /NEW"); a reader knows the company by a shorter one ("Costco").
A rule makes most names; what newsrooms call the others stands in ``common_names.csv``.

``companies.py company_tickers_exchange.json`` writes the table; run it after a change of the rule
or with a newer list.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path

TABLES = Path(__file__).parents[1] / "reportgen" / "markets" / "tables"
LISTED = {"Nasdaq", "NYSE", "CBOE"}
"""The exchanges that the shipped market is about; over-the-counter stocks are left out."""
COMMON = Path(__file__).parent / "common_names.csv"
STATE = re.compile(r"\s*[/\\]+\s*[A-Za-z .&]{2,10}[/\\]*\s*$|[/\\]+\s*$")
"""What the SEC adds to tell namesakes apart: "/DE/", "/NEW"."""
LEGAL = re.compile(
    r"[,\s]+(?:inc|incorporated|corp|corporation|co|company|companies|cos|ltd|limited|plc|p\.l\.c"
    r"|llc|l\.l\.c|lp|l\.p|n\.?v|s\.?a|s\.?e|a\.?g|a/?s|asa|ab|oyj|s\.?p\.?a|sab de cv"
    r"|s\.a\.b\. de c\.v|se & co kgaa|kgaa|a s|public ltd co|common stock|de)\.?$",
    re.IGNORECASE,
)
STYLE = re.compile(
    r"[,\s]+(?:holdings?|group|technologies|technology|international|enterprises"
    r"|pharmaceuticals?|therapeutics|laboratories|systems|communications|industries)\.?$",
    re.IGNORECASE,
)
"""Words at the end that a reader does not need."""
SMALL = {"of", "and", "the", "for", "de", "del", "in", "on", "at"}
FUND = re.compile(
    r"\b(etf|etn|fund|funds|municipal|trust,? series|spdr|ishares|physical .* trust"
    r"|(?:term|income|dividend|strategy|allocation|opportunity|opportunities) trust)\b",
    re.IGNORECASE,
)
OTHER = re.compile(r"-(?![A-C]$)")
"""A symbol of preferred stock, of warrants or of units, and not of a class of shares."""
SHELL = re.compile(
    r"\bacquisition\b.*\b(corp|co|ltd|inc|limited|company)\b|\bacquisition$", re.IGNORECASE
)


def plain(title: str) -> str:
    """The name of a company without its legal form, in usual spelling.

    >>> plain("COSTCO WHOLESALE CORP /NEW"), plain("Elevance Health, Inc.")
    ('Costco Wholesale', 'Elevance Health')
    """
    name = STATE.sub("", STATE.sub("", title)).strip(" ,")
    while (shorter := LEGAL.sub("", name).strip(" ,&")) != name and shorter:
        name = shorter
    if len(name.split()) > 1:
        name = STYLE.sub("", name).strip(" ,&")
    if name.upper() == name:
        name = " ".join(_cased(word, place) for place, word in enumerate(name.split()))
    return name


def _cased(word: str, place: int) -> str:
    """A word of a name that the SEC has in capitals, as a newspaper prints it."""
    if place and word.lower() in SMALL:
        return word.lower()
    if len(word) <= 3 and not re.search(r"[AEIOUY]", word):
        return word
    if "&" in word and len(word) <= 4:
        return word
    return "-".join(part[:1] + part[1:].lower() for part in word.split("-"))


def companies(rows: Iterable[dict[str, str]], common: dict[str, str]) -> list[tuple[str, str]]:
    """Symbol and name of each listed company, by symbol; funds and shells are left out."""
    found = dict[str, str]()
    for row in rows:
        title = str(row["name"])
        shell = FUND.search(title) or SHELL.search(title)
        if row["exchange"] not in LISTED or OTHER.search(row["ticker"]):
            continue
        if row["ticker"] in common or not shell:
            found[row["ticker"]] = common.get(row["ticker"]) or plain(title)
    return sorted(found.items())


def read_common() -> dict[str, str]:
    """The names that newsrooms use where the rule makes another, by symbol."""
    with COMMON.open(encoding="utf-8", newline="") as file:
        return {row["symbol"]: row["name"] for row in csv.DictReader(file)}


def main() -> None:
    """Write the table from the list in the file that is named."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rows = [dict(zip(told["fields"], row, strict=True)) for row in told["data"]]
    place = TABLES / "companies" / "XNYS.csv"
    place.parent.mkdir(exist_ok=True)
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("symbol", "name"))
        writer.writerows(companies(rows, read_common()))


if __name__ == "__main__":
    main()
