"""What commands print: stdout is data, stderr is words."""

import json
import sys
from typing import Any


def data(value: dict[str, Any], *, as_json: bool) -> None:
    """Data on stdout: JSON, or one `name  value` line each."""
    if as_json:
        print(json.dumps(value, ensure_ascii=False))
        return
    width = max(map(len, value), default=0)
    for name, item in value.items():
        print(f"{name:<{width}}  {item}")


def words(sentence: str) -> None:
    """A sentence on stderr."""
    print(sentence, file=sys.stderr)
