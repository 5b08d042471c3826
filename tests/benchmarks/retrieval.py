"""Milliseconds per question and right place first, against rank_bm25, over the manual and any other passages.

    python -m tests.benchmarks.retrieval [--passages FILE] [--questions FILE] [--most N]

FILE: JSON lines, {"id", "title", "text"} and {"question", "gold"} (tests/calibrate.py). Both engines are asked in
the same run, in turns, for times on a shared machine differ by a factor of three from hour to hour: read the
ratio. Sentence vectors are off. rank_bm25 ranks whole passages by syllables; the Library does all it does for an
asker, quotation and verdict too.
"""

import argparse
import resource
import time
from pathlib import Path
from statistics import median

from rank_bm25 import BM25Okapi

from knowledge.library import Library
from knowledge.texts import Place, Question
from knowledge.vietnamese import syllables
from tests.calibrate import DAY, HERE, lines, manual, text_of


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--passages", type=Path)
    options.add_argument("--questions", type=Path)
    options.add_argument("--most", type=int, default=100)
    chosen = options.parse_args()
    texts = [manual()]
    asked = [row for row in lines(HERE / "data" / "questions-dev.jsonl") if row["gold"] and not row.get("previous")]
    if chosen.passages:
        rows = lines(chosen.passages)
        texts.append(text_of("more", "more", [Place(str(row["id"]), row["title"], row["text"]) for row in rows]))
    if chosen.questions:
        asked += lines(chosen.questions)[: chosen.most]
    started = time.perf_counter()
    library = Library(texts)
    built = time.perf_counter() - started
    places = [place for text in texts for place in text.places if place.text.strip()]
    plain = BM25Okapi([syllables(f"{place.title} {place.text}") for place in places])
    ours: list[float] = []
    theirs: list[float] = []
    right, plainly = 0, 0
    for row in asked:
        started = time.perf_counter()
        library.ask(Question(row["question"], DAY))
        between = time.perf_counter()
        scores = plain.get_scores(syllables(row["question"]))
        best = int(scores.argmax())
        theirs.append(time.perf_counter() - between)
        ours.append(between - started)
        ranked = library.ranked(Question(row["question"], DAY))
        right += ranked is not None and ranked.seen[0].window.place.id in row["gold"]
        plainly += places[best].id in row["gold"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(places)} places, {len(asked)} questions, built in {built:.1f} s, {memory:.0f} MB with both engines")
    print(f"library    p50 {1000 * median(ours):.1f} ms  first {right / len(asked):.3f}")
    print(f"rank_bm25  p50 {1000 * median(theirs):.1f} ms  first {plainly / len(asked):.3f}")
    print(f"{median(theirs) / median(ours):.1f} times as fast")


if __name__ == "__main__":
    main()
