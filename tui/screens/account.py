"""The settings of one sending account, all in sight. A password goes to the server and is never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from tui.commands import bindings
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.choice_field import ChoiceField

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.accounts import SendingAccount
    from sync.errors import ServiceError
    from tui.services import Services

TLS = ("starttls", "implicit", "none")
_WHOLE = {"port": 1, "lanes": 1, "dailyCap": 0}
"""Whole numbers and the least of each."""
_LIMITS = ("rate", "dailyCap")
"""None is 0 on the wire and an empty field here."""
FIELDS = (
    ("name", "Name", "what you call it"),
    ("host", "Server", "smtp.example.com"),
    ("port", "Port", "587, 465 or 25"),
    ("username", "User", "empty: no sign-in"),
    ("password", "Password", ""),
    ("fromName", "From, name", "The Bakery"),
    ("fromEmail", "From, address", "news@example.com"),
    ("bounceAddress", "Bounces to", "empty: to the sender"),
    ("rate", "Mails a second", "empty: no limit"),
    ("lanes", "Connections", "1 to 50"),
    ("dailyCap", "Mails a day", "empty: no limit"),
)
"""By their names on the wire."""


class AccountScreen(Place):
    """`account` None: a new one. `saved` hears of it as the server has it now."""

    SCOPE = "account"
    FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = bindings("account")
    DEFAULT_CSS = """
    AccountScreen #form { height: 1fr; max-width: 84; padding: 0 2; }
    AccountScreen .row { height: 1; margin-bottom: 0; }
    AccountScreen .row > Static { width: 18; color: $quiet; }
    AccountScreen #wrong { height: auto; color: $error; margin-top: 1; }
    """

    def __init__(
        self,
        services: Services,
        account: SendingAccount | None,
        saved: Callable[[SendingAccount], None],
    ) -> None:
        super().__init__(services)
        self._account = account
        self._saved = saved
        self._busy = False
        self._kept: list[str] = []

    @property
    def unsaved(self) -> str | None:
        if not self._kept or self._written() == self._kept:
            return None
        return f"The settings of “{self.crumb}” are not saved. F9 saves them."

    def _written(self) -> list[str]:
        return [*(field.value for field in self.query(Input)), self.query_one("#tls", ChoiceField).value]

    @property
    def crumb(self) -> str:
        return self._account.name if self._account else "New account"

    def body(self) -> ComposeResult:
        known: dict[str, Any] = self._account.model_dump(mode="json", by_alias=True) if self._account else {}
        given = {"port": "587", "lanes": "4"} | known | {name: known.get(name) or "" for name in _LIMITS}
        with VerticalScroll(id="form", can_focus=False):
            for name, title, hint in FIELDS:
                value = given.get(name, "")
                shown = f"{value:g}" if isinstance(value, float) else str(value)
                secret = name == "password"
                hint_now = "(unchanged)" if secret and self._account else hint
                with Horizontal(classes="row"):
                    yield Static(title, markup=False)
                    yield Input(shown, placeholder=hint_now, password=secret, id=name, select_on_focus=False)
                if name == "port":
                    with Horizontal(classes="row"):
                        yield Static("Encryption", markup=False)
                        yield ChoiceField(TLS, id="tls")
            yield Static("", id="wrong", markup=False)

    async def on_mount(self) -> None:
        if self._account:
            self.query_one("#tls", ChoiceField).show(self._account.tls)
        self._kept = self._written()

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip() or ("0" if name in _LIMITS else "")

    def _fault(self) -> tuple[str, str] | None:
        """The first field that cannot be taken, and why."""
        for name, words in (("name", "A name"), ("host", "A server"), ("fromEmail", "The sender's address")):
            if not self._value(name):
                return name, f"{words} is missing."
        for name, least in _WHOLE.items():
            text = self._value(name)
            if not (text.isascii() and text.isdigit() and int(text) >= least):
                title = next(title for key, title, _ in FIELDS if key == name)
                return name, f"{title}: a whole number, at least {least}."
        try:
            fits = float(self._value("rate")) >= 0
        except ValueError:
            fits = False
        return None if fits else ("rate", "Mails a second: a number such as 20 or 0.5.")

    def _settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {name: self._value(name) for name, _, _ in FIELDS if name != "password"}
        settings |= {name: int(settings[name]) for name in _WHOLE}
        settings |= {"rate": float(settings["rate"]), "tls": self.query_one("#tls", ChoiceField).value}
        if password := self.query_one("#password", Input).value:
            settings["password"] = password
        return settings

    def why_not(self, verb: str) -> str | None:  # noqa: ARG002  # there is one
        return "The server is being asked." if self._busy else None

    def on_input_submitted(self) -> None:
        self.focus_next()

    def do_save(self) -> None:
        if fault := self._fault():
            self.query_one(f"#{fault[0]}", Input).focus()
            self._say_wrong(fault[1])
            return
        self._busy = True
        self._say_wrong("")
        self.ask_server(self._save)

    async def _save(self) -> None:
        try:
            saved = await self.services.accounts.save(
                self._account.id if self._account else None, self._settings()
            )
        finally:
            self._busy = False
        self._kept = self._written()
        await self.app.run_action("command('app.back')")
        self._saved(saved)

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # there is one group
        self._say_wrong(str(error))

    def _say_wrong(self, words: str) -> None:
        self.query_one("#wrong", Static).update(plain(words))
