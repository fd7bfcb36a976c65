"""How fast mails are compiled, filled in, previewed and checked. Ratios come from one run on one machine.

    python -m bench.render

Every figure is CPU time, the median of many rounds; a pair takes turns, so that a noisy machine
disturbs both alike.
"""

import itertools
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

from contract.blocks import Document, load_document
from render_preview import html, inline, text
from render_preview.headers import MessageHeaders
from render_preview.lint import lint
from render_preview.parts import compile_parts
from render_preview.terminal import DESKTOP, PHONE, PreviewCache, render_document
from render_preview.wire import compile_message

HEADERS = MessageHeaders(from_address="news@example.com", from_name="Example", list_id="news.example.com")
DATE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
UNSUBSCRIBE = "https://mail.example.com/u/2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
CITIES = [f"Town {number}" for number in range(40)] + ["Köln", "Łódź", "東京"]
VALUES = {
    "first_name": "Zoë",
    "city": "Köln",
    "plan": "team",
    "contact_id": "184467",
    "company": "Example & Co",
}
PARAGRAPH = (
    "Dear {{ first_name | reader }}, the **autumn** issue is out, and it comes with *three* new guides for "
    "{{ company | your team }} in {{ city | your town }}. [Read on](https://example.com/a?c={{ contact_id }})"
    " or wait for the next one; either way, thank you for being with us on the {{ plan | free }} plan.\n\n"
    "The second paragraph is plain, as most are. It has a few lines of words, no marks and no tags at all."
)


def document(groups: int) -> Document:
    """`groups` times seven blocks, and a footer."""
    blocks: list[dict[str, object]] = []
    for number in range(groups):
        blocks += [
            {"type": "heading", "text": f"Part {number}: what is new, {{{{ first_name | reader }}}}"},
            {"type": "text", "text": PARAGRAPH},
            {"type": "image", "src": "https://example.com/i.png", "alt": "A street in {{ city | town }}"},
            {"type": "text", "text": PARAGRAPH, "bg": "tint"},
            {"type": "button", "label": "Read it", "href": "https://example.com/b?c={{ contact_id }}"},
            {"type": "divider"},
            {"type": "spacer"},
        ]
    blocks.append({"type": "footer", "text": "You asked for this mail.", "address": "1 High Street, Town"})
    subject = "News for {{ first_name | you }}"
    return load_document({"version": 1, "subject": subject, "preheader": "Three guides", "blocks": blocks})


def newsletter() -> Document:
    """A greeting, ten sections of prose, and links that carry the contact's id."""
    plain = " ".join(["The new guide shows each step with a picture, and what to do when it fails."] * 6)
    blocks: list[dict[str, object]] = [
        {"type": "heading", "text": "The autumn issue"},
        {"type": "text", "text": f"Dear {{{{ first_name | reader }}}},\n\n{plain}"},
    ]
    for number in range(10):
        link = f"https://example.com/{number}?c={{{{ contact_id }}}}"
        blocks += [
            {"type": "heading", "level": 2, "text": f"Section {number}"},
            {"type": "text", "text": f"{plain}\n\n{plain} [Read on]({link})."},
            {"type": "divider"},
        ]
    blocks.append({"type": "footer", "text": "You asked for this mail.", "address": "1 High Street, Town"})
    subject = "The autumn issue for {{ first_name | you }}"
    return load_document({"version": 1, "subject": subject, "preheader": "Ten guides", "blocks": blocks})


def timed(*works: Callable[[], object], rounds: int) -> list[float]:
    """Median milliseconds of each, measured in turns."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, times in zip(works, taken, strict=True):
            start = time.process_time()
            work()
            times.append((time.process_time() - start) * 1_000)
    return [statistics.median(times) for times in taken]


def forget_parsed() -> None:
    for cached in (inline.split_tags, inline.parse_inline, inline.parse_prose):
        cached.cache_clear()


def cold(work: Callable[[], object], rounds: int) -> float:
    """Median milliseconds with nothing parsed before."""
    times = []
    for _ in range(rounds):
        forget_parsed()
        times += timed(work, rounds=1)
    return statistics.median(times)


def recipient(number: int) -> dict[str, str]:
    """Names and cities repeat as they do in an audience; the id never does."""
    return {
        "first_name": f"Zoë {number % 400}",
        "city": CITIES[number % len(CITIES)],
        "plan": ("free", "team", "large")[number % 3],
        "contact_id": str(number),
        "company": f"Example & Co {number % 300}",
    }


def usual_way(subject: str, html_part: str, text_part: str) -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = "news@example.com", "ann@example.org", subject
    message["Message-ID"], message["List-Unsubscribe"] = "<abc@example.com>", f"<{UNSUBSCRIBE}>"
    message.set_content(text_part, cte="quoted-printable")
    message.add_alternative(html_part, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def wire(name: str, sample: Document) -> None:
    template = compile_message(sample, HEADERS)
    parts = compile_parts(sample).render(VALUES, unsubscribe_url=UNSUBSCRIBE)
    readers = [recipient(number) for number in range(4_000)]
    waiting = itertools.cycle(readers)

    def ours() -> bytes:
        values = next(waiting)
        number = values["contact_id"]
        return template.render(
            values,
            to=f"reader{number}@example.org",
            message_id=f"{number}@example.com",
            date=DATE,
            unsubscribe_url=UNSUBSCRIBE + number,
        ).message

    def hundred() -> None:
        for _ in range(100):
            ours()

    many, usual = timed(hundred, lambda: usual_way(parts.subject, parts.html, parts.text), rounds=60)
    one = many / 100
    slots = len(template.parts.html.slots) + len(template.parts.text.slots)
    print(f"{name}: {len(ours()) / 1000:.1f} KB with {slots} slots")
    print(f"  WireTemplate.render      {one * 1000:8.1f} us   ({1000 / one:,.0f}/s)")
    print(f"  EmailMessage.as_bytes    {usual * 1000:8.1f} us   ratio {usual / one:.0f}x   (goal 300x)")


def compiling() -> None:
    sample = document(3)
    count = len(sample.blocks)
    print(f"document of {count} blocks")
    for name, work, goal in (
        ("compile_message", lambda: compile_message(sample, HEADERS), "goal 3"),
        ("  html", lambda: html.render_html(sample), ""),
        ("  text", lambda: text.render_text(sample), ""),
        ("lint", lambda: lint(sample, known_fields=VALUES.keys()), "goal 5"),
    ):
        warm = timed(work, rounds=60)[0]
        print(f"  {name:<24} {cold(work, 60):6.2f} ms cold, {warm:6.2f} ms warm   {goal}")


def terminal() -> None:
    sample = document(3)
    cache = PreviewCache()
    render_document(sample, DESKTOP, VALUES, cache=cache)
    edits = iter(range(1_000_000))

    def edit() -> None:
        sample.blocks[1] = sample.blocks[1].model_copy(update={"text": f"{PARAGRAPH} {next(edits)}"})
        render_document(sample, DESKTOP, VALUES, cache=cache)

    changed = timed(edit, rounds=200)[0]
    whole = cold(lambda: render_document(sample, PHONE, VALUES), 40)
    print(f"  terminal, one edit       {changed:6.2f} ms   goal 2")
    print(f"  terminal, whole document {whole:6.2f} ms cold, {len(sample.blocks)} blocks")


if __name__ == "__main__":
    wire("newsletter", newsletter())
    wire("tags everywhere", document(4))
    compiling()
    terminal()
