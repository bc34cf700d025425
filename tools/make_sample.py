"""Make the embedded sample: a simulated market that passes through a few dozen published levels.

Run it with ``python tools/make_sample.py``; the same numpy gives the same bytes. Between the pinned
levels the paths are simulated: one market factor with clustering volatility and fat tails, a
loading and an own noise per instrument, and a bridge that carries each path from one pin to the
next. No price series is read.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd

from reportgen.markets import market
from reportgen.markets.instruments import instrument

calendar = market("us").calendar

OUT = Path(__file__).parents[1] / "reportgen" / "datasets" / "sample"
START, END = dt.date(2020, 12, 31), dt.date(2025, 1, 31)
DAY = dt.date(2025, 1, 8)
MONTH_ENDS = [
    "2024-01-31",
    "2024-02-29",
    "2024-03-28",
    "2024-04-30",
    "2024-05-31",
    "2024-06-28",
    "2024-07-31",
    "2024-08-30",
    "2024-09-30",
    "2024-10-31",
    "2024-11-29",
    "2024-12-31",
]
YEAR_ENDS = ["2020-12-31", "2021-12-31", "2022-12-30", "2023-12-29"]
LATE = [
    "2024-11-05",
    "2024-11-06",
    "2024-11-25",
    "2025-01-06",
    "2025-01-07",
    "2025-01-08",
    "2025-01-10",
    "2025-01-31",
]
DATES = YEAR_ENDS + MONTH_ENDS + LATE

# Published closing levels: years, months, the election, the high, the days around 8 January 2025.
LEVELS = {
    "^RUT": [
        1974.86,
        2245.31,
        1761.25,
        2027.07,
        1947.34,
        2054.84,
        2124.55,
        1973.91,
        2070.13,
        2047.69,
        2254.48,
        2217.63,
        2229.97,
        2196.65,
        2434.73,
        2230.16,
        2260.84,
        2392.92,
        2442.03,
        2266.65,
        2249.80,
        2238.96,
        2189.23,
        2287.69,
    ],
    "^GSPC": [
        3756.07,
        4766.18,
        3839.50,
        4769.83,
        4845.65,
        5096.27,
        5254.35,
        5035.69,
        5277.51,
        5460.48,
        5522.30,
        5648.40,
        5762.48,
        5705.45,
        6032.38,
        5881.63,
        5782.76,
        5929.04,
        5987.37,
        5975.38,
        5909.03,
        5918.25,
        5827.04,
        6040.53,
    ],
    "^IXIC": [
        12888.28,
        15644.97,
        10466.48,
        15011.35,
        15164.01,
        16091.92,
        16379.46,
        15657.82,
        16735.02,
        17732.60,
        17599.40,
        17713.62,
        18189.17,
        18095.15,
        19218.17,
        19310.79,
        18439.17,
        18983.47,
        19054.84,
        19864.98,
        19489.68,
        19478.88,
        19161.63,
        19627.44,
    ],
    "^DJI": [
        30606.48,
        36338.30,
        33147.25,
        37689.54,
        38150.30,
        38996.39,
        39807.37,
        37815.92,
        38686.32,
        39118.86,
        40842.79,
        41563.08,
        42330.15,
        41763.46,
        44910.65,
        42544.22,
        42221.88,
        43729.93,
        44736.57,
        42706.56,
        42528.36,
        42635.20,
        41938.45,
        44544.66,
    ],
    "^VIX": [
        22.75,
        17.22,
        21.67,
        12.45,
        14.35,
        13.40,
        13.01,
        15.65,
        12.92,
        12.44,
        16.36,
        15.00,
        16.73,
        23.16,
        13.51,
        17.35,
        20.49,
        16.27,
        14.60,
        16.04,
        17.82,
        17.70,
        19.54,
        16.43,
    ],
    "MDY": [
        419.92,
        517.68,
        442.79,
        507.38,
        498.56,
        528.00,
        556.40,
        522.76,
        546.18,
        535.08,
        566.09,
        565.30,
        569.66,
        565.60,
        615.86,
        569.58,
        576.69,
        600.43,
        620.12,
        576.02,
        572.23,
        573.73,
        565.61,
        590.68,
    ],
    "BTC-USD": [
        29001.72,
        46306.45,
        16602.59,
        42099.40,
        42582.61,
        61198.38,
        70744.95,
        60636.86,
        67491.41,
        60320.14,
        64619.25,
        59119.48,
        63329.50,
        70215.19,
        97461.52,
        93429.20,
        69359.56,
        75639.08,
        93102.30,
        102078.09,
        96922.70,
        95043.52,
        94701.45,
        102405.02,
    ],
}
EXTRA = {"^RUT": {"2021-11-08": 2442.74}, "^GSPC": {"2024-12-06": 6090.27}}
SPARSE = {
    "IONQ": {
        "2021-12-31": 16.70,
        "2022-12-30": 3.45,
        "2023-12-29": 12.39,
        "2024-10-31": 15.03,
        "2024-11-29": 36.50,
        "2024-12-31": 41.77,
        "2025-01-06": 51.07,
        "2025-01-07": 49.59,
        "2025-01-08": 30.25,
        "2025-01-31": 39.49,
    },
    "RGTI": {
        "2021-12-31": 10.29,
        "2022-12-30": 0.73,
        "2023-12-29": 0.98,
        "2024-10-31": 1.32,
        "2024-11-29": 3.05,
        "2024-12-31": 15.26,
        "2025-01-06": 19.51,
        "2025-01-07": 18.39,
        "2025-01-08": 10.04,
        "2025-01-31": 13.17,
    },
    "QBTS": {
        "2021-12-31": 9.82,
        "2022-12-30": 1.44,
        "2023-12-29": 0.88,
        "2024-10-31": 1.06,
        "2024-11-29": 3.02,
        "2024-12-31": 8.40,
        "2025-01-06": 10.21,
        "2025-01-07": 9.55,
        "2025-01-08": 6.10,
        "2025-01-31": 5.94,
    },
    "QUBT": {
        "2021-12-31": 3.41,
        "2022-12-30": 1.51,
        "2023-12-29": 0.91,
        "2024-10-31": 1.12,
        "2024-11-29": 7.06,
        "2024-12-31": 16.55,
        "2025-01-06": 18.09,
        "2025-01-07": 17.49,
        "2025-01-08": 9.91,
        "2025-01-31": 10.38,
    },
    "DGS10": {
        "2020-12-31": 0.93,
        "2021-12-31": 1.52,
        "2022-12-30": 3.88,
        "2023-12-29": 3.88,
        "2024-04-30": 4.69,
        "2024-09-17": 3.65,
        "2024-09-18": 3.70,
        "2024-11-05": 4.26,
        "2024-12-31": 4.58,
        "2025-01-06": 4.62,
        "2025-01-07": 4.67,
        "2025-01-08": 4.67,
        "2025-01-31": 4.58,
    },
    "DGS2": {
        "2020-12-31": 0.13,
        "2021-12-31": 0.73,
        "2022-12-30": 4.41,
        "2023-12-29": 4.23,
        "2024-04-30": 5.04,
        "2024-09-17": 3.59,
        "2024-09-18": 3.61,
        "2024-11-05": 4.19,
        "2024-12-31": 4.25,
        "2025-01-06": 4.28,
        "2025-01-07": 4.30,
        "2025-01-08": 4.28,
        "2025-01-31": 4.22,
    },
}
# The level at 1 p.m. ET on the day, where it is published; else a share of the day's move.
MIDDAY = {
    "^RUT": 2225.43,
    "^GSPC": 5892.64,
    "^IXIC": 19397.68,
    "^VIX": 18.31,
    "MDY": 571.86,
    "BTC-USD": 94030.82,
    "IONQ": 31.14,
    "RGTI": 10.48,
    "QBTS": 6.41,
    "QUBT": 10.28,
}
# No close may pass these between the pins: the record of 2021 and the high of November 2024 stand.
CAPS = {
    "^RUT": [("2021-01-01", "2024-10-31", 2405.0), ("2024-11-01", "2025-01-31", 2434.9)],
    "^GSPC": [("2024-11-01", "2025-01-31", 6080.0)],
    "MDY": [("2024-01-01", "2025-01-31", 617.0)],
}
# Loading on the market factor, own daily noise, and the level the free paths start from.
LOADINGS = {
    "^GSPC": (1.0, 0.0022, 0),
    "^IXIC": (1.2, 0.0045, 0),
    "^DJI": (0.85, 0.0030, 0),
    "^RUT": (1.2, 0.0065, 0),
    "MDY": (1.1, 0.0050, 0),
    "BTC-USD": (1.4, 0.0280, 0),
    "^VIX": (-4.5, 0.0300, 0),
    "IONQ": (2.0, 0.0380, 10.8),
    "RGTI": (1.9, 0.0450, 9.9),
    "QBTS": (1.9, 0.0420, 10.4),
    "QUBT": (1.7, 0.0480, 14.1),
    "DGS10": (0.0, 0.0130, 0),
    "DGS2": (0.0, 0.0130, 0),
    "RIOT": (2.2, 0.0420, 17.0),
    "CLSK": (2.2, 0.0440, 29.0),
    "WULF": (2.2, 0.0470, 14.0),
    "RKLB": (1.6, 0.0320, 10.2),
    "ASTS": (1.6, 0.0400, 13.0),
    "LUNR": (1.6, 0.0420, 9.8),
    "XLB": (1.0, 0.0050, 72.0),
    "XLC": (1.1, 0.0050, 67.0),
    "XLE": (0.9, 0.0110, 37.9),
    "XLF": (1.0, 0.0050, 29.5),
    "XLI": (1.0, 0.0040, 88.6),
    "XLK": (1.25, 0.0050, 130.0),
    "XLP": (0.5, 0.0040, 67.5),
    "XLRE": (0.9, 0.0060, 36.6),
    "XLU": (0.5, 0.0070, 62.7),
    "XLV": (0.65, 0.0045, 113.4),
    "XLY": (1.2, 0.0060, 160.8),
}
ENDS = {
    "RIOT": (12.41, 11.72),
    "CLSK": (10.71, 10.02),
    "WULF": (6.13, 5.66),
    "RKLB": (27.95, 26.61),
    "ASTS": (23.0, 21.71),
    "LUNR": (19.87, 18.62),
    "XLB": (84.7, 84.9),
    "XLC": (98.0, 97.4),
    "XLE": (87.2, 86.7),
    "XLF": (48.4, 48.6),
    "XLI": (132.6, 133.0),
    "XLK": (231.6, 231.5),
    "XLP": (77.4, 77.8),
    "XLRE": (40.0, 40.1),
    "XLU": (75.7, 75.9),
    "XLV": (138.9, 139.6),
    "XLY": (223.9, 224.7),
}
# What the reports list beside these, simulated from numbers of its own, so that the paths above
# stay as they are:
# loading on the market factor, own daily noise, level at the start, and the closes of 7 and 8
# January 2025.
MORE = {
    "RSP": (0.95, 0.0025, 127.54, 176.42, 176.98),
    "AAPL": (1.15, 0.0085, 132.69, 242.21, 242.70),
    "MSFT": (1.1, 0.0075, 222.42, 422.37, 424.56),
    "NVDA": (1.9, 0.0170, 13.06, 140.14, 140.11),
    "AMZN": (1.3, 0.0110, 162.85, 222.11, 222.13),
    "GOOGL": (1.2, 0.0100, 87.63, 195.49, 193.95),
    "META": (1.3, 0.0150, 273.16, 617.89, 610.72),
    "TSLA": (1.9, 0.0240, 235.22, 394.36, 394.94),
    "AVGO": (1.4, 0.0130, 43.79, 228.64, 229.36),
    "AMD": (1.8, 0.0180, 91.71, 127.33, 121.84),
    "JPM": (1.0, 0.0080, 127.07, 243.17, 243.13),
    "LLY": (0.5, 0.0130, 168.84, 778.12, 786.24),
    "UNH": (0.5, 0.0110, 350.68, 521.36, 527.05),
    "WMT": (0.5, 0.0080, 48.05, 90.81, 91.80),
    "COST": (0.7, 0.0085, 376.78, 912.04, 921.17),
    "INTC": (1.2, 0.0160, 49.82, 20.01, 19.67),
    "BA": (1.2, 0.0150, 214.06, 172.51, 171.87),
    "NKE": (0.9, 0.0120, 141.47, 72.14, 71.26),
    "MSTR": (2.0, 0.0380, 38.86, 341.43, 331.70),
    "PLTR": (1.9, 0.0280, 23.55, 69.99, 68.16),
    "SMCI": (1.8, 0.0330, 3.17, 34.88, 33.41),
    "CL=F": (0.4, 0.0190, 48.52, 74.25, 73.32),
    "GC=F": (0.05, 0.0085, 1895.10, 2665.40, 2672.40),
}
# Target ranges by first day in force (upper end, percent), and the announcement days of the
# meetings.
RANGES = [
    ("2020-03-16", 0.25),
    ("2022-03-17", 0.50),
    ("2022-05-05", 1.00),
    ("2022-06-16", 1.75),
    ("2022-07-28", 2.50),
    ("2022-09-22", 3.25),
    ("2022-11-03", 4.00),
    ("2022-12-15", 4.50),
    ("2023-02-02", 4.75),
    ("2023-03-23", 5.00),
    ("2023-05-04", 5.25),
    ("2023-07-27", 5.50),
    ("2024-09-19", 5.00),
    ("2024-11-08", 4.75),
    ("2024-12-19", 4.50),
]
MEETINGS = [
    "2021-01-27",
    "2021-03-17",
    "2021-04-28",
    "2021-06-16",
    "2021-07-28",
    "2021-09-22",
    "2021-11-03",
    "2021-12-15",
    "2022-01-26",
    "2022-03-16",
    "2022-05-04",
    "2022-06-15",
    "2022-07-27",
    "2022-09-21",
    "2022-11-02",
    "2022-12-14",
    "2023-02-01",
    "2023-03-22",
    "2023-05-03",
    "2023-06-14",
    "2023-07-26",
    "2023-09-20",
    "2023-11-01",
    "2023-12-13",
    "2024-01-31",
    "2024-03-20",
    "2024-05-01",
    "2024-06-12",
    "2024-07-31",
    "2024-09-18",
    "2024-11-07",
    "2024-12-18",
    "2025-01-29",
    "2025-03-19",
    "2025-05-07",
    "2025-06-18",
    "2025-07-30",
    "2025-09-17",
    "2025-10-29",
    "2025-12-10",
]
LETTERS = "FGHJKMNQUVXZ"


def garch(rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns and volatilities of a GARCH(1,1) market factor with Student's t shocks."""
    variance, omega, alpha, beta = 0.0001, 1.6e-6, 0.09, 0.89
    shocks = rng.standard_t(5, size) / np.sqrt(5 / 3)
    returns, sigmas = np.empty(size), np.empty(size)
    for i, shock in enumerate(shocks):
        sigmas[i] = np.sqrt(variance)
        returns[i] = sigmas[i] * shock
        variance = omega + alpha * returns[i] ** 2 + beta * variance
    return returns, sigmas


def bridge(path: np.ndarray, days: pd.DatetimeIndex, pins: dict[str, float]) -> np.ndarray:
    """The log path bent so that it passes through the pinned levels.

    The last stretch keeps its own way.
    """
    where = np.array([days.searchsorted(pd.Timestamp(d)) for d in pins])
    gap = np.log(np.array(list(pins.values()))) - path[where]
    return path + np.interp(np.arange(len(path)), where, gap)


def cap(
    levels: np.ndarray,
    days: pd.DatetimeIndex,
    symbol: str,
    pins: dict[str, float],
    rng: np.random.Generator,
) -> None:
    """Fold closes that pass a cap back below it, in place; pinned sessions stay."""
    fixed = days.isin(pd.DatetimeIndex(list(pins)))
    for start, end, limit in CAPS.get(symbol, []):
        over = (days >= start) & (days <= end) & (levels > limit) & ~fixed
        levels[over] = limit * np.exp(-np.abs(rng.normal(0, 0.006, over.sum())))


def pins_of(symbol: str) -> dict[str, float]:
    """All pinned levels of *symbol* by date, in order."""
    if symbol in LEVELS:
        found = dict(zip(DATES, LEVELS[symbol], strict=True)) | EXTRA.get(symbol, {})
    elif symbol in SPARSE:
        found = dict(SPARSE[symbol])
        found.setdefault(str(START), LOADINGS[symbol][2])
    elif symbol in MORE:
        days = (str(START), "2025-01-07", "2025-01-08")
        found = dict(zip(days, MORE[symbol][2:], strict=True))
    else:
        found = {
            str(START): LOADINGS[symbol][2],
            "2025-01-07": ENDS[symbol][0],
            "2025-01-08": ENDS[symbol][1],
        }
    return dict(sorted(found.items()))


def simulate(rng: np.random.Generator) -> dict[str, pd.Series]:
    """Daily levels of every instrument, by symbol."""
    sessions = pd.DatetimeIndex(calendar.sessions(START, END)).as_unit("ns")
    every_day = pd.date_range(START, END)
    factor, sigmas = garch(rng, len(every_day))
    place = every_day.get_indexer(sessions)
    result = {}
    others = np.random.default_rng(20250109)
    for symbol, (loading, noise, *_) in {**LOADINGS, **MORE}.items():
        own_rng = others if symbol in MORE else rng
        days = every_day if symbol == "BTC-USD" else sessions
        at = np.arange(len(every_day)) if symbol == "BTC-USD" else place
        spread = noise * (sigmas[at] / sigmas.mean())
        own = spread * own_rng.standard_t(4, len(days)) / np.sqrt(2)
        pins = pins_of(symbol)
        levels = np.exp(bridge(np.cumsum(loading * factor[at] + own), days, pins))
        cap(levels, days, symbol, pins, own_rng)
        for day, level in pins.items():
            levels[days.searchsorted(pd.Timestamp(day))] = level
        result[symbol] = pd.Series(levels, index=days).round(2)
    return result


def intraday(rng: np.random.Generator, closes: dict[str, pd.Series]) -> pd.DataFrame:
    """Fifteen-minute levels of 8 January for every price.

    Bitcoin's run from the 6th round the clock.
    """
    rows = []
    others = np.random.default_rng(20250110)
    for symbol, series in closes.items():
        if symbol.startswith("DGS"):
            continue
        own_rng = others if symbol in MORE else rng
        if symbol == "BTC-USD":
            points = {
                "2025-01-05 19:00": 98314.0,
                "2025-01-06 16:00": 102236.0,
                "2025-01-06 19:00": 102078.09,
                "2025-01-07 16:00": 96533.35,
                "2025-01-07 19:00": 96922.70,
                "2025-01-08 13:00": 94030.82,
                "2025-01-08 16:00": 94835.0,
                "2025-01-08 19:00": 95043.52,
            }
        else:
            previous, close = series["2025-01-07"], series["2025-01-08"]
            middle = MIDDAY.get(symbol, previous + 0.93 * (close - previous))
            points = {
                "2025-01-08 09:30": previous * (middle / previous) ** 0.3,
                "2025-01-08 13:00": middle,
                "2025-01-08 16:00": close,
            }
        times = pd.date_range(min(points), max(points), freq="15min", tz="America/New_York")
        where = [times.get_loc(pd.Timestamp(t, tz="America/New_York")) for t in points]
        scale = 0.25 * float(np.log(series).diff().tail(60).std()) / np.sqrt(13)
        walk = np.cumsum(own_rng.normal(0, scale, len(times)))
        level = np.exp(
            walk
            + np.interp(np.arange(len(times)), where, np.log(list(points.values())) - walk[where])
        )
        for start, value in zip(times[:-1], level[1:], strict=True):
            rows.append((start.strftime("%Y-%m-%dT%H:%M:%S%z"), symbol, round(float(value), 2)))
    return pd.DataFrame(rows, columns=["start", "symbol", "close"])


def upper_on(day: dt.date) -> float:
    """Upper end of the target range, in percent, in force on *day*."""
    return [rate for start, rate in RANGES if start <= day.isoformat()][-1]


def futures(rng: np.random.Generator) -> pd.DataFrame:
    """Settlements of seven monthly contracts per session.

    A market that half knows what the Fed will do.
    """
    rows = []
    meetings = [dt.date.fromisoformat(m) for m in MEETINGS]
    for day in calendar.sessions(START, END):
        noise = rng.normal(0, 0.03)
        for ahead in range(7):
            index = day.year * 12 + day.month - 1 + ahead
            year, month = index // 12, index % 12 + 1
            length = months.monthrange(year, month)[1]
            rates = [
                _expected(day, dt.date(year, month, d), meetings, noise)
                for d in range(1, length + 1)
            ]
            price = round((100 - float(np.mean(rates))) / 0.0025) * 0.0025
            rows.append((day, f"ZQ{LETTERS[month - 1]}{year}", round(price, 4)))
    frame = pd.DataFrame(rows, columns=["date", "contract", "settle"])
    marks = {"ZQF2025": 95.67, "ZQG2025": 95.68, "ZQH2025": 95.715, "ZQJ2025": 95.77}
    for contract, price in marks.items():  # the marks published for 7 January
        frame.loc[
            (frame["date"] == dt.date(2025, 1, 7)) & (frame["contract"] == contract), "settle"
        ] = price
    return frame


def _expected(today: dt.date, day: dt.date, meetings: list[dt.date], noise: float) -> float:
    now = upper_on(today)
    ahead = [m for m in meetings if today <= m < day]
    if not ahead:
        return now - 0.17
    weight = 0.85 * np.exp(-(ahead[-1] - today).days / 120)
    return now - 0.17 + weight * (upper_on(min(day, END)) - now) + noise * min(1.0, len(ahead) / 2)


AGENCIES = {
    "EURUSD.H10": (1.2230, 1.0320, 0.0045),
    "GBPUSD.H10": (1.3662, 1.2360, 0.0050),
    "USDJPY.H10": (103.19, 158.20, 0.0052),
    "WTI.EIA": (48.35, 74.00, 0.0200),
    "BRENT.EIA": (51.22, 77.00, 0.0190),
}
"""What agencies publish later than its day: the first and the last level, and a usual move."""


def published() -> pd.DataFrame:
    """Exchange rates and spot prices on the days of their own calendars."""
    rng, frames = np.random.default_rng(20250109), []
    for symbol, (first, last, spread) in AGENCIES.items():
        found = instrument(symbol)
        days = found.sessions.sessions(START, END)
        steps = rng.normal(0, spread, len(days) - 1)
        steps += (np.log(last / first) - steps.sum()) / len(steps)
        path = first * np.exp(np.concatenate([[0.0], steps.cumsum()]))
        frames.append(
            pd.DataFrame({"date": days, "symbol": symbol, "close": path.round(found.decimals)})
        )
    return pd.concat(frames)


def write(name: str, frame: pd.DataFrame) -> None:
    """Write *frame* as gzipped CSV with a fixed header: equal rows give equal bytes."""
    raw = frame.to_csv(index=False, lineterminator="\n").encode()
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed:
        packed.write(raw)
    (OUT / name).write_bytes(buffer.getvalue())


def main() -> None:
    """Write every file of the sample with simulated values."""
    rng = np.random.default_rng(20250108)
    levels = simulate(rng)
    prices = {s: v for s, v in levels.items() if not s.startswith("DGS")}
    daily = pd.concat(
        [
            pd.DataFrame({"date": v.index.date, "symbol": s, "close": v.to_numpy()})
            for s, v in prices.items()
        ]
    )
    write("daily.csv.gz", daily)
    write("intraday.csv.gz", intraday(rng, levels))
    days = levels["DGS10"].index
    table = {"DGS10": levels["DGS10"], "DGS2": levels["DGS2"]}
    upper = pd.Series([upper_on(d.date()) for d in days], index=days)
    table |= {"DFEDTARU": upper, "DFEDTARL": upper - 0.25}
    rates = pd.concat(
        [
            pd.DataFrame({"date": v.index.date, "series": s, "value": v.to_numpy()})
            for s, v in table.items()
        ]
    )
    write("rates.csv.gz", rates)
    write("futures.csv.gz", futures(rng))
    write("published.csv.gz", published())


if __name__ == "__main__":
    main()
