"""What `troly` can do: one module a command, and its line in this list."""

import html
from collections.abc import Callable

from knowledge.wording import Words

COMMANDS = {
    "demo": "Chạy thử trên máy này với dữ liệu mẫu (không cần mạng, không cần token)",
    "serve": "Chạy dịch vụ: trang trò chuyện và các kênh đã cấu hình",
    "worker": "Gửi thông báo, bên cạnh troly serve (chạy được nhiều tiến trình)",
    "ask": "Hỏi một câu, hoặc nhiều câu từ đầu vào chuẩn (--jsonl)",
    "learn": "Đọc tài liệu và lập dự thảo chờ kiểm tra, phê duyệt",
    "documents": "Danh mục tài liệu: list, show, check, approve, suspend, resume, withdraw",
    "law": "Văn bản pháp luật và tình trạng: list, set",
    "import": "Nhập từ tệp: import procedures|dossiers FILE [--dry-run]",
    "template": "Tạo tệp mẫu để điền rồi nhập: template procedures|dossiers FILE.xlsx",
    "dossiers": "Hồ sơ: pin (mã PIN, mã QR của giấy tiếp nhận), sample (chọn mẫu đánh giá), imports",
    "people": "Người dùng: add, list, link, leave, reach",
    "calendar": "Lịch làm việc: list, show, due, propose, set, confirm, remove",
    "outbox": "Thông báo đang chờ hoặc bị lỗi, và lý do: --state, --retry, --cancel",
    "preview": "Xem lời văn của một loại thông báo: preview KIND --channel …",
    "tick": "Chạy thử thông báo tại một thời điểm, chỉ trên dữ liệu mẫu: --at MOMENT",
    "db": "Cơ sở dữ liệu: upgrade, current",
    "journal": "Nhật ký: seal, verify",
    "eval": "Chấm bộ câu hỏi có nhãn",
}


class Say:
    """The words of the command line: macros, without the escapes that only a page needs."""

    def __init__(self, stem: str = "bot/commands/words") -> None:
        self._stem = stem

    def __getattr__(self, name: str) -> Callable[..., str]:
        macro = getattr(Words(self._stem, "vi"), name)
        return lambda *given: html.unescape(str(macro(*given)))


say = Say()


class Complaint(Exception):  # noqa: N818  what is said to the person, not a fault of the program
    """The command cannot be done; the text says why and what to do next."""


def port(text: str) -> int:
    """Read a port from the command line. Raises ValueError, which argparse puts into words."""
    number = int(text)
    if not 0 <= number <= _LAST_PORT:
        raise ValueError(text)
    return number


_LAST_PORT = 65535
