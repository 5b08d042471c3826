"""Takes the signs of Markdown off a line and leaves its words: linear, where a full parser is not on open brackets."""

import html
import re

from knowledge.markup import Tag, tokens

_SIGN = re.compile(r"[\\`*_~\[<&]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_KEPT = re.compile("[\ue000-\ue07f]")  # private letters that stand for escaped signs meanwhile
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`\n]{1,2000})(?<!`)\1(?!`)")
_LINK = re.compile(
    r"!?\[([^\[\]]{0,1000})\]\(\s{0,3}<?[^()\s<>]{0,2000}(?:\([^()\s]{0,200}\))?>?(?:\s+\"[^\"]{0,300}\")?\s{0,3}\)"
)
_REFERENCE = re.compile(r"!?\[([^\[\]]{1,1000})\]\[[^\[\]]{0,300}\]")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_EMPHASIS = (
    re.compile(r"(\*{1,3})(?![\s*])([^*\n]{1,2000})(?<![\s*])\1"),
    re.compile(r"(?<!\w)(_{1,3})(?![\s_])([^_\n]{1,2000})(?<![\s_])\1(?!\w)"),
    re.compile(r"(~~)(?![\s~])([^~\n]{1,2000})(?<![\s~])\1"),
)


def words_of(line: str) -> str:
    """Return "**Điều 5.** [Thời hạn](x)" as "Điều 5. Thời hạn"."""
    if not _SIGN.search(line):  # most lines
        return line
    line = _ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1])), line)
    line = _CODE.sub(r"\2", line)
    line = _LINK.sub(r"\1", _LINK.sub(r"\1", line))  # twice: a picture may stand in a link
    line = _AUTOLINK.sub(r"\1", _REFERENCE.sub(r"\1", line))
    for emphasis in (*_EMPHASIS, *_EMPHASIS):  # twice: "**a *b* c**"
        line = emphasis.sub(r"\2", line)
    line = "".join(
        " " if isinstance(token, Tag) and token.name == "br" else "" if isinstance(token, Tag) else token
        for token in tokens(line)
    )
    return _KEPT.sub(lambda found: chr(ord(found.group()) - 0xE000), html.unescape(line))
