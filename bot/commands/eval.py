"""Score a file of labelled questions: first, offered, contains, refused, by kind."""

import argparse
import asyncio
import json
import time
from datetime import date
from pathlib import Path

from bot import clock
from bot.commands import Complaint, say
from bot.commands.ask import Reads
from bot.commands.sources import folder_library, store_library
from bot.settings import Settings
from knowledge import evaluation
from knowledge.evaluation import Labelled, Report
from knowledge.privacy import mask
from knowledge.texts import Question
from knowledge.vietnamese import tidy
from knowledge.workdays import today


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help='dòng {"question", "previous"?, "kind", "gold", "answer_has"}')
    parser.add_argument("--knowledge", type=Path, metavar="DIR", help="chỉ dùng tài liệu trong thư mục này")
    parser.add_argument("--no-dense", action="store_true", help="không dùng vectơ câu")
    parser.add_argument("--wrong", action="store_true", help="in từng câu chưa đúng")


def run(args: argparse.Namespace) -> int:
    settings = Settings()
    dense = settings.dense.enabled and not args.no_dense
    questions = _labelled(args.file)
    if args.knowledge:
        library: Reads = folder_library(args.knowledge, dense=dense)
    else:
        library = asyncio.run(store_library(settings, dense=dense, vectorise=True))
    day = today(clock.now())
    begun = time.perf_counter()
    marks = [evaluation.mark(row, library.ask(_asked(row, day))) for row in questions]
    spent = (time.perf_counter() - begun) * 1000 / max(1, len(marks))
    report = Report.of(marks)
    print(say.scores(sorted(report.kinds.items()), report.total))
    print(say.pace(spent))
    if args.wrong:
        for mark in marks:
            if not mark.right:
                print(mark.labelled.id, mark.labelled.kind, mark.labelled.gold, mark.labelled.question[:100])
    return 0


def _asked(row: Labelled, day: date) -> Question:
    return Question(mask(tidy(row.question)).text, day, previous=row.previous)


def _labelled(path: Path) -> list[Labelled]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise Complaint(say.no_file(path.name)) from None
    rows = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                rows.append(Labelled.of(json.loads(line)))
            except (ValueError, KeyError, TypeError):
                raise Complaint(say.bad_line(number)) from None
    return rows
