"""Medians, percentiles and ratios, and how they are printed: trust the ratios of one run."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any


def percentile(values: list[float], share: float) -> float:
    """Linear interpolation; `share` from 0 to 1. `values` must not be empty."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def machine() -> dict[str, str]:
    """What the figures were taken on."""
    return {
        "python": platform.python_version(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",
        "textual": version("textual"),
        "handbill": version("handbill"),
    }


def median(values: list[float]) -> float:
    """The median; NaN of nothing."""
    return statistics.median(values) if values else float("nan")


def show(title: str, rows: list[Mapping[str, Any]]) -> None:
    """A table on standard output."""
    print(f"\n{title}   ({', '.join(f'{k} {v}' for k, v in machine().items())})")
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in [names, *cells]) for i in range(len(names))]
    for line in [names, *cells]:
        print(
            "  ".join(
                text.rjust(width) if i else text.ljust(width)
                for i, (text, width) in enumerate(zip(line, widths, strict=True))
            )
        )


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def keep(path: str | None, result: Mapping[str, Any]) -> None:
    """Write the result as JSON where it was asked for."""
    if path:
        Path(path).write_text(json.dumps({"machine": machine(), **result}, indent=1))
        print(f"kept in {path}", file=sys.stderr)
