"""A document as a file that anybody can read, for when the server is no way out."""

import json
import os
import re
from pathlib import Path

from localstore.folders import private_folder
from localstore.records import DocKind, Json


def write_export(data: Path, kind: DocKind, id: str, content: Json) -> Path:
    """Write it into the folder `exports`; where it is."""
    folder = private_folder(data / "exports")
    name = re.sub(r"[^A-Za-z0-9]+", "-", str(content.get("name") or "untitled")).strip("-").lower()[:60]
    path = folder / f"{kind}-{name}-{id[-6:]}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump({"kind": str(kind), "id": id, **content}, file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return path
