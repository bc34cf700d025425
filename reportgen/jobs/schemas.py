"""The TOML files of a desk: the type of each, and its JSON Schema for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.config.schema import json_schema
from reportgen.core.errors import InvalidParameter, did_you_mean


def file_kinds() -> Mapping[str, tuple[str, Any]]:
    """For each kind of file, where it lies, and the type that it is read as."""
    from reportgen.beats.spec import BeatFile
    from reportgen.datasets.dataset import DatasetFile, StoreFile
    from reportgen.markets import MarketSpec
    from reportgen.markets.baskets import BasketTable
    from reportgen.markets.closures import ClosuresFile
    from reportgen.markets.instruments import InstrumentTable
    from reportgen.publish.config import ConfigFile
    from reportgen.publish.recipients import RecipientsFile
    from reportgen.record.edits import Edits
    from reportgen.record.request import ReportFile
    from reportgen.sources.plan import SourcesFile
    from reportgen.verify.words import WordsFile

    return {
        "report": ("reports/NAME/report.toml", ReportFile),
        "reportgen": ("reportgen.toml", ConfigFile),
        "recipients": ("recipients.toml", RecipientsFile),
        "dataset": ("dataset.toml in a folder of data", DatasetFile),
        "store": ("NAME.dataset.toml beside NAME.duckdb", StoreFile),
        "instruments": ("instruments.toml", dict[str, InstrumentTable]),
        "baskets": ("baskets.toml", dict[str, BasketTable]),
        "market": ("markets/NAME.toml in a desk", MarketSpec),
        "beat": ("beats/NAME/beat.toml in a desk", BeatFile),
        "words": ("templates/story/en/words.toml in a desk", WordsFile),
        "sources": ("the file that REPORTGEN_SOURCES names", SourcesFile),
        "closures": ("the file that REPORTGEN_CLOSURES names", ClosuresFile),
        "edits": ("edits.toml in the folder of a brief", Edits),
    }


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of the files of that kind.

    InvalidParameter with the nearest kind where there is none.

    >>> schema_of("report")["$ref"]
    '#/$defs/ReportFile'
    """
    kinds = file_kinds()
    if name not in kinds:
        raise InvalidParameter(
            f"There is no kind of file '{name}'.{did_you_mean(name, kinds)}",
            subject=name,
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kinds[name][0],
        **json_schema(kinds[name][1]),
    }
