"""Anything that may arrive as an update: every kind of content, broken text, other people's buttons, plain nonsense."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Json = dict[str, Any]

PEOPLE = st.sampled_from([7, 8, 9, 10])
GROUPS = st.sampled_from([-55, -1001234567890])
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.just([]))

# Surrogates too: a client may send half an emoji, and Python reads it from JSON without a word.
LETTERS = st.characters(codec=None)
HTML = st.sampled_from(
    [
        "<b>đậm</b>",
        "<script>alert(1)</script>",
        "&lt;&amp;&#0;&#xD800;&bogus;",
        "<a href='javascript:x'>a</a>",
        "</p></blockquote><p>",
        "<b><i></b></i>",
        "{{ 7*7 }}{% raw %}",
        "<" * 500,
    ]
)
SAID = st.sampled_from(
    [
        *(
            "hồ sơ bị mất thì sao",
            "lệ phí",
            "lưu hồ sơ",
            "xin chào",
            "what if a file is lost",
            "thế còn",
            "1",
            "2",
            "(3)",
        ),
        *(
            "/start",
            "/start gapcanbo",
            "/start " + "A" * 64,
            "/huy",
            "/trogiup",
            "/gapcanbo",
            "gửi",
            "đồng ý",
            "/phieu",
        ),
        *("/riengtu", "/ngonngu en", "/ngonngu vi", "/lienket", "/lienket x", "MFRA-2DUR-YYYY-Z23A-BCDE-FGH2-34", "/"),
        *(
            "cccd 056123456789",
            "0905123456",
            "a@b.vn",
            "tôi tố cáo ông Tám nhận hối lộ",
            "/hay 1",
            "/do 1",
            "/visao 1 sai",
        ),
        *(
            "/muc 1 0",
            "/chon 1 0",
            "/xyz",
            "/@",
            "/ /",
            "@troly",
            "/huy@other_bot",
            "xóa dữ liệu",
            "/nhan 1",
            "/dong 1",
        ),
    ]
)
LONG = st.builds(
    lambda text, count: (text * count)[:100_000], st.text(LETTERS, min_size=1, max_size=20), st.integers(1, 100_000)
)
WORDS = st.one_of(SAID, HTML, st.text(LETTERS, max_size=200), st.builds(str.__add__, SAID, HTML), LONG)
DATA = st.one_of(
    SAID,
    HTML,
    st.text(LETTERS, max_size=70),
    st.sampled_from(["#1.0", "#2.1", "#999999999999999999999.0", "#1.99999", "/muc 9223372036854775808 0", "/hay -1"]),
    st.none(),
)
FILE = st.just({"file_id": "f", "file_unique_id": "u"})
CONTENT: dict[str, SearchStrategy[Any]] = {
    **dict.fromkeys(("animation", "audio", "document", "sticker", "video", "video_note", "voice", "story"), FILE),
    "photo": st.lists(FILE, max_size=3),
    "contact": st.fixed_dictionaries({"phone_number": st.just("+84905123456"), "user_id": st.one_of(PEOPLE, ODD)}),
    "location": st.just({"latitude": 12.2, "longitude": 109.2}),
    "venue": st.fixed_dictionaries({"title": WORDS, "address": WORDS}),
    "poll": st.fixed_dictionaries({"id": st.just("1"), "question": WORDS, "options": st.just([])}),
    "dice": st.just({"emoji": "🎲", "value": 3}),
    "new_chat_title": WORDS,
    "pinned_message": ODD,
    "something_new": ODD,
}


def user(number: SearchStrategy[int] = PEOPLE) -> SearchStrategy[Json]:
    language = st.sampled_from(["vi", "en", "fr", "", "zh-hans"])
    return st.fixed_dictionaries(
        {"id": number, "is_bot": st.just(False), "first_name": st.text(LETTERS, max_size=9), "language_code": language}
    )


def private(number: int) -> Json:
    return {"id": number, "type": "private", "first_name": "Lan"}


@st.composite
def message(draw: Callable[[SearchStrategy[Any]], Any]) -> Json:
    author = draw(user())
    group = draw(st.integers(0, 5)) == 0
    chat = {"id": draw(GROUPS), "type": "supergroup", "title": "Nhóm"} if group else private(author["id"])
    said: Json = {"message_id": draw(st.integers(1, 10**6)), "date": 1, "from": author, "chat": chat}
    if draw(st.integers(0, 3)):
        said["text"] = draw(WORDS)
    else:
        kind = draw(st.sampled_from(sorted(CONTENT)))
        said |= {kind: draw(CONTENT[kind]), "caption": draw(WORDS)}
    for name, value in (
        ("forward_origin", st.fixed_dictionaries({"type": st.just("user"), "sender_user": user()})),
        ("reply_to_message", st.fixed_dictionaries({"message_id": st.just(1), "text": WORDS, "from": user()})),
        ("media_group_id", st.text(LETTERS, max_size=3)),
        ("entities", ODD),
    ):
        if not draw(st.integers(0, 7)):
            said[name] = draw(value)
    return said


@st.composite
def press(draw: Callable[[SearchStrategy[Any]], Any]) -> Json:
    author = draw(user())
    # Message ids as our own session gives them, so that some presses are of buttons that stand, in whoever's chat.
    under = {"message_id": draw(st.integers(1, 400)), "date": draw(st.integers(0, 1)), "chat": private(author["id"])}
    pressed = {"id": draw(st.integers(1, 10**9).map(str)), "from": author, "chat_instance": "c", "message": under}
    data = draw(DATA)
    return pressed | ({} if data is None else {"data": data})


@st.composite
def related(draw: Callable[[SearchStrategy[Any]], Any]) -> Json:
    author = draw(user())
    status = st.sampled_from(["member", "kicked", "left", "administrator", "restricted"])
    chat = draw(st.sampled_from([private(author["id"]), {"id": -55, "type": "group", "title": "Nhóm"}]))
    was, now = ({"status": draw(status), "user": {"id": 42}} for _ in range(2))
    return {"chat": chat, "from": author, "date": 1, "old_chat_member": was, "new_chat_member": now}


@st.composite
def spoilt(draw: Callable[[SearchStrategy[Any]], Any]) -> Json:
    """Return an update in which one field, somewhere, is not what it should be, or is not there."""
    update: Json = deepcopy(draw(sound))  # parts of it are the strategies' own
    place: Any = update
    while True:
        keys = sorted(key for key in place if key != "update_id") if isinstance(place, dict) else []
        if not keys:
            return update
        key = draw(st.sampled_from(keys))
        if not isinstance(place[key], dict) or draw(st.booleans()):
            if draw(st.booleans()):
                place[key] = draw(ODD)
            else:
                del place[key]
            return update
        place = place[key]


sound: SearchStrategy[Json] = st.one_of(
    st.fixed_dictionaries({"message": message()}),
    st.fixed_dictionaries({"message": message()}),
    st.fixed_dictionaries({"edited_message": message()}),
    st.fixed_dictionaries({"callback_query": press()}),
    st.fixed_dictionaries({"callback_query": press()}),
    st.fixed_dictionaries({"my_chat_member": related()}),
    st.fixed_dictionaries({"channel_post": message()}),
    st.fixed_dictionaries({"poll_answer": ODD}),
)
updates = st.one_of(sound, sound, sound, spoilt())
