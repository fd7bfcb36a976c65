"""The commands of the editors: composer, sequence editor, preview and review."""

from tui.command import Command


def _blocks(scope: str) -> tuple[Command, ...]:
    """What can be done with blocks, wherever they are edited."""

    def one(verb: str, title: str, help: str, *keys: str, undoable: bool = False) -> Command:
        return Command(f"{scope}.{verb}", title, help, keys, undoable=undoable)

    return (
        one("edit", "Edit", "To the fields of the block.", "enter"),
        one("add", "Add block", "Choose a type and put a new block below.", "a", "insert"),
        one("leave", "Back to blocks", "From a field to the list of blocks; from there, back.", "escape"),
        one("down", "Move down", "The block changes places with the next one.", "J", "alt+down"),
        one("up", "Move up", "The block changes places with the one before.", "K", "alt+up"),
        one("duplicate", "Duplicate", "A copy of the block below it.", "y"),
        one("copy", "Copy", "Remember the block, for here or another mail.", "c"),
        one("cut", "Cut", "Remember the block and take it out.", "x", undoable=True),
        one("paste", "Paste", "Put the remembered block below.", "p"),
        one("fold", "Fold", "Fold what stands in columns or under a heading, or open it again.", "z"),
        one("fold_all", "Fold all", "Fold every section and all columns, or open them all.", "Z"),
        one("outside", "In your editor", "The words of the block in the editor that EDITOR names.", "e"),
        one("replace", "Find and replace", "Other words in the whole mail; one undo takes it back.", "R"),
        one("insert_snippet", "Insert snippet", "Blocks that were kept, put below.", "i"),
        one("save_snippet", "Save as snippet", "Keep the block, or the marked ones, for other mails.", "S"),
        one("delete", "Delete", "Take the block out; undo brings it back.", "D", "delete", undoable=True),
        one("undo", "Undo", "Take the last change back.", "u", "ctrl+z"),
        one("redo", "Redo", "Make the change again.", "ctrl+y", "ctrl+r"),
        one("preview", "Preview", "Show or hide the preview.", "f3"),
        one("device", "Phone / desktop", "Preview as a phone, a desktop, a dark phone, text, HTML.", "f4"),
        one("browser", "In the browser", "Desktop, phone, dark and text side by side.", "f10"),
        one("contact", "As contact", "Fill the merge tags with a contact's values, or show them.", "f6"),
        one("whom", "As whom", "Preview as a sample, a worst case, or a contact you find by name.", "w"),
        one("next", "Next contact", "Preview as the next contact.", "n", "ctrl+n"),
        one("before", "Contact before", "Preview as the contact before.", "N", "ctrl+b"),
        one("hold", "Settle", "Look at what waits for your decision.", "ctrl+g"),
        one("checks", "Checks", "What is wrong, or could be better; enter jumps there.", "f7"),
        one("fix", "Fix it", "Do what the chosen check proposes; undo takes it back.", "F", undoable=True),
    )


COMPOSER = (
    *_blocks("composer"),
    Command("composer.rename", "Rename", "Give the campaign another name.", ("f2",)),
    Command("composer.segment", "Segment", "Choose who gets it.", ("f5", "s")),
    Command("composer.account", "From", "Choose the account it leaves through.", ("A",)),
    Command("composer.send", "Send", "Review it, then send it now or at a time.", ("f9",)),
    Command("composer.unschedule", "Unschedule", "Take it back to a draft that can be changed.", ("f8",)),
    Command("composer.versions", "Versions", "What it said before, and who wrote it.", ("V",)),
    Command("composer.save_copy", "Save as copy", "A copy as a new draft, and open that.", ("C",)),
    Command("composer.save_template", "Save as template", "Keep the mail for others to start from.", ("T",)),
)

STEP = (
    *_blocks("step"),
    Command("step.delay", "Delay", "How long after the step before it this one goes out.", ("f5", "d")),
)

REVIEW = (
    Command(
        "review.send", "Send now", "Mail everyone in the audience; 10 seconds to undo.", ("S",), True, True
    ),
    Command("review.schedule", "Schedule", "Choose when it goes out.", ("t",), hint=True),
    Command("review.test", "Test mail", "Send it to addresses you name, marked [Test].", ("m",), hint=True),
    Command("review.account", "From", "Choose the account it leaves through.", ("f",), hint=True),
    Command("review.fix", "Jump to", "Go to the block the finding is about.", ("enter",), hint=True),
    Command("review.approve", "Approve", "Give your word, so that somebody else may send it.", ("A",)),
    Command("review.copies", "Copies", "Whose copy of the mail would break, and why.", ("c",), hint=True),
    Command("review.stop", "Stop looking", "Look at no more copies; what was found stays.", ("x",)),
    Command("review.reload", "Reload", "Ask the server again who would get it.", ("R",), hint=True),
    Command("review.unschedule", "Unschedule", "Take it back to a draft.", ("f8",)),
)

COPIES = (
    Command("copies.stop", "Stop looking", "Look at no more; what was found stays.", ("x",), hint=True),
)  # fmt: skip

VERSIONS = (
    Command("versions.restore", "Bring back", "Put it in the present one's place.", ("enter",), hint=True),
    Command("versions.rendered", "Rendered", "As written, or as the mail says it.", ("r",), hint=True),
    Command("versions.more", "More", "Older ones.", ("o",), hint=True),
    Command("versions.reload", "Reload", "Ask the server again.", ("R",)),
)

SEQUENCES = (
    Command("sequences.open", "Open", "Edit the steps.", ("enter",), hint=True),
    Command("sequences.new", "New", "Start a new sequence.", ("n",), hint=True),
    Command("sequences.duplicate", "Duplicate", "A copy of this sequence as a new draft.", ("y",), hint=True),
    Command("sequences.report", "Report", "What became of its mails and its people.", ("r",), hint=True),
    Command("sequences.mails", "Mails", "Who got them, who did not, and why.", ("d",)),
    Command("sequences.people", "People in it", "Who is in it, and where.", ("e",), hint=True),
    Command("sequences.filter", "Filter", "Show only lines with these words.", ("slash",), hint=True),
    Command("sequences.delete", "Delete", "Delete the draft; 10 seconds to undo.", ("D",), True, True, True),
    Command("sequences.history", "History", "Earlier texts of this one, to bring back.", ("H",)),
    Command("sequences.hold", "Settle", "Look at what waits for your decision.", ("ctrl+g", "ctrl+e")),
)

SEQUENCE = (
    Command("sequence.edit", "Edit mail", "Write the mail of this step.", ("enter",), hint=True),
    Command("sequence.add", "Add step", "A new mail after this one.", ("a", "insert"), hint=True),
    Command(
        "sequence.delay", "Delay", "How long after the step before it this one goes out.", ("d",), hint=True
    ),
    Command("sequence.activate", "Activate", "See what publishing would do, then do it.", ("f9",), hint=True),
    Command(
        "sequence.settings", "Settings", "When mails go, who leaves, who comes again.", ("S",), hint=True
    ),
    Command(
        "sequence.timemachine", "Time machine", "What one contact would get, and when.", ("t",), hint=True
    ),
    Command(
        "sequence.down", "Move down", "The step changes places with the next one.", ("J", "alt+down"), True
    ),
    Command("sequence.up", "Move up", "The step changes places with the one before.", ("K", "alt+up"), False),
    Command("sequence.duplicate", "Duplicate", "A copy of the step after it.", ("y",)),
    Command(
        "sequence.delete", "Delete", "Take the step out; undo brings it back.", ("D", "delete"), undoable=True
    ),
    Command("sequence.undo", "Undo", "Take the last change back.", ("u", "ctrl+z"), hint=True),
    Command("sequence.redo", "Redo", "Make the change again.", ("ctrl+y", "ctrl+r")),
    Command("sequence.rename", "Rename", "Give the sequence another name.", ("f2",)),
    Command("sequence.preview", "Preview", "Show or hide the mail beside the steps.", ("f3",)),
    Command("sequence.segment", "Segment", "Choose who enters it.", ("f5", "s"), hint=True),
    Command("sequence.pause", "Pause", "Freeze everyone in it where they are.", ("P",)),
    Command("sequence.resume", "Resume", "Let it run on.", ("r",)),
    Command("sequence.versions", "Versions", "What it said before, and who wrote it.", ("V",)),
    Command("sequence.people", "People in it", "Who is in it, and where.", ("e",), hint=True),
)

ENROLMENTS = (
    Command("enrolments.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)  # fmt: skip

SETTINGS = (
    Command("settings.change", "Change", "Give it another value.", ("enter",), hint=True),
    Command("settings.default", "Default", "As it is where nothing was said.", ("D", "delete"), hint=True),
    Command("settings.undo", "Undo", "Take the last change back.", ("u", "ctrl+z"), hint=True),
    Command("settings.redo", "Redo", "Make the change again.", ("ctrl+y", "ctrl+r")),
)

TIME_MACHINE = (
    Command("timemachine.contact", "Contact", "Choose for whom it is played.", ("c", "enter"), hint=True),
    Command("timemachine.enters", "From when", "As if the contact entered then.", ("f",), hint=True),
    Command(
        "timemachine.which", "Draft or live", "As the draft says, or as people run it.", ("d",), hint=True
    ),
    Command("timemachine.reload", "Reload", "Play it again.", ("R",), hint=True),
)

EDITORS: tuple[Command, ...] = (
    *COMPOSER, *STEP, *REVIEW, *COPIES, *VERSIONS, *SEQUENCES, *SEQUENCE, *ENROLMENTS,
    *SETTINGS, *TIME_MACHINE,
)  # fmt: skip
