import pytest

from knowledge.tabled import in_words

COVER = (
    "SỔ TAY CHẤT LƯỢNG\n| Người viết | Người kiểm tra\nHọ và tên | Trần Hồng Minh | Phan Thị Thu Cúc\nKý | |\nHết bảng"
)


def test_a_table_is_read_aloud_row_by_row() -> None:
    assert in_words(COVER).split("\n") == [
        "SỔ TAY CHẤT LƯỢNG",
        "Họ và tên – Người viết: Trần Hồng Minh; Người kiểm tra: Phan Thị Thu Cúc",
        "Ký: –",
        "Hết bảng",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1 | Cấp mới | 5 ngày\n2 | Cấp lại | 3 ngày", "1; Cấp mới; 5 ngày\n2; Cấp lại; 3 ngày"),
        ("| Cấp mới | 5 ngày\n2 | Cấp lại | 3 ngày", "Cấp mới; 5 ngày\n2; Cấp lại; 3 ngày"),
        ("| Cấp mới | Lệ phí\n2 | Cấp lại", "Cấp mới; Lệ phí\n2; Cấp lại"),
        ("| Người viết | Người duyệt", "Người viết; Người duyệt"),
    ],
    ids=["the middle of a table", "a merged cell", "a row of another width", "a head alone"],
)
def test_what_may_be_no_head_names_no_column(rows: str, said: str) -> None:
    assert in_words(rows) == said


@pytest.mark.parametrize("text", ["", "Một dòng.\n\n- a/b|c", "và|hoặc"])
def test_what_is_no_table_stays_as_it_is(text: str) -> None:
    assert in_words(text) == text
