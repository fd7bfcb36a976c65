"""A real Postfix of its own in a temporary folder; it relays what it takes to a server of the test."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("postfix", path="/usr/sbin:/usr/local/sbin")
DAEMONS = Path("/usr/lib/postfix/sbin")
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
daemon_directory = {daemons}
command_directory = /usr/sbin
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = relay.example
mydestination =
alias_maps =
local_recipient_maps =
relayhost = [127.0.0.1]:{sink}
smtp_dns_support_level = disabled
smtputf8_enable = no
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
transport_retry_time = 1s
{hold}
"""
_HOLD = "defer_transports = smtp relay"
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""


def why_not() -> str:
    """Why it cannot run here; empty where it can."""
    if PROGRAM is None or not DAEMONS.exists():
        return "Debian's postfix is not installed"
    if os.geteuid() != 0:
        return "Postfix wants root to start"
    return ""


class Postfix:
    """It keeps what it takes until `relay`: brought down while it relays, it would itself send twice."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    def tell(self, what: str) -> None:
        assert PROGRAM is not None
        command = [PROGRAM, "-c", str(self.folder / "config"), what]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def relay(self) -> None:
        """Pass on all that was taken, as soon as it can."""
        main = self.folder / "config" / "main.cf"
        main.write_text(main.read_text().replace(_HOLD, ""))
        self.tell("reload")

    def crash(self) -> None:
        """Every process of it ends in the middle of what it does; then it starts again."""
        self.tell("abort")
        end = time.monotonic() + 60
        while self._is_running() and time.monotonic() < end:
            time.sleep(0.02)
        self.tell("start")

    def _is_running(self) -> bool:
        """Ending takes it a moment, in which it could not be started again."""
        command = [DAEMONS / "master", "-c", str(self.folder / "config"), "-t"]
        return subprocess.run(command, check=False, capture_output=True, timeout=60).returncode != 0


@contextmanager
def running_postfix(folder: Path, sink: int) -> Iterator[Postfix]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    for name in ("config", "queue", "data"):
        (folder / name).mkdir(parents=True)
    owner = pwd.getpwnam("postfix")
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    for above in (folder, *folder.parents):
        if above.stat().st_uid == os.geteuid() and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)  # its processes are nobody special
    (folder / "config" / "main.cf").write_text(
        _MAIN.format(folder=folder, daemons=DAEMONS, sink=sink, hold=_HOLD)
    )
    (folder / "config" / "master.cf").write_text(_MASTER.format(port=port))
    postfix = Postfix(folder, port)
    postfix.tell("start")
    try:
        yield postfix
    finally:
        postfix.tell("abort")
