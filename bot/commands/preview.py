"""Show what a kind of notification says, with sample facts: as sent, and whether the office's own words can be used."""

import argparse

from bot import clock
from bot.commands import Complaint, Say
from bot.settings import Settings
from knowledge.wording import plain, telegram, web
from notifications.kinds import KINDS
from notifications.words import LANGUAGES, Rendered, Wordings, faults_of

words = Say("bot/commands/telling")
NOBODY = "nobody@example.invalid"


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", metavar="KIND", help="không ghi: liệt kê các loại")
    parser.add_argument("--language", choices=LANGUAGES, default="vi")
    parser.add_argument("--channel", choices=("telegram", "web", "email"), help="đúng như gửi trên kênh này")


def run(args: argparse.Namespace) -> int:
    wordings = Wordings(Settings().notifications.words)
    wrong = wordings.problems(KINDS)
    if args.kind is None:
        for name, kind in sorted(KINDS.items()):
            print(words.a_kind(name, kind))
        print(words.wrong(wrong), end="")
        return 1 if wrong else 0
    if args.kind not in KINDS:
        raise Complaint(words.no_kind(args.kind, sorted(KINDS)))
    kind = KINDS[args.kind]
    sample = getattr(kind, "SAMPLES_ON", {}).get(args.channel, kind.SAMPLE)
    said = wordings.render(args.kind, kind, sample, args.language)
    print(_shown(said, args.channel, args.language))
    mine = {name: why for name, why in wrong.items() if name.startswith(f"{args.kind}.")}
    print(words.preview(args.kind, kind, said.version, faults_of(said)))
    print(words.wrong(mine), end="")
    return 1 if mine or faults_of(said) else 0


def _shown(said: Rendered, channel: str | None, language: str) -> str:
    buttons = "\n".join("  ".join(f"[{button['text']}]" for button in row) for row in said.buttons)
    match channel:
        case "telegram":
            return f"{telegram(said.html)}\n{buttons}"
        case "web":
            return f"{web(said.html)}\n{buttons}"
        case "email":
            return _letter(said, language)
        case _:
            return f"{said.subject}\n\n{plain(said.html)}\n\n{buttons}"


def _letter(said: Rendered, language: str) -> str:
    """Return subject and plain text of the letter as the mail server would be given it, to nobody."""
    from notifications.transports.email import Relay, compose  # noqa: PLC0415  only where it is used

    settings = Settings()
    given, page = settings.email, settings.web.public_url
    relay = Relay(given.host, given.port, given.sender or NOBODY, given.name or settings.office.name, page=page)
    letter = compose(relay, NOBODY, said.message(key="", language=language), clock.now())
    body = letter.get_body(("plain",))
    return f"Subject: {letter['Subject']}\n\n{body.get_content() if body else ''}"
