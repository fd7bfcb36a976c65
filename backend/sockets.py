"""Binding the listening socket ourselves: uvicorn would make a Unix socket that anyone may open."""

import os
import socket
from pathlib import Path

MAX_UDS_PATH = 100
BACKLOG = 128


class CannotListenError(OSError):
    """One sentence that says why."""


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def bind_unix(path: Path) -> socket.socket:
    """A socket only this user can open, in a folder only this user can enter."""
    if len(os.fsencode(path)) > MAX_UDS_PATH:
        raise CannotListenError(f"the socket path {path} is too long; at most {MAX_UDS_PATH} bytes work")
    if _answers(path):
        raise CannotListenError(f"another backend already listens on {path}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(str(path))
        finally:
            os.umask(before)
    except OSError as error:
        raise CannotListenError(f"cannot listen on {path}: {error.strerror}") from error
    listener.listen(BACKLOG)
    return listener


def bind_tcp(host: str, port: int) -> socket.socket:
    """A socket on an address of this machine; port 0 takes a free one."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotListenError(f"cannot listen on {host}:{port}: {reason}") from error
    listener.listen(BACKLOG)
    return listener


def address_of(listener: socket.socket) -> str:
    """How a client names it: `http://host:port` or `unix:/path`."""
    if listener.family == socket.AF_UNIX:
        return f"unix:{listener.getsockname()}"
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
