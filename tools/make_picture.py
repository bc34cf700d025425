"""Make the picture that the README opens with.

The first screen of the sample brief, as Chromium shows it.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image

from reportgen.config.settings import Settings
from reportgen.produce.pipeline import produce
from reportgen.record.request import Request, load_report

OUT = Path(__file__).parents[1] / "docs" / "sample-brief.png"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
]


def photographed(page: Path, picture: Path, size: tuple[int, int]) -> None:
    """Write what Chromium shows of *page* in a window of *size* to the file *picture*."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        command = [
            "chromium",
            *FLAGS,
            f"--user-data-dir={folder}/profile",
            f"--window-size={size[0]},{size[1]}",
            "--virtual-time-budget=4000",
            f"--screenshot={shot}",
        ]
        subprocess.run([*command, page.as_uri()], check=True, capture_output=True)
        image = Image.open(BytesIO(shot.read_bytes())).convert("RGB")
        image.quantize(colors=64, dither=Image.Dither.NONE).save(picture, optimize=True)


def main() -> None:
    """Run the sample brief and photograph its page."""
    request = Request(report=load_report("small-caps"), as_of="2025-01-08 13:00", formats=("html",))
    with tempfile.TemporaryDirectory() as folder:
        made = produce(request, Path(folder), now=dt.datetime.now(dt.UTC), settings=Settings())
        photographed(made.folder / "brief.html", OUT, (860, 1180))
    print(OUT)


if __name__ == "__main__":
    main()
