"""Ask one question, or many as JSON lines, from the store or from a folder alone."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bot import clock
from bot.commands import Complaint, say
from bot.commands.sources import folder_library, store_library
from bot.office import office_of
from bot.settings import Settings
from handlers.answering import answer, at_the_right_door
from handlers.office import Office
from knowledge.denunciation import sounds_like_denunciation
from knowledge.privacy import mask
from knowledge.procedure_found import NothingSaid
from knowledge.shelves import Shelves
from knowledge.texts import Answer, Audience, Choices, Citation, Courtesy, Found, Question, Refusal
from knowledge.vietnamese import language_of, tidy
from knowledge.wording import plain
from knowledge.workdays import today


class Reads(Protocol):
    def ask(self, question: Question) -> Found: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of input: `id` comes back as it was given."""

    id: Any
    question: str
    previous: str | None = None


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", nargs="*", help="câu hỏi")
    parser.add_argument("--jsonl", action="store_true", help='đọc các dòng {"id", "question", "previous"?}')
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="chỉ dùng tài liệu trong thư mục này")
    parser.add_argument("--no-dense", action="store_true", help="không dùng vectơ câu")
    parser.add_argument("--staff", action="store_true", help="hỏi với tư cách cán bộ")
    parser.add_argument("--previous", help="câu hỏi của lượt trước")


def run(args: argparse.Namespace) -> int:
    text = " ".join(args.question).strip()
    if bool(text) == args.jsonl:
        raise Complaint(say.ask_how())
    settings = Settings()
    dense = settings.dense.enabled and not args.no_dense
    # A single question must not wait for vectors; a whole file is worth it.
    if args.knowledge:
        library = folder_library(args.knowledge, dense=dense and args.jsonl)
    else:
        library = asyncio.run(store_library(settings, dense=dense, vectorise=args.jsonl))
    desk = Counter(library, office_of(settings), Audience.STAFF if args.staff else Audience.PUBLIC)
    if not args.jsonl:
        print(desk.reply(Asked(None, text, args.previous))["text"])
        return 0
    for asked in _lines(sys.stdin):
        print(json.dumps(desk.reply(asked), ensure_ascii=False), flush=True)
    return 0


class Counter:
    """Where one question after the other is answered in plain text; nothing is recorded."""

    def __init__(self, library: Shelves, office: Office, audience: Audience) -> None:
        self._library = library
        self._office = office
        self._audience = audience

    def reply(self, asked: Asked) -> dict[str, Any]:
        """Return `{"id", "kind", "text", "citations", "ms"}`; `ms` is the time of the search alone."""
        text = mask(tidy(asked.question)).text
        if sounds_like_denunciation(tidy(asked.question)) and not self._plainly_named(asked.question):
            sayings = at_the_right_door(language=language_of(text), office=self._office)
            shown = "\n\n".join(plain(saying.html) for saying in sayings)
            return {"id": asked.id, "kind": "refusal", "text": shown, "citations": [], "ms": 0.0}
        begun = time.perf_counter()
        found = self._library.ask(self._question(text, asked))
        spent = round((time.perf_counter() - begun) * 1000, 2)
        day = today(clock.now())
        sayings = answer(found, language=found.language, office=self._office, question_id=None, day=day)
        return {
            "id": asked.id,
            "kind": kind_of(found),
            "text": "\n\n".join(plain(saying.html) for saying in sayings),
            "citations": [
                {"document": cited.document, "place": cited.place, "quote": cited.quote} for cited in cited_in(found)
            ],
            "ms": spent,
        }

    def _plainly_named(self, text: str) -> bool:
        return self._library.guide.plainly_named(tidy(text), today(clock.now()))

    def _question(self, text: str, asked: Asked) -> Question:
        previous = None if asked.previous is None else mask(tidy(asked.previous)).text
        return Question(text, today(clock.now()), audience=self._audience, previous=previous)


def kind_of(found: Found) -> str:
    match found:
        case Answer():
            return "answer"
        case Choices():
            return "choices"
        case Refusal():
            return "refusal"
        case Courtesy():
            return "smalltalk"


def cited_in(found: Found) -> tuple[Citation, ...]:
    match found:
        case Answer() | Choices():
            return found.citations
        case NothingSaid(nearest=nearest) if nearest:
            return (nearest,)  # the procedure is known; of this aspect its record says nothing
        case _:
            return ()


def _lines(source: Iterable[str]) -> Iterator[Asked]:
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield Asked(row.get("id"), str(row["question"]), row.get("previous") and str(row["previous"]))
        except (ValueError, KeyError, AttributeError, TypeError):
            print(say.bad_line(number), file=sys.stderr)
