"""What happens when the program breaks: a private report, a calm sentence, exit code 70.

The report holds where it broke and nothing that was typed: no local variables, no message texts of foreign
exceptions beyond their first line, readable by its owner only. Drafts are already on disk.
"""

from __future__ import annotations

import os
import platform
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.text import Text

if TYPE_CHECKING:
    from pathlib import Path

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h


def _frames(error: BaseException) -> list[str]:
    lines = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(f"{type(current).__module__}.{type(current).__qualname__}\n")
        lines.extend(traceback.format_tb(current.__traceback__))
        current = current.__cause__ or current.__context__
    return lines


def write_report(error: BaseException, folder: Path, moment: datetime | None = None) -> Path:
    """A new file in `folder`, 0600. The exception's text is left out: it may quote what was typed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = (moment or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%fZ")
    path = folder / f"crash-{stamp}.log"
    head = f"Handbill, Python {platform.python_version()}, {platform.system()}\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(head + "".join(_frames(error)))
    return path


def panel(path: Path | None) -> Panel:
    """What the person reads after the screen is gone."""
    where = f"\nA report without any of your text is in {path}" if path else ""
    words = f"Handbill stopped because of a mistake of its own. Your drafts are saved.{where}"
    return Panel(Text(words), title="Sorry", border_style="red", expand=False)
