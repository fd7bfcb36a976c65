"""The terminal client beside its peers, all in real pseudo-terminals of 160x45, interleaved in one run.

    python -m bench.tui [--rounds N] [--keys N] [--long] [--json FILE]

start     from fork to the first screen that reacts to a key, milliseconds
key p50   from writing a key to the first change on the screen, in each program's editor
PSS       memory of the client process after its start, MB
Our editor has the live preview on and every keystroke saved; our start has a synced demo workspace. With
--long the keys go into the first of 100 blocks.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench import figures
from bench.peers import LOREM, Peer, harlequin, hello, posting
from bench.terminal import Terminal

SIZE = (160, 45)


@dataclass
class Figures:
    """What was measured of one program, in all rounds."""

    start_ms: list[float] = field(default_factory=list)
    key_ms: list[float] = field(default_factory=list)
    pss_mb: list[float] = field(default_factory=list)


def proportional_memory(pid: int) -> float:
    """PSS of one process in MB; NaN where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return float("nan")
    return int(text.split("Pss:")[1].split()[0]) / 1024


def react(terminal: Terminal, key: str) -> float:
    """Press the probe key until something changes; seconds from the first press."""
    began = time.perf_counter()
    for _ in range(100):
        waited = terminal.latency(key, 0.1)
        if waited is not None:
            return time.perf_counter() - began if waited > 0.1 else waited
    message = f"no reaction to {key!r}"
    raise RuntimeError(message)


def measure(peer: Peer, keys: int, into: Figures, folder: Path) -> None:
    """One round of one program, in a home of its own: some restore what was typed last."""
    home = {"HOME": tempfile.mkdtemp(dir=folder)}
    with Terminal(peer.command, env=home, cwd=folder, size=SIZE) as terminal:
        terminal.wait_for(peer.ready, 60)
        painted = terminal.settle(0.02)
        into.start_ms.append((painted - terminal.started + react(terminal, peer.probe)) * 1000)
        terminal.settle(1.0, 5)
        into.pss_mb.append(proportional_memory(terminal.process.pid))
        for step in peer.typing:
            terminal.press(step, gap=1.0)
        for _ in range(keys):
            waited = terminal.latency(random.choice("abcdefghijk"))
            if waited is not None:
                into.key_ms.append(waited * 1000)
            time.sleep(random.uniform(0.025, 0.060))


def our_workspace(folder: Path, typing: list[str]) -> Peer:
    """A demo workspace that was opened and synced once; its backend is running, as on a working day."""
    handbill = Path(sys.executable).with_name("handbill")
    command = [str(handbill), "--data-dir", str(folder), "demo"]
    with Terminal(command, cwd=folder, size=SIZE) as terminal:
        terminal.wait_for("Spring offer", 120)
        terminal.wait_for("synced", 60)
        terminal.press("ctrl+q")
        terminal.ended()
    return Peer("handbill", command, "Spring offer", "down", typing)


OPEN_TEXT_BLOCK = ["/", "Spring", "enter", "enter", "home", "down", "down", "enter", LOREM.strip()]
"""From the list of campaigns into a text block of "Spring offer"."""


def open_long_mail() -> list[str]:
    """From the list of campaigns into the first of 100 blocks of a new one, pasted as JSON."""
    pasted = json.dumps([{"type": "text", "text": LOREM * 3}] * 98)
    into_blocks = ["n", "Long", "enter", "escape", f"\x1b[200~{pasted}\x1b[201~"]
    return [*into_blocks, "home", "enter", LOREM.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keys", type=int, default=150)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--json")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="handbill-bench-"))
    try:
        typing = open_long_mail() if options.long else OPEN_TEXT_BLOCK
        peers = [our_workspace(folder, typing), posting(), harlequin(), hello()]
        found = {peer.name: Figures() for peer in peers}
        for turn in range(options.rounds):
            for peer in peers if turn % 2 == 0 else peers[::-1]:
                print(f"round {turn + 1}: {peer.name}", file=sys.stderr)
                measure(peer, options.keys, found[peer.name], folder)
    finally:
        stop_backend(folder)
        shutil.rmtree(folder, ignore_errors=True)
    report(found, options.json)


def stop_backend(folder: Path) -> None:
    """End what the workspace started."""
    from sync.embedded import Embedded

    Embedded(folder / "demo", demo=True).stop()


def report(found: dict[str, Figures], path: str | None) -> None:
    """Figures and their ratios to ours."""
    ours = found["handbill"]
    rows = [
        {
            "program": name,
            "start ms": figures.median(figure.start_ms),
            "key p50 ms": figures.percentile(figure.key_ms, 0.5),
            "key p99 ms": figures.percentile(figure.key_ms, 0.99),
            "PSS MB": figures.median(figure.pss_mb),
            "our start": figures.median(ours.start_ms) / figures.median(figure.start_ms),
            "our p50": figures.percentile(ours.key_ms, 0.5) / figures.percentile(figure.key_ms, 0.5),
            "our p99": figures.percentile(ours.key_ms, 0.99) / figures.percentile(figure.key_ms, 0.99),
            "our PSS": figures.median(ours.pss_mb) / figures.median(figure.pss_mb),
        }
        for name, figure in found.items()
    ]
    figures.show("the terminal client and its peers", rows)
    figures.keep(path, {"rows": rows})


if __name__ == "__main__":
    main()
