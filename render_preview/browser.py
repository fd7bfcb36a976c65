"""One local page that shows a mail as a desktop, a phone, a dark phone and plain text would.

The mail runs in sandboxed frames: no script, no form, no access to the page around it.
"""

from collections.abc import Iterable
from html import escape

from render_preview.lint import Finding
from render_preview.parts import Parts

_POLICY = "default-src 'none'; img-src https: http: data:; style-src 'unsafe-inline'"
_STYLE = """
body{margin:0;font:15px/1.5 system-ui,sans-serif;background:#e4e6ea;color:#16181d}
header{padding:16px 24px;background:#fff;border-bottom:1px solid #c9cdd4}
h1{margin:0;font-size:18px}header p{margin:0;color:#5b626d}
ul{margin:8px 0 0;padding-left:20px}.error{color:#a3141f}
main{display:flex;flex-wrap:wrap;gap:24px;padding:24px;align-items:flex-start}
figure{margin:0}figcaption{padding-bottom:6px;color:#444b55}
iframe{height:820px;border:1px solid #b4bac4;border-radius:8px;background:#fff}
.dark{color-scheme:dark}
pre{width:74ch;max-width:100%;margin:0;padding:16px;background:#fff;
border:1px solid #b4bac4;border-radius:8px;white-space:pre-wrap;overflow-wrap:anywhere}
"""


def _frame(caption: str, mail: str, width: int, scheme: str) -> str:
    return (
        f"<figure><figcaption>{caption}</figcaption>"
        f'<iframe class="{scheme}" title="{caption}" sandbox referrerpolicy="no-referrer" width="{width}" '
        f'srcdoc="{mail}"></iframe></figure>'
    )


def _findings(findings: Iterable[Finding]) -> str:
    items = [f'<li class="{finding.level}">{escape(finding.message)}</li>' for finding in findings]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def preview_page(parts: Parts, *, findings: Iterable[Finding] = ()) -> str:
    """The whole page as one string, to be written to a file and opened."""
    mail, subject = escape(parts.html, quote=True), escape(parts.subject)
    size = len(parts.html.encode()) / 1000
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>Preview: {subject}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{subject}</h1><p>{size:.1f} KB of 102 KB</p>{_findings(findings)}</header><main>"
        + _frame("Desktop", mail, 680, "light")
        + _frame("Phone", mail, 375, "light")
        + _frame("Phone, dark", mail, 375, "dark")
        + f"<figure><figcaption>Plain text</figcaption><pre>{escape(parts.text)}</pre></figure>"
        "</main></body></html>"
    )
