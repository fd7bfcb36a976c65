"""The look: one quiet theme of our own, light and dark, with one accent.

The app always names its theme, so an environment variable of Textual's never decides what a person sees.
"""

from textual.theme import Theme

DARK = "handbill-dark"
LIGHT = "handbill-light"

_DARK = Theme(
    name=DARK,
    primary="#8fb3e8",
    secondary="#a9b4c6",
    accent="#8fb3e8",
    foreground="#d6dae2",
    background="#15171c",
    surface="#1a1d23",
    panel="#242831",
    success="#86c29a",
    warning="#dcb36a",
    error="#e58489",
    dark=True,
    variables={
        "border": "#3a404c",
        "border-blurred": "#2b303a",
        "row-cursor": "#2d3b52",
        "row-cursor-blurred": "#232831",
        "quiet": "#8a93a3",
        "block-cursor-background": "#8fb3e8",
        "block-cursor-foreground": "#15171c",
        "block-cursor-text-style": "none",
        "input-cursor-background": "#d6dae2",
        "input-selection-background": "#8fb3e8 30%",
        "footer-key-foreground": "#8fb3e8",
        "button-color-foreground": "#15171c",
        "button-focus-text-style": "bold",
        "scrollbar": "#333945",
        "scrollbar-hover": "#454d5c",
        "scrollbar-active": "#8fb3e8",
        "scrollbar-background": "#15171c",
        "scrollbar-background-hover": "#15171c",
        "scrollbar-background-active": "#15171c",
        "scrollbar-corner-color": "#15171c",
    },
)

_LIGHT = Theme(
    name=LIGHT,
    primary="#2f5aa8",
    secondary="#59657a",
    accent="#2f5aa8",
    foreground="#23272f",
    background="#fbfaf8",
    surface="#f5f3ef",
    panel="#eae7e0",
    success="#2c7a4b",
    warning="#8f5f0a",
    error="#b3343c",
    dark=False,
    variables={
        "border": "#c9c4ba",
        "border-blurred": "#dedad2",
        "row-cursor": "#d5e0f3",
        "row-cursor-blurred": "#e9e6df",
        "quiet": "#6a7280",
        "block-cursor-background": "#2f5aa8",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "input-cursor-background": "#23272f",
        "input-selection-background": "#2f5aa8 25%",
        "footer-key-foreground": "#2f5aa8",
        "button-color-foreground": "#ffffff",
        "button-focus-text-style": "bold",
        "scrollbar": "#cfcabf",
        "scrollbar-hover": "#b9b3a6",
        "scrollbar-active": "#2f5aa8",
        "scrollbar-background": "#fbfaf8",
        "scrollbar-background-hover": "#fbfaf8",
        "scrollbar-background-active": "#fbfaf8",
        "scrollbar-corner-color": "#fbfaf8",
    },
)

THEMES = (_DARK, _LIGHT)

OTHER_THEMES = {
    "border-blurred": "#5c6370",
    "row-cursor": "#3b5b8c",
    "row-cursor-blurred": "#3a3f4a",
    "quiet": "#8a93a3",
}
"""Our own variables in themes that are not ours, such as those with the terminal's palette."""
