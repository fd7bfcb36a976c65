"""Which step comes next: thrown with the dice of a seed, among what can be pressed where the game stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from textual.widget import Widget
from textual.widgets import Input, TextArea

from tests.tui.any_others import OTHERS
from tui.goto import DEEDS, FILTERS, PLACES
from tui.screens.block_place import BlockPlace
from tui.screens.place import Place
from tui.widgets.field_row import FieldRow

if TYPE_CHECKING:
    from tests.tui.any_keys import Game

STILL = -1
"""Turns of the event loop after a key: as many as it takes."""
_NOT_OFTEN = {"ctrl+q", "ctrl+c", "question_mark", "f1", "minus", "escape"}
"""They end the game, or lead away from where something may happen."""
MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "tab", "shift+tab")
_ANYTHING = (*MOVES, "enter", "enter", "enter", "escape", "space", "backspace", "y", "n", "f1", "minus")
PASTED = {
    "control": "a\x00b\x1b[2Jc\x07d\x9be\x7f\r\nf\tg",
    "rtl": "שלום עולם \u202eabc\u202c مرحبا",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈e\u0301\u200b\ufeff🇵🇹",
    "long": "word " * 2_000,
    "markup": "[/][bold]{{ name | }}[@click=app.quit]x[/] {% if %} \\[",
    "lines": "one\ntwo\n\nthree",
}
_LINES = (
    *PLACES,
    *(deed for deed in DEEDS if deed != "quit"),
    *(
        f"{place} {key}={value}"
        for place, known in FILTERS.items()
        for key, of in known.items()
        for value in of
    ),
    "contacts ana",
    "campaigns status=",
    "nonsense [/]",
    "",
)
_WAYS = (
    *("1 enter", "1 enter enter", "1 enter tab", "1 enter f9", "1 enter f9 t", "1 enter f9 c", "1 enter V"),
    *("1 r", "1 d", "1 H", "1 t", "1 enter T", "1 enter a", "1 enter f5", "1 enter c", "1 enter f3"),
    *("2 enter", "2 enter f3", "2 enter f3 f4", "4 enter", "4 enter enter", "4 enter enter enter"),
    *("4 enter S", "4 enter t", "4 enter f9", "4 enter V", "4 enter P", "4 r", "4 e", "4 d"),
    *("5 enter", "5 t", "5 enter slash", "7 enter", "7 n", "7 d", "7 d n", "8 n", "9 enter"),
    *("ctrl+g", "1 enter ctrl+g", "1 enter f7 enter", "colon h i s enter", "colon s y n c enter"),
    "colon s i g n i n enter",
)
"""Keys to the places that are many steps away."""
_SIZES = ((20, 5), (200, 60), (80, 24), (120, 40), (40, 10), (160, 45), (89, 12))
_LETTERS = "abdehjklmnoprstuvxyDGHJKMRSTUVX0123456789[]{}/?.,:-"


@dataclass(frozen=True)
class Step:
    """`what` depends on `does`; `turns` of the event loop follow it."""

    does: str
    what: Any = None
    turns: int = STILL


def writable(app: Any) -> bool:
    """Whether what is typed now goes into a mail."""
    place, field = app.place, app.focused
    return (
        isinstance(place, BlockPlace)
        and app.screen is place
        and not place.session.read_only
        and isinstance(field, Input | TextArea)
        and _of_the_mail(field)
    )


def _of_the_mail(field: Widget) -> bool:
    """Fields that take any words."""
    rows = [row for row in field.ancestors if isinstance(row, FieldRow)]
    return field.id in ("subject", "preheader") or any(row.spec.kind in ("prose", "line") for row in rows)


class Dice:
    """Throws the next step."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._letter = 0xAC00

    def next(self, game: Game) -> Step:
        if not game.taken:
            return Step("slow", self._dice.random() < 0.6)
        if len(game.taken) == 1:
            return self._way(game)
        kinds = {
            self._burst: 50,
            self._line: 3,
            self._way: 6,
            self._glance: 8,
            self._write: 14,
            self._weather: 12,
            self._surroundings: 12,
        }
        return self._dice.choices(list(kinds), list(kinds.values()))[0](game)

    def _turns(self) -> int:
        return self._dice.choice((0, 0, 1, 2, 3, 5, 8, 13, STILL, STILL, STILL, STILL))

    def _keys(self, game: Game) -> Iterable[str]:
        app = game.app
        unwanted = _NOT_OFTEN if isinstance(app.screen, Place) and app.place.SCOPE else {"ctrl+q", "ctrl+c"}
        bound = [key for key in app.screen.active_bindings if key not in unwanted]
        for _ in range(self._dice.choice((1, 1, 1, 2, 3, 5))):
            pool = self._dice.choices((bound or MOVES, _ANYTHING, _LETTERS), (5, 4, 1))[0]
            yield self._dice.choice(pool)

    def _way(self, _: Game) -> Step:
        between = self._dice.choice((0, 2, STILL, STILL))
        keys = [*["escape"] * self._dice.randrange(3), *self._dice.choice(_WAYS).split()]
        return Step("press", [(key, between) for key in keys], self._turns())

    def _glance(self, game: Game) -> Step:
        """Open something, say yes to something, and leave at once."""
        ways = [*self._keys(game)], ["tab", "enter"], ["enter"], self._dice.choice(_WAYS).split()
        keys = [*self._dice.choice(ways), *["escape"] * self._dice.choice((1, 1, 2))]
        return Step("press", [(key, self._turns()) for key in keys], self._turns())

    def _burst(self, game: Game) -> Step:
        return Step("press", [(key, self._turns()) for key in self._keys(game)], self._turns())

    def _line(self, _: Game) -> Step:
        line = self._dice.choice(_LINES)
        keys = ["colon", *line, self._dice.choice(("enter", "enter", "enter", "escape"))]
        between = self._dice.choice((0, 0, 2, STILL))
        return Step("press", [(key, between) for key in keys], self._turns())

    def _write(self, game: Game) -> Step:
        if self._dice.random() < 0.2:
            return Step("paste", self._dice.choice(list(PASTED)), self._turns())
        if not writable(game.app) and isinstance(game.app.screen, BlockPlace) and self._dice.random() < 0.7:
            return Step("press", [(self._dice.choice(("enter", "tab", "tab", "end", "down")), STILL)])
        begin, self._letter = self._letter, self._letter + 6
        return Step("write", "".join(map(chr, range(begin, begin + 6))))

    def _weather(self, _: Game) -> Step:
        dice = self._dice
        what = dice.choice(("server", "slow", "slow", "answers", "answers", "disk"))
        value = {
            "server": dice.choice(("fine", "fine", "offline", "refuse", "signed_out")),
            "slow": dice.random() < 0.7,
            "answers": (dice.choice((1, 1, 2, 9)), dice.random() < 0.5),
            "disk": dice.random() < 0.4,
        }[what]
        return Step(what, value, self._turns())

    def _surroundings(self, _: Game) -> Step:
        dice = self._dice
        what = dice.choice(("others", "others", "resize", "clock", "timers", "impatience"))
        value = {
            "others": (dice.choice(list(OTHERS)), dice.randrange(60)),
            "resize": dice.choice(_SIZES),
            "clock": dice.choice((0.2, 0.5, 1.0, 5.0, 61.0, 4_000.0)),
        }.get(what)
        return Step(what, value, self._turns())
