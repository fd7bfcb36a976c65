"""Receiving a file on the disk, piece by piece: its encoding shows only when all of it is there."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from litestar import Request

from backend.idempotency import request_hash

IN_MEMORY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """The file, and what tells this request from another one."""

    file: BinaryIO
    fingerprint: str


@asynccontextmanager
async def received(request: Request[Any, Any, Any], folder: Path) -> AsyncIterator[Upload]:
    """The body of the request; the file has no name and is gone after the block, or after a crash."""
    digest = hashlib.sha256()
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+b", dir=str(folder)) as file:
        async for piece in request.stream():
            digest.update(piece)
            file.write(piece)
        query = request.scope["query_string"]
        fingerprint = request_hash(request.method, request.scope["path"], query, digest.digest())
        yield Upload(cast(BinaryIO, file), fingerprint)
