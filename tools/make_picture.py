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


def main() -> None:
    """Run the sample brief and photograph its page."""
    request = Request(report=load_report("small-caps"), as_of="2025-01-08 13:00", formats=("html",))
    with tempfile.TemporaryDirectory() as folder:
        made = produce(request, Path(folder), now=dt.datetime.now(dt.UTC), settings=Settings())
        shot = Path(folder) / "shot.png"
        page = (made.folder / "brief.html").as_uri()
        command = [
            "chromium",
            *FLAGS,
            f"--user-data-dir={folder}/profile",
            "--window-size=860,1180",
            "--virtual-time-budget=4000",
        ]
        subprocess.run([*command, f"--screenshot={shot}", page], check=True, capture_output=True)
        image = (
            Image.open(BytesIO(shot.read_bytes()))
            .convert("RGB")
            .quantize(colors=64, dither=Image.Dither.NONE)
        )
        image.save(OUT, optimize=True)
    print(OUT)


if __name__ == "__main__":
    main()
