"""Whether a question is about a procedure of the catalogue: one chance, told by shares, which any catalogue has.

The coefficients come from tests/fit_procedures.py.
"""

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.catalogue import Catalogue
from knowledge.procedure_question import Asking
from knowledge.procedure_ranking import Candidate

_DATA = Path(__file__).parent / "data"
_FEW = 2


@cache
def _weights() -> Mapping[str, float]:
    found: Mapping[str, float] = json.loads((_DATA / "procedure-scope.json").read_text(encoding="utf-8"))
    return found


def chance(asking: Asking, found: Sequence[Candidate], catalogue: Catalogue) -> float:
    """Return how likely the best candidate is what was asked about, 0..1; 0 where nothing was found."""
    if not found:
        return 0.0
    total = sum(_weights().get(name, 0.0) * value for name, value in signs(asking, found, catalogue).items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def signs(asking: Asking, found: Sequence[Candidate], catalogue: Catalogue) -> dict[str, float]:
    """Return what was measured about the best candidate; shares lie in 0..1."""
    best = found[0]
    telling = asking.telling
    most = catalogue.rarity("") or 1.0  # of a syllable that stands nowhere
    weight = sum(catalogue.rarity(token.slip or token.folded) for token in telling) or 1.0
    unknown = sum(most for token in telling if not catalogue.texts_have(token.slip or token.folded))
    unnamed = sum(most for token in telling if not catalogue.names_have(token.slip or token.folded))
    strength = best.strength / most
    return {
        "bias": 1.0,
        "said": best.said,
        "said2": best.said * best.said,
        "named": best.named,
        "pairs": best.pairs,
        "strength": math.log1p(strength),
        "unknown": min(1.0, unknown / weight),
        "unnamed": min(1.0, unnamed / weight),
        "few": float(len(telling) <= _FEW),
        "none": float(not telling),
        "words": math.log1p(len(telling)),
        "aspect": float(bool(asking.aspects(best.names))),
        "framed": float(asking.framed),
        "said*strength": best.said * math.log1p(strength),
        "said*named": best.said * best.named,
        "pairs*strength": best.pairs * math.log1p(strength),
    }
