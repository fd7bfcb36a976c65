"""The commands of app, lists and places; those of the editors are in `command_editors`."""

from tui.command import Command

APP = (
    Command("app.goto", "Go to", "Type a place, such as `campaigns status=draft`.", ("colon",), hint=True),
    Command("app.back", "Back", "Return to the place before.", ("minus", "escape")),
    Command(
        "app.help", "Help", "What can be done here, and with which key.", ("question_mark", "f1"), hint=True
    ),
    Command("app.palette", "Commands", "Search everything that can be done.", ("ctrl+p",)),
    Command("app.undo", "Undo deletion", "Bring back what was deleted in the last 10 seconds.", ("u",)),
    Command("app.campaigns", "Campaigns", "Mails to a segment.", ("1",)),
    Command("app.segments", "Segments", "Who gets what.", ("2",)),
    Command("app.contacts", "Contacts", "Everyone you may write to.", ("3",)),
    Command("app.sequences", "Sequences", "Mails with a delay between them.", ("4",)),
    Command("app.outbox", "Outbox", "What is scheduled and what is being sent.", ("5",)),
    Command("app.mailbox", "Mailbox", "Mails the local mail catcher took.", ("6",)),
    Command("app.accounts", "Sending accounts", "Through which servers mail leaves.", ("7",)),
    Command("app.suppressions", "Suppressions", "Addresses that are never written to.", ("8",)),
    Command("app.rules", "Sending rules", "Tracking, caps, approval, the default account.", ("9",)),
    Command("app.sync", "Sync status", "Where each document stands between here and the server."),
    Command("app.sync_now", "Sync now", "Push and pull at once.", ("ctrl+s",)),
    Command("app.history", "History", "Texts that were replaced or deleted, to bring back."),
    Command("app.signin", "Sign in", "Sign in to the team server."),
    Command("app.signout", "Sign out", "Sign out here; nothing typed is lost unless you say so."),
    Command("app.theme", "Light or dark", "Switch between the light and the dark theme."),
    Command("app.quit", "Quit", "Save what waits, and leave.", ("ctrl+q",)),
)

LIST = (
    Command("list.down", "Down", "One line down.", ("down", "j")),
    Command("list.up", "Up", "One line up.", ("up", "k")),
    Command("list.page_down", "Page down", "One page down.", ("pagedown", "ctrl+d")),
    Command("list.page_up", "Page up", "One page up.", ("pageup", "ctrl+u")),
    Command("list.top", "First", "To the first line.", ("home", "g")),
    Command("list.bottom", "Last", "To the last line.", ("end", "G")),
    Command("list.mark", "Mark", "Mark or unmark the line, and go to the next.", ("space",)),
    Command("list.unmark", "Unmark all", "Forget all marks.", ("U",)),
    Command("list.choose", "Open", "Open the line.", ("enter",)),
)

CAMPAIGNS = (
    Command("campaigns.open", "Open", "Edit the campaign.", ("enter",), hint=True),
    Command("campaigns.new", "New", "Start a new campaign.", ("n",), hint=True),
    Command("campaigns.from_template", "New from template", "Start with a mail that was kept.", ("t",)),
    Command("campaigns.duplicate", "Duplicate", "A copy of this campaign as a new draft.", ("y",), hint=True),
    Command("campaigns.report", "Report", "What became of it.", ("r",), hint=True),
    Command("campaigns.mails", "Mails", "Who got it, who did not, and why.", ("d",)),
    Command("campaigns.filter", "Filter", "Show only lines with these words.", ("slash",), hint=True),
    Command("campaigns.delete", "Delete", "Delete the draft; 10 seconds to undo.", ("D",), True, True, True),
    Command("campaigns.history", "History", "Earlier texts of this one, to bring back.", ("H",)),
    Command("campaigns.hold", "Settle", "Look at what waits for your decision.", ("ctrl+g", "ctrl+e")),
)

CONTACTS = (
    Command("contacts.open", "Details", "Show or hide the fields of the contact.", ("enter",), hint=True),
    Command("contacts.new", "Add", "Add a contact.", ("n",), hint=True),
    Command("contacts.filter", "Search", "Search addresses and names.", ("slash",), hint=True),
    Command("contacts.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)

SEGMENTS = (
    Command("segments.open", "Open", "Edit the segment and see its members.", ("enter",), hint=True),
    Command("segments.new", "New", "Start a new segment.", ("n",), hint=True),
    Command("segments.duplicate", "Duplicate", "A copy of this segment.", ("y",), hint=True),
    Command("segments.filter", "Filter", "Show only lines with these words.", ("slash",), hint=True),
    Command("segments.delete", "Delete", "Delete the segment; 10 seconds to undo.", ("D",), True, True, True),
    Command("segments.history", "History", "Earlier texts of this one, to bring back.", ("H",)),
    Command("segments.hold", "Settle", "Look at what waits for your decision.", ("ctrl+g", "ctrl+e")),
)

SEGMENT = (
    Command(
        "segment.complete", "Complete", "Finish the word at the cursor.", ("ctrl+@", "ctrl+n"), hint=True
    ),
    Command("segment.rename", "Rename", "Give the segment another name.", ("f2",), hint=True),
    Command("segment.members", "Filter / members", "Switch between filter and members.", ("f3",), hint=True),
    Command("segment.explain", "Why?", "Why is this contact in or out?", ("f4",), hint=True),
    Command(
        "segment.add", "Add", "Include contacts by address, whatever the filter says.", ("f5",), hint=True
    ),
    Command(
        "segment.remove", "Take out", "Take this contact out, whatever the filter says.", ("f8",), True, True
    ),
)

OUTBOX = (
    Command("outbox.open", "Mails", "Who got it, who did not, and why.", ("enter",), hint=True),
    Command("outbox.pause", "Pause", "Stop sending; those not yet sent wait.", ("p",), hint=True),
    Command("outbox.resume", "Resume", "Go on sending.", ("r",), hint=True),
    Command("outbox.unschedule", "Unschedule", "Take it back to a draft.", ("s",), hint=True),
    Command("outbox.undo", "Take back", "Take back what goes out within a minute.", ("u",)),
    Command("outbox.report", "Report", "What became of it so far.", ("t",), hint=True),
    Command("outbox.cancel", "Cancel", "End it for all who did not get it yet.", ("X",), True, True),
)

DELIVERIES = (
    Command("deliveries.missed", "Not delivered", "Everyone who did not get it.", ("n",), hint=True),
    Command("deliveries.state", "By state", "Show the next state that anybody is in.", ("s",), hint=True),
    Command("deliveries.everyone", "All", "Show everyone.", ("a",), hint=True),
    Command("deliveries.filter", "Search", "Search addresses and reasons.", ("slash",), hint=True),
    Command("deliveries.unsearch", "No words", "Take the search away, or go back.", ("escape",)),
    Command("deliveries.resend", "Send again", "Send the marked unknown mails again.", ("S",), True, True),
    Command("deliveries.resend_all", "All again", "Send all unknown mails again.", ("A",), False, True),
    Command("deliveries.export", "Export", "Write the list into a CSV file.", ("x",), hint=True),
    Command("deliveries.report", "Report", "What became of it so far.", ("t",)),
    Command("deliveries.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)

REPORT = (
    Command(
        "report.view",
        "Next view",
        "Over time, by link, by provider, why not.",
        ("v", "right"),
        hint=True,
    ),
    Command("report.view_back", "View before", "Back to the view before.", ("V", "left")),
    Command("report.mails", "Mails", "Who got it, who did not, and why.", ("m", "enter"), hint=True),
    Command("report.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)

ACCOUNTS = (
    Command("accounts.open", "Edit", "Change its settings.", ("enter",), hint=True),
    Command("accounts.new", "Add", "Add a sending account.", ("n",), hint=True),
    Command("accounts.test", "Test", "Try to sign in at its server.", ("t",), hint=True),
    Command("accounts.dkim", "DKIM", "Its keys, and what to publish for them.", ("d",), hint=True),
    Command("accounts.check", "Check", "What receivers find about its domain.", ("c",), hint=True),
    Command("accounts.pause", "Pause", "Let nothing leave through it.", ("p",), hint=True),
    Command("accounts.resume", "Resume", "Use it again, or try it again now.", ("r",), hint=True),
    Command("accounts.default", "Default", "Send through it where none is chosen.", ("b",)),
    Command("accounts.delete", "Remove", "Remove the account.", ("D",), True, True),
    Command("accounts.reload", "Reload", "Ask the server again.", ("R",)),
)

ACCOUNT = (Command("account.save", "Save", "Store the settings on the server.", ("f9",), hint=True),)

DKIM = (
    Command("dkim.new", "New key", "Make an RSA key, which everyone understands.", ("n",), hint=True),
    Command("dkim.new_ed25519", "New Ed25519", "Make a quicker key, beside an RSA one.", ("e",), hint=True),
    Command("dkim.copy", "Copy", "Copy the record to publish.", ("c",), hint=True),
    Command("dkim.activate", "Sign", "Sign with it, once its record is published.", ("a",), hint=True),
    Command("dkim.delete", "Remove", "Never sign with it again.", ("D",), True, True),
    Command("dkim.reload", "Reload", "Ask the server again.", ("R",)),
)

SUPPRESSIONS = (
    Command("suppressions.new", "Add", "Never write to an address again.", ("n",), hint=True),
    Command("suppressions.filter", "Search", "Search addresses.", ("slash",), hint=True),
    Command("suppressions.reason", "By reason", "Show only the next reason.", ("s",), hint=True),
    Command("suppressions.undo", "Undo", "Let this address be written to again.", ("x",), hint=True),
    Command("suppressions.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)

RULES = (
    Command("rules.change", "Change", "Change this rule for everyone.", ("enter",), hint=True),
    Command("rules.undo", "Undo", "Take back the last change made here.", ("u",), hint=True),
    Command("rules.reload", "Reload", "Ask the server again.", ("R",), hint=True),
)

MAILBOX = (
    Command("mailbox.open", "Read", "Move to the mail's text.", ("enter",), hint=True),
    Command("mailbox.source", "Text / HTML", "Switch between text and HTML source.", ("v",), hint=True),
    Command("mailbox.filter", "Filter", "Show only lines with these words.", ("slash",), hint=True),
    Command("mailbox.reload", "Reload", "Look for new mails.", ("R",), hint=True),
)

SYNC = (
    Command("sync.open", "Open", "Settle what waits for you.", ("enter",), hint=True),
    Command("sync.now", "Sync now", "Push and pull at once.", ("s",), hint=True),
    Command("sync.history", "History", "Earlier texts of this one, to bring back.", ("H",), hint=True),
    Command("sync.allow", "Let them go", "Delete here what was deleted on the server.", ("Y",), True, True),
    Command("sync.keep", "Keep them", "Keep here what was deleted on the server, and ask of each.", ("K",)),
    Command("sync.signin", "Sign in", "Sign in to the team server.", ("i",)),
    Command("sync.signout", "Sign out", "Sign out; drafts stay unless you say otherwise.", ("o",)),
)

CONFLICT = (
    Command("conflict.mine", "Mine", "Take what you wrote here.", ("m",), hint=True),
    Command("conflict.theirs", "Theirs", "Take what they wrote here.", ("t",), hint=True),
    Command("conflict.both", "Both", "Theirs and then yours.", ("b",), hint=True),
    Command("conflict.edit", "Write", "Write what it shall say.", ("e",), hint=True),
    Command("conflict.base", "As before", "Neither: as it was before, or take a merged change back.", ("r",)),
    Command("conflict.undo", "Undo", "Take the last decision back.", ("u",), hint=True),
    Command("conflict.all_mine", "All mine", "Take yours for every question.", ("M",)),
    Command("conflict.all_theirs", "All theirs", "Take theirs for every question.", ("T",)),
    Command("conflict.copy", "As a copy", "Theirs here, and yours as a copy of its own.", ("B",)),
    Command("conflict.result", "Result", "Show or hide what it becomes.", ("p", "f3"), hint=True),
    Command("conflict.accept", "Accept", "Store what was decided; it goes to the server.", ("A",), hint=True),
)

HISTORY = (
    Command(
        "history.restore", "Bring back", "Put this text in the place of the present.", ("enter",), hint=True
    ),
)

SIGN_IN = (Command("signin.go", "Sign in", "Ask the server.", ("f9",), hint=True),)

HOLD = (
    Command("hold.mine", "Keep mine", "Send what you wrote, over theirs.", ("M",), hint=True),
    Command("hold.theirs", "Take theirs", "Put theirs here; yours stays in the history.", ("T",), hint=True),
    Command("hold.both", "Keep both", "Theirs here, and yours as a copy.", ("B",), hint=True),
    Command("hold.export", "Export", "Write yours into a file that anybody can read.", ("x",), hint=True),
)

PLACES = (
    *APP, *LIST, *CAMPAIGNS, *CONTACTS, *SEGMENTS, *SEGMENT, *OUTBOX, *DELIVERIES, *REPORT, *ACCOUNTS,
    *ACCOUNT, *DKIM, *SUPPRESSIONS, *RULES, *MAILBOX, *SYNC, *HOLD, *CONFLICT, *HISTORY, *SIGN_IN,
)  # fmt: skip
