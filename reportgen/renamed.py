"""What has another name since 0.1.0, and is read under the old one for one more release.

An import of an old module gives the module at its new place, with a DeprecationWarning that names
it. Money had a unit of its own for one currency.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

RENAMED = {
    "news": "authoring.news",
    "news.measure": "beats.measure",
    "errors": "core.errors",
    "facts": "core.facts",
    "headers": "core.headers",
    "data.checks": "core.checks",
    "drawings": "core.svg",
    "outputs": "files.outputs",
    "locks": "files.locks",
    "resources": "config.resources",
    "settings": "config.settings",
    "sealing": "config.sealing",
    "keys": "config.secrets",
    "templates": "record.templates",
    "edits": "record.edits",
    "request": "record.request",
    "market.calendar": "markets.calendar",
    "market.exchange": "markets.exchange",
    "market.closures": "markets.closures",
    "market.venues": "markets.venues",
    "market.baskets": "statistics.breadth",
    "market.drawdowns": "statistics.drawdowns",
    "market.extremes": "statistics.extremes",
    "market.rates": "statistics.rates",
    "market.returns": "statistics.returns",
    "market.seasons": "statistics.seasons",
    "market.streaks": "statistics.streaks",
    "market.volatility": "statistics.volatility",
    "data.instruments": "markets.instruments",
    "data.baskets": "markets.baskets",
    "data.providers.bea": "sources.providers.bea",
    "data.providers.bls": "sources.providers.bls",
    "data.providers.cboe": "sources.providers.cboe",
    "data.providers.cme": "sources.providers.cme",
    "data.providers.coinbase": "sources.providers.coinbase",
    "data.providers.coingecko": "sources.providers.coingecko",
    "data.providers.contract": "sources.providers.contract",
    "data.providers.fred": "sources.providers.fred",
    "data.providers.massive": "sources.providers.massive",
    "data.providers.nyfed": "sources.providers.nyfed",
    "data.providers.tiingo": "sources.providers.tiingo",
    "data.providers.treasury": "sources.providers.treasury",
    "data.providers.yahoo": "sources.providers.yahoo",
    "data.providers.yfinance": "sources.providers.yfinance",
    "data.providers": "sources.providers",
    "data.web": "sources.http",
    "data.known": "sources.answers",
    "data.plan": "sources.plan",
    "data.fetching": "sources.fetching",
    "data.store": "sources.store",
    "data.then": "sources.then",
    "data.inventory": "sources.inventory",
    "data.importing": "datasets.importing",
    "data.exporting": "datasets.exporting",
    "data.snapshot": "datasets.snapshot",
    "data.dataset": "datasets.dataset",
    "data.remote": "datasets.remote",
    "data.frames": "datasets.frames",
    "data.sql": "datasets.sql",
    "data.commentary": "datasets.commentary",
    "data.proxies": "datasets.proxies",
    "data.market": "datasets.market",
    "data.shelf": "datasets.table_cache",
    "data.agreement": "datasets.validation.sources",
    "data.defects": "datasets.validation.judging",
    "data.quality": "datasets.validation.judging",
    "data.verifying": "datasets.validation.verifying",
    "charts": "authoring.charts",
    "tables": "authoring.tables",
    "notebook": "authoring.desk",
    "narrative.editor": "story.plan",
    "narrative.runs": "story.citations",
    "narrative.compose": "story.compose",
    "narrative.model": "story.model",
    "narrative.wording": "story.wording",
    "narrative.voices": "story.voices",
    "narrative.phrases": "story.phrases",
    "narrative.figures": "story.english.figures",
    "narrative.dates": "story.english.dates",
    "narrative.lexicon": "story.english.lexicon",
    "pipeline": "produce.pipeline",
    "telling": "produce.telling",
    "manifest": "produce.manifest",
    "batch": "produce.batch",
    "replay": "produce.replay",
    "executors": "produce.executors",
    "deliver.alerts": "publish.alerts",
    "deliver.config": "publish.config",
    "deliver.ledger": "publish.ledger",
    "deliver.release": "publish.release",
    "deliver.message": "publish.mail.message",
    "deliver.smtp": "publish.mail.smtp",
    "deliver.sending": "publish.mail.sending",
    "personal": "publish.mail.personal",
    "recipients": "publish.recipients",
    "deliver.doors": "publish.channels",
    "deliver.posting": "publish.channels.posting",
    "deliver.doors.chat": "publish.channels.chat",
    "deliver.doors.webhook": "publish.channels.webhook",
    "deliver.doors.shelf": "publish.channels.folder",
    "deliver.site.build": "publish.site.build",
    "deliver.site.entries": "publish.site.entries",
    "deliver.site.pages": "publish.site.pages",
    "deliver.site.publish": "publish.site.publish",
    "deliver.site.search": "publish.site.search",
    "deliver.site.serve": "publish.site.serve",
    "deliver.site": "publish.site",
    "schedule": "jobs.schedule",
    "doctor": "jobs.doctor",
    "workspace": "jobs.workspace",
    "installed": "jobs.installed",
    "schemas": "jobs.schemas",
}
"""The new place of each module, both below ``reportgen``."""
ROOMS = {name.rpartition(".")[0] for name in RENAMED} - {""}
"""Packages of 0.1.0; what was in them may be in several places."""
PREFIX = "reportgen."
UNITS = {"usd": "money", "dollars": "money_change"}
"""Units of 0.1.0, and what they are called now."""
OLD_UNITS = {new: old for old, new in UNITS.items()}
"""The same the other way round."""
FILTERS = {"usd": "money"}
"""Filters of a story of 0.1.0."""
CURRENCY = "USD"
"""The currency of what is recorded in an old unit."""


class OldNames(MetaPathFinder, Loader):
    """Finds modules by the names that they had."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of an old name, None for any other."""
        old = name.removeprefix(PREFIX)
        if name == old or old not in ROOMS | RENAMED.keys():
            return None
        return ModuleSpec(name, self, is_package=old in ROOMS)

    def exec_module(self, module: ModuleType) -> None:
        """Put the module at its new place under its old name."""
        old = module.__name__.removeprefix(PREFIX)
        if old in RENAMED:
            new = PREFIX + RENAMED[old]
            warnings.warn(
                f"{module.__name__} is {new} now; the old name goes with the next release.",
                DeprecationWarning,
                stacklevel=2,
            )
            found = import_module(new)
            if old in ROOMS:  # a package stays one: what is in it has old names, too
                vars(module).update(
                    {name: value for name, value in vars(found).items() if name[:2] != "__"}
                )
            else:
                sys.modules[module.__name__] = found
