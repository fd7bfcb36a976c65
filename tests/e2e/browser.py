"""Chromium as a person has it, told what to do over a pipe: no driver, no library, no port.

The DevTools protocol is JSON with a zero byte behind each message. Scripts of pages never run; what is asked
about a page is asked from outside.
"""

import base64
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PERSON = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--remote-debugging-pipe"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
_ABOVE = 10
"""Ends of pipes get higher numbers, so that bash can put them at 3 and 4; a plain sh knows none above 9."""

CONTRAST = """
(() => {
  const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const parts = (text) => text.match(/[0-9.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const backdrop = (node) => {
    for (; node; node = node.parentElement) {
      const color = parts(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("body *:not(script):not(style)")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own && !["INPUT", "SELECT"].includes(node.tagName)) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(backdrop(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([node.tagName + ": " + (node.textContent.trim() || node.name).slice(0, 40), ratio]);
  }
  return found;
})()
"""


class Browser:
    """One window. A context: its process and its profile end with it."""

    def __init__(self, folder: Path) -> None:
        assert CHROMIUM is not None
        to_child, self._write = os.pipe()
        self._read, from_child = os.pipe()
        child = [fcntl.fcntl(end, fcntl.F_DUPFD, _ABOVE) for end in (to_child, from_child)]
        command = f'exec "$0" "$@" 3<&{child[0]} 4>&{child[1]}'
        flags = [
            *_FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--crash-dumps-dir={folder}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, CHROMIUM, *flags],
            pass_fds=child,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)},
        )
        for end in (to_child, from_child, *child):
            os.close(end)
        self._buffer = b""
        self._number = 0
        self._session = ""
        self._events: list[str] = []

    def __enter__(self) -> Self:
        made = self.tell("Target.createTarget", url="about:blank")
        attached = self.tell("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        self.tell("Page.enable")
        self.tell("Network.enable")
        self.tell("Emulation.setScriptExecutionDisabled", value=True)
        self.tell("Network.setUserAgentOverride", userAgent=PERSON)
        self.look()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def tell(self, method: str, **params: object) -> dict[str, Any]:
        """One command and its answer."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": params, **session}
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer}"
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = os.read(self._read, 1 << 16)
            assert more, "the browser ended"
            self._buffer += more
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(raw)
        if "method" in message:
            self._events.append(message["method"])
        return message

    def _load(self, begin: Callable[[], object]) -> None:
        """Do what leads to another page, and wait until that is there."""
        self._events.clear()
        begin()
        while "Page.loadEventFired" not in self._events:
            self._next()

    def look(self, width: int = 800, height: int = 700, scheme: str = "light") -> None:
        """The size of the window, and what the person prefers."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.tell("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.tell("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str) -> None:
        self._load(lambda: self.tell("Page.navigate", url=address))

    def ask(self, expression: str) -> Any:
        """What a page says of itself."""
        answer = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    @property
    def address(self) -> str:
        return str(self.ask("location.href"))

    @property
    def words(self) -> str:
        """What a person reads."""
        return str(self.ask("document.body.innerText"))

    def _node(self, selector: str) -> int:
        root = self.tell("DOM.getDocument")["root"]["nodeId"]
        found: int = self.tell("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        assert found, f"no {selector} on {self.address}"
        return found

    def press(self, selector: str) -> None:
        """Click it with the mouse, where it is on the screen; it leads to another page."""
        node = self._node(selector)
        self.tell("DOM.scrollIntoViewIfNeeded", nodeId=node)
        quad = self.tell("DOM.getContentQuads", nodeId=node)["quads"][0]
        place = {"x": sum(quad[0::2]) / 4, "y": sum(quad[1::2]) / 4, "button": "left", "clickCount": 1}

        def click() -> None:
            for kind in ("mousePressed", "mouseReleased"):
                self.tell("Input.dispatchMouseEvent", type=kind, **place)

        self._load(click)

    def fill(self, selector: str, text: str) -> None:
        """Replace what stands in a field."""
        self.tell("DOM.focus", nodeId=self._node(selector))
        self.tell("Input.dispatchKeyEvent", type="keyDown", commands=["selectAll"])
        self.tell("Input.insertText", text=text)

    def names(self) -> list[tuple[str, str]]:
        """(role, name) of every control, as a screen reader says them."""
        roles = {"button", "textbox", "checkbox", "combobox", "Date", "link"}
        nodes = self.tell("Accessibility.getFullAXTree")["nodes"]
        read = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in nodes]
        return [(role, name) for role, name in read if role in roles]

    def contrasts(self) -> list[tuple[str, float]]:
        """(element, ratio of its words to what is behind them)."""
        return [(words, ratio) for words, ratio in self.ask(CONTRAST)]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.ask("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def picture(self) -> bytes:
        """A PNG of the window."""
        return base64.b64decode(self.tell("Page.captureScreenshot", format="png")["data"])
