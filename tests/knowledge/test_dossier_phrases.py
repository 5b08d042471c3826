"""What people type of dossiers is understood as they type it, and a question stays a question."""

import json
import time
from pathlib import Path

import pytest

from knowledge.dossier_phrases import Phrase, Wish, meant_by_citizen, meant_by_staff

DATA = Path(__file__).parent.parent / "data"

STAFF = {
    Wish.SOON: ("hs nao sap tre", "hồ sơ nào sắp trễ?", "co hs nao gan toi han ko", "ho so sap den han"),
    Wish.LATE: (
        *("hs nao tre", "phong minh tre may hs", "phòng mình trễ mấy hồ sơ", "phong minh tre bao nhiu hs r"),
        *("bao nhieu hs qua han", "so minh con may hs tre", "hồ sơ nào trễ hạn rồi"),
    ),
    Wish.WORK: ("hnay co viec j ko", "toi con may hs", "danh sach hs dang xu ly", "hs nao gap nhat"),
    Wish.SUPPLEMENTED: (
        *("0412 bo sung r", "0412 bổ sung rồi", "0412 da bo sung", "khach bo sung 0412 roi", "hs 0412 nop du roi"),
        *("dan da nop bo sung hs 0412", "H32.17-260226-000412 bo sung r"),
    ),
    Wish.IN_TIME: ("0412 kip", "0412 kip han nhe", "kịp hạn 0412"),
    Wish.NOT_IN_TIME: (
        "0412 chua kip",
        "0412 khong kip roi, xin gia han",
        "hs 0412 ko kip dau",
        "0412 chac tre",
        "0412 trễ mất rồi",
        "khong kip 0412",
    ),
    Wish.KNOWN: ("0412 biet roi", "da biet hs 0412", "ok 0412", "0412 ok"),
    Wish.SHOW: ("0412", "hs 0412 toi dau r", "0412 ai giu", "ai dang xu ly 0412", "0412 han ngay nao", "xem hs 0412"),
    Wish.HAND_ON: ("chuyen 0412 cho Lan", "0412 chuyen cho chị Hà", "chuyen cho Lan hs 0412"),
    Wish.APOLOGY: ("xin loi 0412", "văn bản xin lỗi hs 0412"),
    Wish.HISTORY: ("lich su 0412", "quá trình xử lý 0412"),
    Wish.NOTE: ("ghi chu 0412 cho y kien so xay dung",),
}
CITIZENS = {
    Wish.FORGOTTEN: (
        *("ko nho ma hs", "em quen ma ho so roi", "mat giay hen roi lam sao", "lam mat bien nhan"),
        *("khong con giay tiep nhan", "ma ho so nam o dau", "lam sao biet ma ho so"),
    ),
    Wish.STATUS_PERHAPS: (
        *("bao jo co giay", "bao giờ có giấy ạ", "khi nao co ket qua", "giay phep ban le ruou xong chua"),
        *("giay cua toi co chua", "chừng nào lấy được giấy", "nộp rồi mà chưa có kết quả"),
    ),
    Wish.STATUS: (
        *("hs cay xang toi dau r", "hồ sơ cây xăng tới đâu rồi", "hs cua em toi dau roi a", "hs xong chua"),
        *("hồ sơ đang ở phòng nào", "hs nop hom qua da tiep nhan chua", "ho so cua toi co dung hen khong"),
        *("sao hồ sơ của tôi lâu thế", "hồ sơ của tôi bị trễ rồi", "check hs giup minh"),
        *("ho so duyet chua vay", "cho hoi hs cua toi sao roi", "kiem tra ho so giup toi", "tien do hs"),
    ),
    Wish.PAPERS: ("hs con thieu gi khong", "can bo sung gi", "thieu giay to gi"),
    Wish.SUPPLEMENTED: ("toi bo sung roi", "da nop bo sung roi nhe", "0412 bo sung r"),
    Wish.FOLLOW: ("co ket qua bao em nhe", "khi nao xong bao toi", "theo doi giup em"),
}
QUESTIONS = (
    *("hồ sơ trễ hạn thì làm gì", "việc lưu hồ sơ do ai làm", "hồ sơ bị mất thì xử lý thế nào", "hồ sơ nào phải lưu"),
    *("thời hạn lưu hồ sơ là bao nhiêu năm", "mai co lam viec khong", "hồ sơ gồm những gì", "hồ sơ bị mất thì sao"),
    *("nộp hồ sơ ở đâu", "kết quả được trả ở đâu", "khi nào hồ sơ bị trả lại", "thời gian giải quyết hồ sơ bao lâu"),
    *("khi nao nop ho so", "lấy kết quả ở đâu", "may gio nhan ho so", "bao lau co giay phep", "khi nào cần giấy phép"),
    *("giấy phép bao lâu thì hết hạn", "hồ sơ bị trễ thì sao", "hồ sơ để ở đâu", "hồ sơ chuyển lên sở như thế nào"),
    *("thiếu giấy tờ thì có được bổ sung không", "giấy phép có thời hạn bao lâu", "nghị định 61 nói gì", "", "?"),
)


@pytest.mark.parametrize(("typed", "wish"), [(typed, wish) for wish, said in STAFF.items() for typed in said])
def test_staff_are_understood_as_they_type(typed: str, wish: Wish) -> None:
    phrase = meant_by_staff(typed)
    assert phrase is not None
    assert phrase.wish is wish
    assert phrase.which == ("0412" if "0412" in typed and "-" not in typed else "")


@pytest.mark.parametrize(("typed", "wish"), [(typed, wish) for wish, said in CITIZENS.items() for typed in said])
def test_citizens_are_understood_as_they_type(typed: str, wish: Wish) -> None:
    phrase = meant_by_citizen(typed)
    assert phrase is not None
    assert phrase.wish is wish


@pytest.mark.parametrize("typed", QUESTIONS)
def test_a_question_is_none_of_these(typed: str) -> None:
    assert (meant_by_staff(typed), meant_by_citizen(typed)) == (None, None)


def test_names_and_reasons_stay_as_they_were_typed() -> None:
    assert meant_by_staff("chuyển hs 0412 sang anh Hồng do quá tải") == Phrase(
        Wish.HAND_ON, "0412", "anh hong", "quá tải"
    )
    assert meant_by_staff("ghi chú 0412: gọi chủ hồ sơ 2 lần") == Phrase(Wish.NOTE, "0412", text="gọi chủ hồ sơ 2 lần")
    assert meant_by_citizen("hs cay xang toi dau r") == Phrase(Wish.STATUS, topic=("cay", "xang"))


def test_hardly_a_question_to_the_documents_is_taken_for_one_about_a_dossier() -> None:
    asked = [
        json.loads(line)["question"]
        for file in DATA.glob("questions-*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    assert len(asked) > 1000
    assert [one for one in asked if meant_by_staff(one)] == []
    taken = [one for one in asked if (phrase := meant_by_citizen(one)) and phrase.wish is not Wish.STATUS_PERHAPS]
    assert len(taken) <= 1, taken  # "hồ sơ của tôi nộp tuần trước tới đâu rồi" is one


def test_a_long_text_takes_no_time() -> None:
    begun = time.process_time()
    for text in ("ho so " * 65, "a" * 399, "0412 " * 79, "giay toi dau " * 30, "chuyen 0412 cho " + "lan " * 90):
        meant_by_staff(text)
        meant_by_citizen(text)
    assert time.process_time() - begun < 1
