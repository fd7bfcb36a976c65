"""The few public pages: plain HTML that works without scripts, in any browser, for anyone."""

from html import escape

from backend.tracking.preferences import FIELD, Choice, Preferences
from contract.contacts import FieldType

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#566072;--page:#f3f4f6;--card:#fff;--line:#d5d9e0;
--mark:#1d4ed8;--on-mark:#fff;--good:#166534;--good-back:#dcfce7}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--soft:#a5afbf;--page:#10141b;--card:#1a2029;
--line:#39424f;--mark:#8ab4ff;--on-mark:#0b1020;--good:#bbf7d0;--good-back:#14331f}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:8vh 1rem 2rem;
font:17px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;color:var(--ink);background:var(--page)}
main{width:100%;max-width:30rem;background:var(--card);border:1px solid var(--line);border-radius:14px;
padding:2rem}
.from{margin:0 0 .25rem;color:var(--soft);font-size:.95rem}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 1rem}
form{margin:1.25rem 0 0}
label,legend{display:block;padding:0;font-weight:600;margin:0 0 .35rem}
fieldset{border:0;margin:0 0 1.25rem;padding:0}
.tick{display:flex;gap:.6rem;align-items:flex-start;font-weight:400;margin:0 0 .5rem}
.tick input{width:1.15rem;height:1.15rem;margin:.2rem 0 0;accent-color:var(--mark);flex:none}
input[type=text],input[type=date],select{width:100%;font:inherit;color:inherit;background:var(--page);
border:1px solid var(--soft);border-radius:8px;padding:.55rem .7rem;margin:0 0 1.25rem}
button{font:inherit;font-weight:600;padding:.65rem 1.3rem;border:1px solid var(--mark);border-radius:8px;
background:var(--mark);color:var(--on-mark);cursor:pointer}
button.quiet{background:transparent;color:var(--ink);border-color:var(--soft)}
:focus-visible{outline:3px solid var(--mark);outline-offset:2px}
.saved{background:var(--good-back);color:var(--good);border-radius:8px;padding:.6rem .8rem}
.apart{border-top:1px solid var(--line);margin-top:1.75rem;padding-top:1.25rem}
@media(max-width:24rem){main{padding:1.25rem}}
@media(forced-colors:active){button{border:2px solid}}
"""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
MAIL_HEADERS = HEADERS | {
    "Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; img-src http: https: data:; style-src 'unsafe-inline'; base-uri 'none'",
}
"""A mail is somebody's own HTML: it may show pictures, and is kept from doing anything else."""


def _page(title: str, body: str, sender: str = "") -> str:
    who = f'<p class="from">{escape(sender)}</p>' if sender else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{who}<h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def ask_page(sender: str, address: str) -> str:
    """Asks before it acts, because mail scanners open every link. The form posts to its own address."""
    text = f"<p>{escape(sender)} will send no more mail to <strong>{escape(address)}</strong>.</p>"
    return _page("Unsubscribe?", f'{text}<form method="post"><button>Unsubscribe</button></form>', sender)


def done_page(sender: str, address: str) -> str:
    """Also shown to those who come back."""
    text = f"{escape(sender)} will send no more mail to <strong>{escape(address)}</strong>."
    return _page("You are unsubscribed", f'<p role="status">{text}</p>', sender)


def _tick(choice: Choice) -> str:
    checked = " checked" if choice.value is True else ""
    name = escape(f"{FIELD}{choice.key}")
    box = f'<input type="checkbox" name="{name}" value="yes"{checked}>'
    return f'<label class="tick">{box}<span>{escape(choice.label)}</span></label>'


def _asked(choice: Choice) -> str:
    name = escape(f"{FIELD}{choice.key}")
    label = f'<label for="{name}">{escape(choice.label)}</label>'
    if choice.type is FieldType.CHOICE:
        return f'{label}<select id="{name}" name="{name}">{_options(choice)}</select>'
    kind = "date" if choice.type is FieldType.DATE else "text"
    value = escape("" if choice.value is None else str(choice.value))
    return f'{label}<input type="{kind}" id="{name}" name="{name}" value="{value}" maxlength="200">'


def _options(choice: Choice) -> str:
    listed = ["", *choice.options]
    chosen = choice.value or ""
    return "".join(
        f'<option value="{escape(option)}"{" selected" if option == chosen else ""}>'
        f"{escape(option) or 'No answer'}</option>"
        for option in listed
    )


def _ticks(choices: tuple[Choice, ...]) -> str:
    ticks = "".join(_tick(choice) for choice in choices if choice.type is FieldType.BOOL)
    return f"<fieldset><legend>What I would like to get</legend>{ticks}</fieldset>" if ticks else ""


def preferences_page(sender: str, found: Preferences, *, saved: bool = False) -> str:
    """One form for what is known of the person, another one for leaving or coming back."""
    note = '<p class="saved" role="status">Your preferences are saved.</p>' if saved else ""
    about = f"<p>For mail from {escape(sender)} to <strong>{escape(found.shown)}</strong>.</p>"
    name = (
        '<label for="name">Name</label><input type="text" id="name" name="name" autocomplete="name" '
        f'maxlength="200" value="{escape(found.name)}">'
    )
    asked = "".join(_asked(choice) for choice in found.choices if choice.type is not FieldType.BOOL)
    save = '<button name="act" value="save">Save</button>'
    form = f'<form method="post">{name}{_ticks(found.choices)}{asked}{save}</form>'
    return _page("Your preferences", note + about + form + _leaving(found), sender)


def _leaving(found: Preferences) -> str:
    if found.subscribed:
        button = '<button class="quiet" name="act" value="leave">Unsubscribe from everything</button>'
        words = ""
    elif found.may_return:
        button = '<button class="quiet" name="act" value="return">Subscribe again</button>'
        words = '<p role="status">You are unsubscribed: you get no mail.</p>'
    else:
        return '<div class="apart"><p role="status">No mail is sent to this address.</p></div>'
    return f'<div class="apart">{words}<form method="post">{button}</form></div>'


def sample_page() -> str:
    """Behind the link of a test mail."""
    return _page("This is a test mail", "<p>Its link would be about the person who got the real one.</p>")


def invalid_page() -> str:
    """Forged, cut off on the way, or of a contact that was deleted."""
    text = "The link may have been cut off. Open it from the mail itself, or answer the mail and ask."
    return _page("This link is not valid", f"<p>{text}</p>")


def nowhere_page() -> str:
    """What the contact's values make of the link is no address."""
    return _page("This link leads nowhere", "<p>The mail was sent with a link that has no address.</p>")


def gone_page() -> str:
    """A genuine link to a mail that is kept no more."""
    return _page("This mail is gone", "<p>It is not kept any more. The copy in your mailbox still is.</p>")
