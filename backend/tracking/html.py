"""The few public pages: plain HTML that works without scripts, in any browser, for anyone."""

from html import escape

_STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32rem;margin:10vh auto;padding:0 1rem;"
    "color:#1f2937;background:#fff}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;"
    "background:#1d4ed8;color:#fff;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{color:#e5e7eb;background:#111827}}"
)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )


def ask_page(sender: str, address: str) -> str:
    """Asks before it acts, because mail scanners open every link. The form posts to its own address."""
    text = f"<p>{escape(sender)} will send no more mail to <strong>{escape(address)}</strong>.</p>"
    return _page("Unsubscribe?", f'{text}<form method="post"><button>Unsubscribe</button></form>')


def done_page(sender: str, address: str) -> str:
    """Also shown to those who come back."""
    text = f"{escape(sender)} will send no more mail to <strong>{escape(address)}</strong>."
    return _page("You are unsubscribed", f"<p>{text}</p>")


def sample_page() -> str:
    """Behind the link of a test mail."""
    return _page("This is a test mail", "<p>Its link would unsubscribe the person who got the real one.</p>")


def invalid_page() -> str:
    """Forged, cut off on the way, or of a contact that was deleted."""
    text = "The link may have been cut off. Open it from the mail itself, or answer the mail and ask."
    return _page("This link is not valid", f"<p>{text}</p>")
