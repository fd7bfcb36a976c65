import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widgets import Static

from contract.blocks import load_document
from render_preview.terminal import DESKTOP, PHONE, PreviewCache, render_block, render_document
from tests.render_preview.samples import documents, hostile, usual


def plain(document, width=DESKTOP, values=None):
    return "\n".join(block.content.plain for block in render_document(document, width, values))


def only(**block):
    return load_document({"version": 1, "blocks": [{"id": "x", **block}]}).blocks[0]


def styles_over(content, words):
    start = content.plain.index(words)
    return " ".join(str(span.style) for span in content.spans if span.start <= start < span.end)


def test_tags_are_chips_until_a_contact_is_chosen():
    block = only(type="heading", text="Hello {{ first_name | there }}")
    chips = render_block(block, DESKTOP)
    assert "first_name | there" in chips.plain
    assert "reverse" in styles_over(chips, "first_name")
    assert render_block(block, DESKTOP, {"first_name": "Zoë"}).plain.startswith("Hello Zoë\n")
    assert render_block(block, DESKTOP, {}).plain.startswith("Hello there\n")


def test_a_field_that_the_contact_lacks_stands_out():
    shown = render_block(only(type="text", text="From {{ city }}."), DESKTOP, {})
    assert shown.plain == "From city?."
    assert "error" in styles_over(shown, "city?")


def test_marks_are_styles():
    shown = render_block(only(type="text", text="a **b** *c* ~~d~~ [e](https://x.example)"), DESKTOP)
    assert shown.plain == "a b c d e"
    for words, style in (("b", "bold"), ("c", "italic"), ("d", "strike"), ("e", "underline")):
        assert style in styles_over(shown, words)


@pytest.mark.parametrize("typed", ["[bold]x[/bold]", "[@click=app.quit]x[/]", "[/]", "[$x", "[red on blue]"])
def test_console_markup_is_words_in_what_was_typed_and_in_values(typed):
    assert render_block(only(type="heading", text=typed, level=2), DESKTOP).plain == typed
    shown = render_block(only(type="text", text="{{ a }}"), DESKTOP, {"a": typed})
    assert shown.plain == typed
    assert not shown.spans


@given(documents, st.integers(10, 90), st.none() | st.fixed_dictionaries({"a": hostile}), st.booleans())
def test_any_document_fits_the_width_and_sends_nothing_to_the_terminal(document, width, values, dark):
    for block in render_document(document, width, values, dark=dark):
        for line in block.content.split("\n", allow_blank=True):
            assert line.cell_length <= width
        assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in block.content.plain)
        assert "\u202e" not in block.content.plain


def test_phone_and_desktop_wrap_differently():
    words = only(type="text", text="one two three four five six seven eight nine ten eleven twelve")
    assert render_block(words, PHONE).plain.count("\n") > render_block(words, DESKTOP).plain.count("\n")


def test_the_side_is_kept():
    right = render_block(only(type="text", text="end", align="right"), 20).plain
    middle = render_block(only(type="text", text="mid", align="center"), 21).plain
    assert right == "end".rjust(20)
    assert middle == " " * 9 + "mid"


def test_a_background_is_a_band_of_the_whole_width():
    shown = render_block(only(type="text", text="x", bg="tint"), 30)
    assert shown.cell_length == 30
    assert " on #" in styles_over(shown, "x")


def test_what_sending_needs_is_asked_for_in_place():
    assert "no alt text" in render_block(only(type="image", src="https://x.example/i"), 40).plain
    assert "no postal address" in render_block(only(type="footer"), 40).plain
    assert "no link" in render_block(only(type="button", label="Go"), 40).plain


def test_an_unknown_block_is_shown_as_one():
    assert "type poll" in render_block(only(type="poll", more=[1]), 60).plain


@given(documents, st.none() | st.fixed_dictionaries({"a": hostile}))
def test_the_dark_picture_says_the_same_in_colours_of_its_own(document, values):
    light = render_document(document, PHONE, values)
    for block, dark in zip(light, render_document(document, PHONE, values, dark=True), strict=True):
        said = [line.rstrip() for line in dark.content.plain.split("\n")]
        assert said == [line.rstrip() for line in block.content.plain.split("\n")]
        for line in dark.content.split("\n", allow_blank=True):
            covered = {at for s in line.spans if " on #" in str(s.style) for at in range(s.start, s.end)}
            assert covered == set(range(len(line.plain)))
            assert not any("$text" in str(span.style) for span in line.spans)


def test_an_edit_paints_one_block_again():
    cache, document = PreviewCache(), usual()
    before = render_document(document, DESKTOP, cache=cache)
    document.blocks[1].text = "changed"
    after = render_document(document, DESKTOP, cache=cache)
    assert "changed" in after[1].content.plain
    assert [one.content is two.content for one, two in zip(before, after, strict=True)].count(False) == 1


def test_another_width_contact_or_theme_paints_everything_again():
    cache, document = PreviewCache(), usual()
    render_document(document, DESKTOP, cache=cache)
    assert render_document(document, PHONE, cache=cache) == render_document(document, PHONE)
    values = {"first_name": "Ann"}
    assert "Hello Ann" in render_document(document, PHONE, values, cache=cache)[0].content.plain
    values["first_name"] = "Bo"
    assert "Hello Bo" in render_document(document, PHONE, values, cache=cache)[0].content.plain
    document.theme.accent = "#aa0000"
    button = render_document(document, PHONE, values, cache=cache)[2].content
    assert "#aa0000" in styles_over(button, "See it")


class _Preview(App[None]):
    def compose(self) -> ComposeResult:
        document = load_document(
            {
                "version": 1,
                "blocks": [
                    {"type": "heading", "text": "[b]Hello[/b] {{ first_name }}"},
                    {"type": "text", "text": "**a** [b](https://x.example) {{ city }}", "bg": "accent"},
                    {"type": "button", "label": "Go", "href": "https://x.example"},
                    {"type": "image", "src": "https://x.example/i"},
                    {"type": "footer"},
                    {"type": "poll", "id": "p"},
                ],
            }
        )
        for block in render_document(document, 60, {"first_name": "[i]Ann[/i]"}):
            yield Static(block.content)


async def test_a_running_app_can_show_every_style():
    app = _Preview()
    async with app.run_test(size=(80, 40)) as pilot:
        await pilot.pause()
        rows = [
            "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
        ]
    assert "[b]Hello[/b] [i]Ann[/i]" in rows[0]


def test_code_turns_no_text_around():
    document = load_document({"version": 1, "blocks": [{"id": "c", "type": "code", "text": "a\u202eb  c"}]})
    [code] = [block for block in render_document(document, 38) if block.block_id == "c"]
    assert "ab  c" in code.content.plain
