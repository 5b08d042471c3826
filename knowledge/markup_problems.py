"""Says what is wrong with a piece of HTML, before a channel does. The programs and the tests ask the same questions."""

import html
import re

from knowledge.markup import BLOCKS, INLINE, LISTS, SUBSET, Tag, good_href, raw_tokens

_TELEGRAM = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote", "a"})
_ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_LOOSE = re.compile(r"&(?![A-Za-z][A-Za-z0-9]{1,31};|#\d{1,7};|#x[0-9a-fA-F]{1,6};)")
LONGEST_MESSAGE = 4096  # UTF-16 units, once the tags are read


def is_subset(source: str) -> list[str]:
    """Return what keeps a text from being our HTML subset, in words; [] when every channel can show it."""
    problems: list[str] = []
    open_: list[str] = []
    for token in raw_tokens(source):
        if isinstance(token, Tag):
            problems += _tag_problems(token, SUBSET) or _nesting_problems(token, open_)
            _follow(token, open_)
        else:
            if "<" in token:
                problems.append("a bare < in the text")
            if _LOOSE.search(token):
                problems.append("a bare & in the text")
            if open_ and open_[-1] in LISTS and token.strip():
                problems.append(f"text in <{open_[-1]}> outside <li>")
    return problems + [f"<{name}> is not closed" for name in open_]


def _tag_problems(tag: Tag, allowed: frozenset[str]) -> list[str]:
    if tag.name not in allowed:
        return [f"<{tag.name}> is not one of our tags"]
    problems = [f"attribute {name} on <{tag.name}>" for name, _ in tag.attributes if (tag.name, name) != ("a", "href")]
    if tag.name == "a" and not tag.closes and not good_href(dict(tag.attributes).get("href", "")):
        problems.append("a link without a good address")
    return problems


def _nesting_problems(tag: Tag, open_: list[str]) -> list[str]:
    name, inside = tag.name, open_[-1] if open_ else ""
    if tag.closes:
        return [] if inside == name else [f"</{name}> closes <{inside}>" if inside else f"</{name}> closes nothing"]
    problems = []
    if name == "li" and inside not in LISTS:
        problems.append("<li> outside a list")
    if name != "li" and inside in LISTS:
        problems.append(f"<{name}> in <{inside}> outside <li>")
    if name in BLOCKS and set(open_) & (INLINE | {"p", "pre"}):
        problems.append(f"<{name}> inside a line of text")
    if name in open_ and name in INLINE | {"blockquote"}:
        problems.append(f"<{name}> in <{name}>")
    if name != "br" and {"code", "pre"} & set(open_):
        problems.append(f"<{name}> in code")
    return problems


def _follow(tag: Tag, open_: list[str]) -> None:
    if tag.name == "br":
        return
    if not tag.closes:
        open_.append(tag.name)
    elif tag.name in open_:
        while open_.pop() != tag.name:
            pass


def telegram_problems(source: str) -> list[str]:
    """Return why Telegram would refuse a message in parse mode HTML; [] when it would not."""
    problems: list[str] = []
    open_: list[str] = []
    seen = ""
    for token in raw_tokens(source):
        if isinstance(token, Tag):
            problems += _tag_problems(token, _TELEGRAM) or _nesting_problems(token, open_)
            _follow(token, open_)
        else:
            problems += ["a bare < or > in the text"] * bool(re.search("[<>]", token))
            problems += ["an & that is no entity of Telegram's"] * bool(_ENTITY.search(token))
            seen += html.unescape(token)
    if len(seen.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_MESSAGE:
        problems.append(f"longer than {LONGEST_MESSAGE}")
    return problems + [f"<{name}> is not closed" for name in open_]
