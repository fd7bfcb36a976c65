"""Reading the command line. Plain `handbill` is not parsed at all: the first paint is on the way."""

import argparse

from cli.verbs import VERBS, names

EXIT_CODES = (
    """exit codes: 0 done, 1 refused or failed, 2 usage, 3 offline, 4 conflict, 5 not signed in, 70 crash"""
)


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--server", metavar="URL", help="a team server; without it the embedded backend")
    parser.add_argument("--data-dir", metavar="DIR", help="where drafts and data are kept")


def _commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    demo = commands.add_parser("demo", help="open a lifelike demo workspace with its own mail catcher")
    demo.add_argument("--reset", action="store_true", help="start again from fresh demo data")
    backend = commands.add_parser("backend", help="the embedded backend")
    backend.add_argument("what", choices=["status", "stop"])
    backend.add_argument("--demo", action="store_true", help="of the demo workspace")
    serve = commands.add_parser("serve", help="run the backend in the foreground")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8025)
    serve.add_argument("--uds", metavar="PATH")
    serve.add_argument("--no-worker", action="store_true", help="do not send (with PostgreSQL workers do)")
    commands.add_parser("worker", help="send, beside other workers on one PostgreSQL")
    catcher = commands.add_parser("mailcatcher", help="a local SMTP server that stores what it gets")
    catcher.add_argument("what", nargs="?", choices=["run", "list", "show"], default="run")
    catcher.add_argument("key", nargs="?", help="the mail to show")
    catcher.add_argument("--smtp-port", type=int, default=1025)
    catcher.add_argument("--dir", metavar="DIR", help="the maildir; default: in the data folder")
    catcher.add_argument("--json", action="store_true")
    _administration(commands)
    _session(commands)
    _data(commands)
    _team(commands)
    for name in ("demo", "backend", "serve", "mailcatcher", "org", "backup", "restore"):
        commands.choices[name].add_argument("--data-dir", metavar="DIR", default=argparse.SUPPRESS)


def _administration(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    org = commands.add_parser("org", help="organisations (local administration)")
    org.add_argument("what", choices=["create"])
    org.add_argument("name")
    org.add_argument("--owner-email", required=True, metavar="E")
    org.add_argument("--password-stdin", action="store_true", required=True)
    org.add_argument("--json", action="store_true")
    user = commands.add_parser("user", help="users (local administration)")
    parts = user.add_subparsers(dest="what", metavar="add|password", required=True)
    add = parts.add_parser("add", help="make someone a member")
    add.add_argument("--org", required=True, metavar="ID")
    add.add_argument("--role", default="MEMBER", choices=["OWNER", "ADMIN", "MEMBER"])
    password = parts.add_parser("password", help="give someone a new password; the sessions of the user end")
    for command in (add, password):
        command.add_argument("--email", required=True, metavar="E")
        command.add_argument("--password-stdin", action="store_true", required=True)
        command.add_argument("--json", action="store_true")
    _database(commands)
    for name, words in (("backup", "copy the database into a file"), ("restore", "bring such a copy back")):
        safe = commands.add_parser(name, help=f"{words} (local administration)")
        safe.add_argument("file", metavar="FILE")
        safe.add_argument("--admin-url", metavar="URL", help="needed with PostgreSQL")
        safe.add_argument("--json", action="store_true")


def _database(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    database = commands.add_parser("db", help="the database (local administration)")
    parts = database.add_subparsers(dest="what", metavar="setup|status|upgrade", required=True)
    setup = parts.add_parser("setup", help="prepare a PostgreSQL: roles, policies, schema")
    upgrade = parts.add_parser("upgrade", help="bring the schema up to date")
    setup.add_argument("--admin-url", required=True, metavar="URL")
    upgrade.add_argument("--admin-url", metavar="URL", help="needed with PostgreSQL")
    for command in (setup, upgrade):
        command.add_argument(
            "--passwords-stdin", action="store_true", help="a line for each of the two roles"
        )
    status = parts.add_parser("status", help="the version of the schema")
    status.add_argument("--json", action="store_true")


def _session(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    login = commands.add_parser("login", help="sign in to a team server")
    login.add_argument("--email", required=True, metavar="E")
    login.add_argument("--password-stdin", action="store_true", required=True)
    commands.add_parser("logout", help="sign out; drafts stay on this computer")
    whoami = commands.add_parser("whoami", help="who is signed in")
    whoami.add_argument("--json", action="store_true")
    sync = commands.add_parser("sync", help="what is not on the server yet, and bringing it there")
    sync.add_argument("what", choices=["status", "now"])
    sync.add_argument("--json", action="store_true")
    sync.add_argument("--demo", action="store_true", help="of the demo workspace")
    doctor = commands.add_parser("doctor", help="what this computer has, lacks or should mend")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--demo", action="store_true", help="of the demo workspace")
    for command in (login, commands.choices["logout"], whoami, sync, doctor):
        command.add_argument("--server", metavar="URL", default=argparse.SUPPRESS)
        command.add_argument("--data-dir", metavar="DIR", default=argparse.SUPPRESS)


def _on_server(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", noun: str
) -> argparse.ArgumentParser:
    verbs = names(noun)
    usages = " | ".join(VERBS[noun])
    command = commands.add_parser(noun, help=", ".join(verbs), epilog=f"handbill {noun} {usages}")
    command.add_argument("what", choices=verbs)
    command.add_argument("words", nargs="*", help="see below")
    command.add_argument("--json", action="store_true")
    command.add_argument("--demo", action="store_true", help="of the demo workspace")
    command.add_argument("--server", metavar="URL", default=argparse.SUPPRESS)
    command.add_argument("--data-dir", metavar="DIR", default=argparse.SUPPRESS)
    return command


def _team(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    suppressions = _on_server(commands, "suppressions")
    suppressions.add_argument("--find", metavar="TEXT", help="addresses with this in them")
    suppressions.add_argument("--reason", metavar="WORDS", help="such as bounced, unsubscribed, complaint")
    accounts = _on_server(commands, "accounts")
    for option in ("--host", "--user", "--from-name"):
        accounts.add_argument(option)
    accounts.add_argument("--from", dest="sender", metavar="ADDRESS")
    accounts.add_argument("--tls", choices=["none", "starttls", "implicit"])
    accounts.add_argument("--rate", type=float, metavar="N", help="mails per second; 0 = no limit")
    accounts.add_argument("--daily-cap", type=int, metavar="N", help="mails per day (UTC); 0 = no limit")
    accounts.add_argument("--lanes", type=int, metavar="N", help="connections at once")
    accounts.add_argument("--port", type=int)
    accounts.add_argument("--bounce-address", metavar="ADDRESS", help="where bounces come")
    accounts.add_argument("--algorithm", choices=["rsa", "ed25519"], help="of a new DKIM key")
    accounts.add_argument("--selector", metavar="NAME", help="of a new DKIM key")
    accounts.add_argument("--reason", metavar="WORDS", help="for pause: what the others shall know")
    accounts.add_argument("--password-stdin", action="store_true")
    _on_server(commands, "bounces")
    fields = _on_server(commands, "fields")
    fields.add_argument("--type", choices=["text", "number", "date", "bool", "choice"])
    fields.add_argument("--label", metavar="WORDS")
    fields.add_argument("--choice", action="append", metavar="WORDS", help="for the type choice")
    fields.add_argument("--on-preferences", choices=["yes", "no"], help="contacts change it themselves")
    audit = _on_server(commands, "audit")
    audit.add_argument("--target", metavar="TARGET", help="such as campaign/ID, contact/ID, user/ID")
    audit.add_argument("--limit", type=int, default=100, metavar="N", help="the newest N; 0 = all")
    members = _on_server(commands, "members")
    for rule in ("--members-may-send", "--needs-approval", "--track-opens", "--track-clicks"):
        members.add_argument(rule, choices=["yes", "no"], help="for rules")
    members.add_argument("--daily-cap", type=int, metavar="N", help="for rules: mails per day; 0 = no limit")
    members.add_argument(
        "--most-mails",
        type=int,
        metavar="N",
        help="for rules: mails to one contact within --days; 0 = no limit",
    )
    members.add_argument("--days", type=int, metavar="N", help="for rules: see --most-mails")
    members.add_argument(
        "--time-zone",
        metavar="NAME",
        help="for rules: the clock for contacts whose own zone is not known, such as Europe/Berlin; or none",
    )
    members.add_argument("--role", choices=["OWNER", "ADMIN", "MEMBER"], help="for an invitation")
    members.add_argument("--password-stdin", action="store_true", help="for accept")


def _data(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands on what the server holds; they take `--json` and, for the demo workspace, `--demo`."""
    for noun in ("contacts", "segments", "campaigns", "sequences"):
        _on_server(commands, noun)
    commands.choices["contacts"].add_argument("--map", action="append", metavar="COLUMN=FIELD")
    commands.choices["contacts"].add_argument("--dry-run", action="store_true")
    sequences = commands.choices["sequences"]
    _sequences(sequences)
    campaigns = commands.choices["campaigns"]
    campaigns.add_argument("--segment", metavar="ID")
    campaigns.add_argument("--name", metavar="NAME", help="for edit")
    campaigns.add_argument("--account", metavar="ID", help="the sending account; none = the default one")
    campaigns.add_argument("--at", metavar="TIME", help="such as 2026-12-01T09:00:00+01:00")
    campaigns.add_argument(
        "--each-zone", action="store_true", help="for schedule: at this time of day where each contact is"
    )
    campaigns.add_argument("--to", action="append", metavar="ADDRESS")
    campaigns.add_argument("--contact", metavar="ID", help="whose values a test mail or a preview has")
    for mailing in (campaigns, sequences):
        mailing.add_argument("--state", metavar="STATE", help="deliveries in this state")
        mailing.add_argument("--reason", metavar="WORDS", help="deliveries whose reason has these words")
        mailing.add_argument("--find", metavar="WORDS", help="deliveries with these in address or reason")
        mailing.add_argument("--not-delivered", action="store_true", help="deliveries that did not arrive")
        mailing.add_argument("--csv", action="store_true", help="deliveries as CSV")
        mailing.add_argument("--yes", action="store_true", help="resend really")


def _sequences(sequences: argparse.ArgumentParser) -> None:
    sequences.add_argument(
        "--overdue",
        choices=["send", "spread", "shift", "skip"],
        default="send",
        help="for resume: what was due meanwhile goes at once, over --hours, later by the pause, or not",
    )
    sequences.add_argument("--hours", type=float, default=24.0, metavar="N", help="for resume: see --overdue")
    sequences.add_argument(
        "--from",
        dest="since",
        metavar="TIME",
        help="for simulate: as if the contact entered then, such as 2026-12-01T09:00:00+01:00",
    )
    which = sequences.add_mutually_exclusive_group()
    which.add_argument("--published", action="store_true", help="for simulate: as people run it")
    which.add_argument("--draft", action="store_true", help="for simulate: as the draft says")
    sequences.add_argument(
        "--exit-on-leaving", choices=["yes", "no"], help="for settings: who left the segment"
    )
    sequences.add_argument(
        "--goal", metavar="ID", help="for settings: the segment that is the goal; none = no goal"
    )
    sequences.add_argument("--reenter-after", metavar="DAYS", help="for settings: days, or never")
    sequences.add_argument(
        "--window", metavar="WORDS", help='for settings: such as "mon-fri 9-17", or always'
    )
    sequences.add_argument(
        "--account", metavar="ID", help="for settings: the sending account; none = the default"
    )


class _Version(argparse.Action):
    """Looked up when asked for: that takes longer than reading the command line."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"handbill {version('handbill')}")
        parser.exit()


def parse(words: list[str]) -> argparse.Namespace:
    """The command line, with options before, between and behind the words of a command.

    argparse alone gives a command the words of the first row only: those behind an option came back unread.
    """
    parser = build_parser()
    options, unread = parser.parse_known_args(words)
    wrong = [word for word in unread if word.startswith("-")] if "words" in options else unread
    if wrong:
        parser.error(f"unrecognized arguments: {' '.join(wrong)}")
    if unread:
        options.words += unread
    return options


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="handbill",
        description="E-mail marketing from a terminal. Without a command: the client.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    _workspace(parser)
    _commands(parser)
    return parser
