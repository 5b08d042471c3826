"""Milliseconds per question and right place first, against rank_bm25, over the manual and thousands of other texts.

    python -m tests.benchmarks.retrieval [--portal FILE] [--passages FILE] [--questions FILE] [--most N]

FILE of `--portal`: JSON lines of the national public-service portal, in its own field names (ma_thu_tuc,
ten_thu_tuc, …): every procedure is one place, and questions are made of its name and one of its aspects. FILE of
`--passages`: JSON lines {"id", "title", "text"}; of `--questions`: {"question", "gold"}. Asked are the manual's own
questions (tests/data/questions-dev.jsonl), then at most N of the others; each kind has its own figures.

What is compared, in the same run and in turns, for times on a shared machine differ by a factor of three from hour to
hour (read the ratio): the Library with sentence vectors off, which does all it does for an asker, reading, repair,
quotation and verdict too; and rank_bm25 (BM25Okapi, syllables, title and text), which only ranks, once over the same
windows that the Library is cut into and once over whole texts.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import quantiles
from typing import Any

from rank_bm25 import BM25Okapi

from knowledge.library import Library
from knowledge.texts import Answer, Choices, ControlledText, Place, Question, Refusal
from knowledge.vietnamese import fold, syllables
from knowledge.windows import windows_of
from tests.calibrate import DAY, HERE, lines, manual, text_of

Row = Mapping[str, Any]
Engine = Callable[[str], str | None]  # from a question to the place ranked first
ASPECTS = {
    "trinh_tu_thuc_hien": ("{} làm theo các bước nào?", "trình tự {}"),
    "cach_thuc_thuc_hien": ("{} nộp ở đâu, bao lâu có kết quả?", "lệ phí {} bao nhiêu"),
    "thanh_phan_ho_so": ("{} cần giấy tờ gì?", "Hồ sơ {} gồm những gì?", "mẫu đơn {}"),
    "yeu_cau_dieu_kien": ("Điều kiện để {} là gì?", "ai được {}"),
    "co_quan_thuc_hien": ("Cơ quan nào giải quyết {}?", "{} nộp cho ai"),
    "ket_qua_xu_ly": ("Kết quả của {} là giấy gì?", "{} xong thì nhận được gì"),
    "can_cu_phap_ly": ("{} theo văn bản nào?",),
}
LONG = 8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--portal", type=Path)
    options.add_argument("--passages", type=Path)
    options.add_argument("--questions", type=Path)
    options.add_argument("--most", type=int, default=200)
    chosen = options.parse_args()
    texts = [manual()]
    asked: dict[str, Sequence[Row]] = {}
    asked["manual"] = [row for row in lines(HERE / "data" / "questions-dev.jsonl") if _alone(row)]
    if chosen.portal:
        portal = lines(chosen.portal)
        texts.append(text_of("portal", "Thủ tục hành chính", [_procedure(row) for row in portal]))
        asked["portal"] = list(_about(portal, chosen.most))
    if chosen.passages:
        places = [Place(str(row["id"]), row.get("title") or "", row["text"]) for row in lines(chosen.passages)]
        texts.append(text_of("more", "more", places))
    if chosen.questions:
        asked["more"] = [row for row in lines(chosen.questions) if _alone(row)][: chosen.most]
    compare(texts, asked)


def compare(texts: Sequence[ControlledText], asked: Mapping[str, Sequence[Row]]) -> None:
    """Ask every engine every question, in turns, and print the times and who was right."""
    before = _resident()
    cpu = time.process_time()
    library = Library(texts)
    print(f"library built in {time.process_time() - cpu:.1f} s of CPU, {_resident() - before:.0f} MB more")
    windows = [window for text in texts for window in windows_of(text)]
    whole = [place for text in texts for place in text.places if place.text.strip()]
    engines: dict[str, Engine] = {
        "library": lambda question: _first(library, question),
        "rank_bm25, windows": _plain([(one.place.id, f"{one.heading} {one.body}") for one in windows]),
        "rank_bm25, whole texts": _plain([(place.id, f"{place.title} {place.text}") for place in whole]),
    }
    print(f"{len(whole)} texts, {len(windows)} windows")
    for kind, rows in asked.items():
        spent: dict[str, list[float]] = {name: [] for name in engines}
        right = dict.fromkeys(engines, 0)
        for row in rows:
            for name, engine in engines.items():
                started = time.process_time()
                place = engine(row["question"])
                spent[name].append(1000 * (time.process_time() - started))
                right[name] += place in row["gold"]
        ours = _at(spent["library"], 50)
        print(f"{len(rows)} questions about: {kind} (times are of CPU)")
        for name, times in spent.items():
            middle = _at(times, 50)
            print(
                f"  {name:22}  p50 {middle:6.2f} ms  p95 {_at(times, 95):6.2f} ms  first {right[name] / len(rows):.3f}"
                f"  library {middle / ours:.1f} times as fast"
            )


def _first(library: Library, question: str) -> str | None:
    # What is ranked first counts, shown or not: rank_bm25 never refuses.
    match library.ask(Question(question, DAY)):
        case Answer(citations) | Choices(citations):
            return citations[0].place
        case Refusal(nearest, rejected):
            return next((cited.place for cited in (nearest, *rejected) if cited), None)
        case _:
            return None


def _plain(passages: Sequence[tuple[str, str]]) -> Engine:
    index = BM25Okapi([syllables(said) for _, said in passages])
    return lambda question: passages[int(index.get_scores(syllables(question)).argmax())][0]


def _alone(row: Row) -> bool:
    return bool(row["gold"]) and not row.get("previous")


def _procedure(row: Row) -> Place:
    said = [str(row[aspect]) for aspect in ASPECTS if row.get(aspect)]
    return Place(row["ma_thu_tuc"], row["ten_thu_tuc"], "\n".join(said))


def _about(portal: Sequence[Row], most: int) -> Iterator[Row]:
    """Yield questions about procedures as people ask: a part of the name, an aspect, every third without marks."""
    chance = random.Random(1)  # noqa: S311  the same questions in every run
    names: dict[str, list[str]] = {}
    for row in portal:
        names.setdefault(row["ten_thu_tuc"].casefold(), []).append(row["ma_thu_tuc"])
    for number, row in enumerate(chance.sample(portal, min(most, len(portal)))):
        name = row["ten_thu_tuc"].partition("(")[0].strip(" .") or row["ten_thu_tuc"]
        words = (name[0].lower() + name[1:]).split()
        kept = [word for word in words if len(words) < LONG or chance.random() > 0.15]
        aspect = chance.choice([aspect for aspect in ASPECTS if row.get(aspect)])
        said = chance.choice(ASPECTS[aspect]).format(" ".join(kept))
        yield {"question": fold(said) if number % 3 == 0 else said, "gold": names[row["ten_thu_tuc"].casefold()]}


def _at(times: Sequence[float], percent: int) -> float:
    return quantiles(times, n=100)[percent - 1]


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
