"""The mails of the demo's sequences."""

from backend.demo.paper import footer, letter, picture, visit
from contract.blocks import Document, Heading, Text


def welcome_team() -> Document:
    """At once."""
    return letter(
        "Welcome to the long table, {{ first_name | friend }}",
        "How ordering for a whole team works.",
        Heading(text="Good to have you"),
        Text(
            text=(
                "Hello {{ first_name | there }},\n\nyour team's tea is taken care of: "
                "{{ seats | all your }} seats, one delivery each Monday, one bill a month."
            )
        ),
        visit("Choose your first box", "team/box"),
        footer("You get this because your team ordered from us."),
    )


def brewing_basics() -> Document:
    """Has no merge tag: the same for everyone."""
    return letter(
        "Two minutes, eighty degrees",
        "The only two numbers you need for green tea.",
        Heading(text="Brewing for twelve"),
        picture("big-pot.jpg", "A very large teapot on a long table"),
        Text(text="One spoon for each cup, one for the pot, and never boiling water on anything green."),
        footer("You get this because your team ordered from us."),
    )


def crumbs_for_meetings() -> Document:
    """Sells something."""
    return letter(
        "Cake makes meetings shorter",
        "Add a tray to the Monday box.",
        Text(
            text=(
                "Hello {{ first_name | there }},\n\nteams in {{ city | your town }} who add a tray of "
                "shortbread report **14 % fewer** follow-up meetings. (We counted at our own table.)"
            )
        ),
        visit("Add a tray", "team/trays"),
        footer("You get this because your team ordered from us."),
    )


def how_is_it_going() -> Document:
    """Asks for a reply."""
    return letter(
        "How is the tea, {{ first_name | team }}?",
        "One question, answered by replying to this mail.",
        Text(text="What should we change? Reply with one sentence; a person reads it."),
        footer("You get this because your team ordered from us."),
    )


def miss_you() -> Document:
    """First try."""
    return letter(
        "We kept your seat, {{ first_name | friend }}",
        "The one by the window.",
        Heading(text="It has been a while"),
        Text(
            text="Hello {{ first_name | there }},\n\nyour seat by the window in {{ city | Lisbon }} is free."
        ),
        visit("Come by", "visit"),
        footer(),
    )


def cup_on_us() -> Document:
    """Better than the first; in the draft it stands second, to be moved."""
    return letter(
        "The next cup is on us",
        "No code, no card: just say hello.",
        Text(
            text="Come in this week, the first cup is ours. Say {{ first_name | your name }} at the counter."
        ),
        visit("Opening hours", "visit#hours"),
        footer(),
    )


def last_word() -> Document:
    """Says goodbye, with the link that leaves as a tag in the text."""
    return letter(
        "Shall we stop writing?",
        "One click and we are quiet.",
        Text(
            text=(
                "If our letters are no longer for you, [leave here]({{ unsubscribe_url }}); no hard "
                "feelings. If they are, do nothing: the kettle is on."
            )
        ),
        footer(),
    )
