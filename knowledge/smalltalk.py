"""Greetings, thanks, "who are you", goodbyes: met politely, if nothing else is asked."""

import re

from knowledge.texts import Smalltalk
from knowledge.vietnamese import fold

_WHO = (
    r"(?:ban|em|may|bot|tro ly|ad|cau|ai|day|minh|bac|anh|chi)(?: dang)? (?:la|ten(?: la)?) (?:ai|gi|nguoi hay may|nguoi that|robot|bot|may|con bot|ai the)|ten (?:em|ban|cau|bot) la gi|(?:ban|em|bot|tro ly|may)"
    r" (?:lam|giup|ho tro) (?:duoc )?(?:gi|nhung gi|duoc gi|viec gi)(?: duoc)?(?: cho (?:toi|minh|em))?|(?:ban|em) co the (?:lam|giup)(?: duoc)? (?:gi|nhung gi)|gioi thieu (?:ve )?(?:ban|em|ban than|minh)|who(?: a| ')?re you|who(?: are|r) (?:you|u)"
    r"|what are you|what can you do|are you (?:a )?(?:bot|robot|human|real)|what(?: is|s)? your name|introduce yourself|how can you help(?: me)?"
)
_THANKS = (
    r"(?:xin )?(?:cam|cam'|kam|camr) ?(?:on|un|ownn?)|thanks?(?: you)?(?: so much| very much| a lot)?|thank (?:you|u)|tks|thks|thx|tk u|many thanks|"
    r"biet on|da ta|tuyet voi|hay qua|tot qua|gioi qua|hieu roi|ro roi|ok(?:e|ie|ay|la)?|oki|vang|da"
)
_BYE = r"tam biet|(?:good ?)?bye(?: bye)?|bai bai|bb|hen gap lai|chao tam biet|see (?:you|ya)(?: later| again| soon)?|goodbye|good night|chuc ngu ngon|pp"
_HELLO = (
    r"xin (?:kinh )?chao|chao|kinh chao|alo+|a lo|hello+|helo+|hi+|hey+|hj|hii|hallo|lo|2|hế lô|he lo|he nho|good (?:morning|afternoon|evening|day)|"
    r"chao buoi (?:sang|trua|chieu|toi)|greetings|how are you|(?:ban|em) (?:co )?khoe (?:khong|ko|k|hong)|co ai (?:o )?(?:do|day) (?:khong|ko|k)|chuc (?:ban|em|moi nguoi)? ?(?:mot )?ngay (?:tot lanh|vui ve)"
)
_FILLER = (
    r"(?:em|anh|chi|ban|bac|co|chu|ong|ba|chau|con|minh|toi|moi nguoi|mn|ad|admin|bot|tro ly|shop|so|cong thuong|quy|co quan|cac|ca nha|there|all|everyone|team|sir|madam|a|e|c|ak|ah|"
    r"nhieu|rat nhieu|lam|nha|nhe|nhen|nghen|a|oi|ui|da|vang|vay|the|roi|z|ne|nhi|ha|qua|thoi|very|much|so|a lot|again|for|your|the|help|answer|my|friend|dear|and|va|voi|hihi|haha|hehe|ma|thi|day|luon|chut|co ho tro|"
    r"da giup(?: do)?|da tra loi|da ho tro|da huong dan|giup do|tra loi|ho tro|nhiet tinh)"
)
_KINDS = (
    (Smalltalk.WHO_ARE_YOU, re.compile(rf"\b(?:{_WHO})\b")),
    (Smalltalk.GOODBYE, re.compile(rf"\b(?:{_BYE})\b")),
    (Smalltalk.THANKS, re.compile(rf"\b(?:{_THANKS})\b")),
    (Smalltalk.GREETING, re.compile(rf"\b(?:{_HELLO})\b")),
)
_REST = re.compile(rf"\b{_FILLER}\b")
_NO_WORD = re.compile(r"[\W_]+")
_LONGEST = 200


def courtesy(plain: str) -> Smalltalk | None:
    """Return what kind of courtesy a text is, or None if it asks anything at all (or nothing that is known)."""
    rest = _NO_WORD.sub(" ", fold(plain)).strip()
    about: Smalltalk | None = None
    for kind, pattern in _KINDS:
        rest, found = pattern.subn(" ", rest)
        if found and about is None:
            about = kind
    return about if about and not _NO_WORD.sub("", _REST.sub(" ", rest)) else None
