"""How a browser really lays a mail out: beside each other on a desktop, stacked and full width on a phone."""

import json
import re
import runpy
import shutil
import subprocess
from html import escape, unescape

import pytest

from render_preview.parts import render_parts

CHROMIUM = shutil.which("chromium")
MEASURE = """<script>
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    const box = (element) => {
      const r = element.getBoundingClientRect();
      return [r.left, r.top, r.width].map(Math.round);
    };
    const ink = (selector) => getComputedStyle(page.querySelector(selector)).color;
    found[frame.id] = {
      columns: [...page.querySelectorAll(".col")].map(box),
      wide: box(page.querySelector("img.wide")),
      overflow: page.documentElement.scrollWidth - page.documentElement.clientWidth,
      ink: ink(".t-card"), back: getComputedStyle(page.querySelector(".card")).backgroundColor,
    };
  }
  document.title = JSON.stringify(found);
});
</script>"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    if CHROMIUM is None:
        pytest.skip("Debian's chromium is not installed")
    folder = tmp_path_factory.mktemp("chromium")
    newsletter = runpy.run_path("docs/make_mail_pictures.py")["newsletter"]()
    mail = escape(render_parts(newsletter, {"plan": "pro"}).html.replace("https://", "data:,"), quote=True)
    frames = [
        f'<iframe id="{name}" srcdoc="{mail}" '
        f'style="width:{width}px;height:3000px;border:0;color-scheme:{scheme}"></iframe>'
        for name, width, scheme in (
            ("desktop", 600, "light"),
            ("window", 590, "light"),
            ("phone", 375, "light"),
            ("dark", 375, "dark"),
        )
    ]
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8>{MEASURE}{''.join(frames)}", encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
         "--window-size=2400,3200", "--dump-dom", page.as_uri()],
        capture_output=True, timeout=60, check=True, text=True,
    )  # fmt: skip
    found: dict[str, dict[str, object]] = json.loads(
        unescape(re.findall(r"<title>(\{.*?)</title>", done.stdout)[0])
    )
    return found


def test_columns_stand_beside_each_other_on_a_desktop_and_stack_on_a_phone(measured):
    (x1, y1, w1), (x2, y2, w2), *_ = measured["desktop"]["columns"]
    assert (y1, x1 + w1, w1) == (y2, x2, w2)
    for frame, room in (("phone", 375 - 24), ("window", 590 - 24)):
        (x1, y1, w1), (x2, y2, w2), *_ = measured[frame]["columns"]
        assert (x1, w1) == (x2, w2) == (12, room)
        assert y2 > y1


def test_a_picture_in_a_column_is_as_wide_as_the_phone_has_room(measured):
    assert measured["desktop"]["wide"][2] == 264
    assert measured["phone"]["wide"][2] == 375 - 2 * 24


@pytest.mark.parametrize("frame", ["desktop", "phone"])
def test_nothing_sticks_out(measured, frame):
    assert measured[frame]["overflow"] == 0


def test_dark_turns_paper_and_ink(measured):
    assert measured["dark"]["back"] == "rgb(28, 30, 34)"
    assert measured["dark"]["ink"] == "rgb(233, 234, 237)"
    assert measured["phone"]["back"] == "rgb(255, 255, 255)"
