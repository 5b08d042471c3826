"""Names of procedures as people shorten, reword, misspell and embed them: by rule, never by what the program knows.

Two sets. On "development" weights were chosen and failures looked at; "final" has other wordings of the same kinds
and draws other procedures: only its totals are read.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.procedures import Aspect
from knowledge.vietnamese import fold

_BRACKETS = re.compile(r"\s*\([^()]*\)")
_OPENING = re.compile(r"^(?:thủ tục(?: hành chính)?\s*:?\s+)", re.IGNORECASE)
_TAIL = re.compile(
    r"\s+(?:thuộc thẩm quyền|theo quy định|đối với|trong trường hợp|do bị|quy định tại|trên địa bàn|theo|tại|của)\b.*$"
)
_SMALL = frozenset(
    [
        "của",
        "cho",
        "các",
        "và",
        "với",
        "đối",
        "trong",
        "theo",
        "về",
        "tại",
        "được",
        "bị",
        "do",
        "có",
        "những",
        "là",
        "để",
        "từ",
    ]
)

# As people say it: development | final.
_SAID: Mapping[str, Sequence[tuple[str, str]]] = {
    "development": (
        ("giấy chứng nhận", "chứng nhận"),
        ("giấy phép", "phép"),
        ("cấp lại", "làm lại"),
        ("cấp ", "xin "),
        ("doanh nghiệp", "công ty"),
        ("sửa đổi, bổ sung", "sửa đổi"),
        ("gia hạn", "xin gia hạn"),
        ("chấp thuận", "xin chấp thuận"),
        ("ủy ban nhân dân", "ubnd"),
        ("phê duyệt", "duyệt"),
        ("đăng ký", "đăng kí"),
        ("tổ chức tín dụng", "ngân hàng"),
    ),
    "final": (
        ("giấy chứng nhận", "giấy"),
        ("chứng chỉ", "giấy chứng chỉ"),
        ("cấp lại", "xin cấp lại"),
        ("cấp ", "làm "),
        ("thay đổi", "đổi"),
        ("giấy phép lái xe", "bằng lái"),
        ("thẻ căn cước", "căn cước công dân"),
        ("công nhận", "xin công nhận"),
        ("phương tiện", "xe, phương tiện"),
        ("hỗ trợ", "xin hỗ trợ"),
        ("doanh nghiệp", "cty"),
        ("quyền sử dụng đất", "sử dụng đất"),
    ),
}
_AROUND: Mapping[str, Sequence[str]] = {
    "development": (
        "{}",
        "thủ tục {}",
        "cho em hỏi về {}",
        "tôi muốn {}",
        "{} làm sao",
        "mình cần {}",
        "hỏi về thủ tục {} ạ",
    ),
    "final": (
        "{}",
        "TTHC {}",
        "anh chị cho hỏi thủ tục {}",
        "nhà tôi định {}",
        "xin tư vấn {}",
        "em đang cần {} thì sao ạ",
        "{} giúp với",
    ),
}
ASKED: Mapping[str, Mapping[Aspect, Sequence[str]]] = {
    "development": {
        Aspect.PAPERS: (
            "{} cần giấy tờ gì",
            "thành phần hồ sơ {}",
            "hồ sơ {} gồm những gì",
            "muốn {} phải chuẩn bị những gì",
        ),
        Aspect.TERM: (
            "{} mất bao lâu",
            "thời hạn giải quyết {}",
            "{} bao nhiêu ngày thì xong",
            "mấy ngày thì có kết quả {}",
        ),
        Aspect.FEE: ("lệ phí {} bao nhiêu", "{} tốn bao nhiêu tiền", "phí {} là bao nhiêu", "{} có mất phí không"),
        Aspect.FILING: (
            "nộp hồ sơ {} ở đâu",
            "cách nộp hồ sơ {}",
            "{} nộp qua mạng được không",
            "cách thức thực hiện {}",
        ),
        Aspect.STEPS: ("trình tự thực hiện {}", "các bước {}", "{} làm như thế nào", "quy trình {} ra sao"),
        Aspect.RESULT: ("kết quả của thủ tục {} là gì", "{} xong thì nhận được gì", "kết quả giải quyết {}"),
        Aspect.BASIS: ("căn cứ pháp lý của {}", "{} theo nghị định nào", "văn bản nào quy định {}"),
        Aspect.CONDITIONS: ("điều kiện {}", "{} có yêu cầu gì", "muốn {} phải đáp ứng điều kiện nào"),
        Aspect.APPLICANTS: ("ai được {}", "đối tượng thực hiện {}", "những ai phải {}"),
        Aspect.AUTHORITY: ("cơ quan nào {}", "ai ký {}", "cơ quan thực hiện {}", "đơn vị nào giải quyết {}"),
    },
    "final": {
        Aspect.PAPERS: (
            "{} thì nộp những giấy tờ nào",
            "bộ hồ sơ {} có gì",
            "cho xin danh mục hồ sơ {}",
            "đi {} mang theo giấy gì",
        ),
        Aspect.TERM: (
            "{} bao lâu có",
            "thời gian {} là mấy ngày làm việc",
            "xin hỏi {} bao giờ thì xong",
            "{} chờ lâu không",
        ),
        Aspect.FEE: ("{} hết bao nhiêu", "chi phí {}", "mức phí {} thế nào ạ", "{} có phải đóng lệ phí không"),
        Aspect.FILING: (
            "gửi hồ sơ {} qua bưu điện được không",
            "{} nộp chỗ nào",
            "hình thức nộp {}",
            "nộp online {} được ko",
        ),
        Aspect.STEPS: ("hướng dẫn {}", "{} gồm mấy bước", "quy trình giải quyết {}", "tôi phải làm gì để {}"),
        Aspect.RESULT: ("{} thì được cấp giấy gì", "kết quả thực hiện {}", "làm {} xong được trả kết quả gì"),
        Aspect.BASIS: ("cơ sở pháp lý {}", "luật nào quy định về {}", "{} căn cứ vào văn bản nào"),
        Aspect.CONDITIONS: ("yêu cầu, điều kiện để {}", "cần đáp ứng những gì để {}", "{} đòi hỏi điều kiện gì"),
        Aspect.APPLICANTS: ("đối tượng nào được {}", "{} áp dụng cho ai", "ai có thể {}"),
        Aspect.AUTHORITY: (
            "{} do cơ quan nào giải quyết",
            "thẩm quyền {} thuộc về ai",
            "ai có thẩm quyền {}",
            "cấp nào giải quyết {}",
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made from a name: the record it was made from, the aspect (if any), how it was made."""

    text: str
    procedure: str
    aspect: Aspect | None
    kind: str


def plain(name: str) -> str:
    """Return a name as it is spoken: without brackets and "Thủ tục", its first letter small."""
    said = " ".join(_OPENING.sub("", _BRACKETS.sub("", name)).split()).strip(" .;,:-") or name
    return said[:1].lower() + said[1:]


def _cut(name: str, chance: random.Random) -> str:
    said = plain(name)
    short = _TAIL.sub("", said)
    words = said.split()
    return short if len(short.split()) >= 4 else " ".join(words[: max(5, len(words) * 2 // 3)])


def _first(name: str, chance: random.Random) -> str:
    words = plain(name).split()
    return " ".join(words[: max(5, round(len(words) * chance.uniform(0.6, 0.8)))])


def _thinned(name: str, chance: random.Random) -> str:
    words = plain(name).split()
    kept = [word for word in words if word not in _SMALL and chance.random() > 0.12]
    return " ".join(kept if len(kept) >= 3 else words)


def _capitals(name: str, chance: random.Random) -> str:
    return plain(name).upper()


def _slipped(name: str, chance: random.Random) -> str:
    words = plain(name).split()
    for place in chance.sample(range(len(words)), k=max(1, len(words) // 7)):
        word = words[place]
        if len(word) > 2 and word.isalpha():
            at = chance.randrange(1, len(word) - 1) if len(word) > 3 else 1
            words[place] = chance.choice(
                (
                    word[:at] + word[at + 1 :],
                    word[:at] + word[at] + word[at:],
                    word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
                )
            )
    return " ".join(words)


def _turned(name: str, chance: random.Random) -> str:
    words = _cut(name, chance).split()
    at = len(words) // 2
    return " ".join([*words[at:], *words[:at]])


def reworded(which: str) -> Callable[[str, random.Random], str]:
    """Return what says a name in other words, those of one of the two sets."""

    def say(name: str, chance: random.Random) -> str:
        said = _cut(name, chance) if chance.random() < 0.5 else plain(name)
        for formal, common in _SAID[which]:
            if chance.random() < 0.8:
                said = re.sub(rf"\b{re.escape(formal)}" + ("" if formal.endswith(" ") else r"\b"), common, said)
        return said

    return say


def kinds(which: str) -> Mapping[str, Callable[[str, random.Random], str]]:
    """Return the ways in which a name is changed, by name."""
    ways: dict[str, Callable[[str, random.Random], str]] = {
        "whole": lambda name, _: name,
        "plain": lambda name, _: plain(name),
        "cut": _cut,
        "thinned": _thinned,
        "reworded": reworded(which),
        "slipped": _slipped,
    }
    return ways | ({"first": _first, "capitals": _capitals} if which == "development" else {"turned": _turned})


def questions(names: Mapping[str, str], aspects: Mapping[str, Sequence[Aspect]], which: str, each: int) -> list[Asked]:
    """Return `each` questions for every second name (other ones in each set), half of them about an aspect.

    `aspects`: what each procedure's record says anything of.
    """
    chance = random.Random(which)  # noqa: S311  the same questions every time
    made: list[Asked] = []
    ways = list(kinds(which).items())
    for number, (procedure, name) in enumerate(names.items()):
        if number % 2 != (which == "final"):
            continue
        for _ in range(each):
            kind, change = chance.choice(ways)
            said, aspect = change(name, chance), None
            if chance.random() < 0.6 and aspects[procedure]:
                aspect = chance.choice(list(aspects[procedure]))
                said = chance.choice(ASKED[which][aspect]).format(said)
            else:
                said = chance.choice(_AROUND[which]).format(said)
            if chance.random() < 0.4:
                kind, said = f"{kind}, no marks", fold(said)
            made.append(Asked(said, procedure, aspect, kind))
    return made
