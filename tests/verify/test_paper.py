"""Lines of a PDF that go on on its next page, and the labels of its pictures."""

from reportgen.verify.rendered.charts import Axis, Chart, Mark
from reportgen.verify.rendered.paper import Cursor, _labelled
from reportgen.verify.rendered.sheets import Sheet


def taken(line, *pages):
    """Whether *line* is found on *pages*, and what is left of them."""
    sheets = [Sheet(page, ()) for page in pages]
    return Cursor(sheets).take(line), "".join(sheet.rest() for sheet in sheets).replace("\n", "")


def test_a_line_goes_on_on_the_next_page():
    """Behind what stands at the foot of its first page."""
    assert taken("StocksroseandtheDowfell.", "StocksroseandthePage1of2", "Dowfell.") == (
        True,
        "Page1of2",
    )


def test_a_footnote_may_begin_as_the_line_goes_on():
    """An S of "Source" is no part of the line, nor is a whole syllable."""
    for rest in ("S&P500fell.", "Sourcesdried."):
        assert taken(f"Stocksroseandthe{rest}", "StocksroseandtheSource:closes.", rest) == (
            True,
            "Source:closes.",
        )


def test_a_line_whose_end_is_missing_is_not_found():
    """Its beginning alone is not enough."""
    assert not taken("StocksroseandtheDowfell.", "Stocksroseandthe", "Nasdaqfell.")[0]


def test_labels_follow_one_another_with_ticks_between_them():
    """In their order; a tick of the axis may stand in the line of a label."""
    mark = Mark(
        kind="text", points=((0.1, 0.2), (0.9, 0.8)), colours=("", ""), texts=("+5.7%", "Dow")
    )
    chart = Chart(labels=("+5.7%", "Dow"), marks=(mark,), y=Axis(value=float))
    assert _labelled("JanFeb+4%+5.7%+6%DowStocks", chart) == len("JanFeb+4%+5.7%+6%Dow")
    assert _labelled("JanFeb+4%Dow+5.7%+6%Stocks", chart) is None
    assert _labelled("JanFeb+4%+5.7%more+6%Dow", chart) is None
