from hypothesis import given

from render_preview.browser import preview_page
from render_preview.lint import Finding, Location
from render_preview.parts import render_parts
from tests.render_preview.samples import UNSUBSCRIBE, documents, hostile, usual
from tests.render_preview.trees import parse


def test_the_page_shows_the_very_mail_in_frames_that_cannot_run_anything():
    parts = render_parts(usual(), {}, unsubscribe_url=UNSUBSCRIBE)
    frames = parse(preview_page(parts)).findall(".//iframe")
    assert [frame.get("srcdoc") for frame in frames] == [parts.html] * 3
    assert [frame.get("sandbox") for frame in frames] == [""] * 3
    assert [frame.get("width") for frame in frames] == ["680", "375", "375"]
    assert [frame.get("class") for frame in frames] == ["light", "light", "dark"]


def test_the_text_part_and_the_findings_are_on_the_page():
    parts = render_parts(usual(), {}, unsubscribe_url=UNSUBSCRIBE)
    tree = parse(preview_page(parts, findings=[Finding("error", "c", Location(), "<b>No</b> subject")]))
    assert tree.find(".//pre").text == parts.text
    assert tree.find(".//li").text == "<b>No</b> subject"


@given(documents, hostile)
def test_no_document_or_value_reaches_the_page_around_the_mail(document, value):
    page = preview_page(render_parts(document, {"a": value}))
    tree = parse(page)
    assert len(tree.findall(".//iframe")) == 3
    assert not tree.findall(".//script")
    assert not tree.findall(".//img")
