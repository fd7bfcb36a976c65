from hypothesis import given
from hypothesis import strategies as st

from contract.blocks import Theme
from render_preview.palette import READABLE, contrast, mix, palette_of, readable

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_of_the_extremes():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#777777", "#777777") == 1


def test_mix_takes_a_share():
    assert mix("#ff0000", "#0000ff", 0.5) == "#800080"


@given(colors, colors)
def test_readable_always_is(color, back):
    assert contrast(readable(color, back), back) >= READABLE


@given(colors, colors, colors, colors)
def test_dark_mode_and_tinted_blocks_are_readable_whatever_the_author_chose(text, muted, accent, card):
    palette = palette_of(Theme(text=text, muted=muted, accent=accent, card=card))
    for surface in (palette.card, palette.blocks["tint"], palette.blocks["muted"]):
        for ink in (surface.text, surface.muted, surface.link):
            assert contrast(ink.dark, surface.back.dark) >= READABLE
    for token in ("tint", "muted"):
        surface = palette.blocks[token]
        for ink in (surface.text, surface.muted, surface.link):
            assert contrast(ink.light, surface.back.light) >= READABLE


def test_the_authors_own_colours_stay_on_the_card():
    theme = Theme(text="#999999", accent="#ffff00")
    assert palette_of(theme).card.text.light == "#999999"
    assert palette_of(theme).card.link.light == "#ffff00"
