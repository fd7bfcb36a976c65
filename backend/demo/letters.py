"""The mails of the demo's campaigns: complete ones, one with faults to find, one that tries to misbehave."""

from backend.demo.paper import SITE, footer, letter, picture, rule, visit
from contract.blocks import Button, Document, Footer, Heading, Image, Text


def spring_offer() -> Document:
    """Complete, but nobody chose yet who gets it."""
    return letter(
        "A fresh pot for spring, {{ first_name | tea friend }}",
        "First-flush teas are in, and pro customers taste them first.",
        Heading(text="Spring is in the *kettle*", align="center"),
        picture("first-flush.jpg", "A glass pot of pale green tea beside a lemon tart"),
        Text(
            text=(
                "Hello {{ first_name | there }},\n\n"
                "the first-flush teas have arrived: light, grassy, and picked only **three weeks** ago. "
                "Until Sunday you get **20 % off** every tin, and we add a slice of lemon tart to each order "
                "that goes to {{ city | your town }}.\n\n"
                "Show this mail at the counter, or use the code `SPRINGPOT` at our "
                "[online shop](https://kettle-and-crumb.example/teas?from=spring)."
            )
        ),
        visit("Taste the first flush", "offers/spring"),
        rule(),
        Text(
            text="One more thing: our *sourdough evening* is on the last Friday of the month. Bring a jar.",
            size="s",
            align="center",
        ),
        footer(),
    )


def autumn_catalogue() -> Document:
    """Hardly begun: it shows what the checks before sending find."""
    return letter(
        "",
        "",
        Heading(text="Autumn catalogue"),
        Image(src="https://kettle-and-crumb.example/pictures/autumn.jpg"),
        Text(text="Dear {{ firstname }}, here is what we bake when the leaves fall. TODO: list of cakes"),
        Button(label="See the catalogue"),
        Footer(text="You get this because you asked for our letters."),
    )


def night_market() -> Document:
    """Brackets, emoji and right-to-left words: what people type is shown as typed, everywhere."""
    return letter(
        "[/] [b 🫖🍰 ערב טוב {{ first_name | שלום }} — مرحبا",
        "[red]not red[/red] and {{ not a tag }} and 👩‍🍳 🇵🇹 e\u0301",
        Heading(text="[/] Night market [b", level=2),
        Text(
            text=(
                "בשוק הלילה: תה, לחם וריבה. السوق الليلي: شاي وخبز ومربى.\n\n"
                "Square brackets [like these] and [/these] are only brackets. So are <b>these</b>, & that."
            )
        ),
        visit("[ Save a seat 🪑 ]", "night-market"),
        footer("Seen at the night market · 夜市でお会いしましょう"),
    )


def welcome_to_the_new_shop() -> Document:
    """Was sent three weeks ago."""
    return letter(
        "{{ first_name | Dear neighbour }}, our new shop is open",
        "Come in for a cup: the first one is on us this week.",
        Heading(text="The oven is warm"),
        picture("new-shop.jpg", "Our new shop at the corner, its door open, loaves in the window"),
        Text(
            text=(
                "After eleven years at the market hall we have a door of our own. There are **twelve "
                f"seats**, one long table, and a window to [watch the bread]({SITE}/oven) from.\n\n"
                "This week the first cup is on us. Just say {{ first_name | your name }} at the counter."
            )
        ),
        visit("How to find us", "visit"),
        Text(text=f"Too far? [Order a box]({SITE}/boxes) or [read how we moved]({SITE}/moving)."),
        rule(),
        footer(),
    )


def weekend_letter() -> Document:
    """Goes to everyone next week, unless someone unschedules it."""
    return letter(
        "Three things to bake this weekend",
        "A loaf, a tart, and what to do with the crumbs.",
        Heading(text="This weekend's oven"),
        Text(
            text=(
                "Hello {{ first_name | there }},\n\n"
                "**A loaf:** rye with caraway, slow and easy.\n\n"
                "**A tart:** plum, with the stones cooked into the syrup.\n\n"
                "**The crumbs:** toast them in butter and put them on everything."
            )
        ),
        visit("All three recipes", "recipes/weekend"),
        footer(),
    )
