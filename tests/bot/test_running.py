"""The program as a process: started as a user starts it, talked to over its socket, killed, started again."""

import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import aiohttp

from tests.bot.running import Running
from tests.web.tab import Frame, Tab

DEMO = ("demo", "--port", "0")
LAST_WORDS = "Dữ liệu được giữ lại"


def demo(folder: Path) -> Running:
    return Running(folder, *DEMO, until=LAST_WORDS)


def shown(frames: list[Frame]) -> str:
    return " ".join(str(frame.get("html", "")) for frame in frames)


async def test_the_demonstration_answers_from_the_manual_and_remembers_after_a_kill(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        async with Tab(program.address) as tab:
            await tab.arrive()
            frames = await tab.type("ai phê duyệt sổ tay chất lượng")
            assert "Lê Thu Hải" in shown(frames)
            assert "cần gặp cán bộ" in shown(await tab.type("/gapcanbo"))
            cookies = {cookie.key: cookie.value for cookie in tab.http.cookie_jar}
        program.stop(signal.SIGKILL)
    with demo(tmp_path / "d") as program:
        async with Tab(program.address) as tab:
            tab.http.cookie_jar.update_cookies(cookies)
            welcome = await tab.arrive()
            assert "Lê Thu Hải" in shown(welcome["history"])
            # The form was half filled when the process died: what is typed next goes into it.
            frames = await tab.type("Tôi muốn biết phòng nào cấp giấy phép bán lẻ thuốc lá")
            assert "cấp giấy phép bán lẻ thuốc lá" in shown(frames)
            assert "1." in str(frames)
        assert program.stop() == 0


async def test_a_sample_role_comes_in_by_its_link_and_is_greeted_by_name(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        async with Tab(program.address) as tab:
            async with tab.http.get(program.link("officer")) as page:
                assert page.status == 200
            await tab.arrive()
            assert "Cán bộ mẫu" in shown(await tab.type("/start"))
        for role in ("citizen", "officer", "head_of_unit", "qms_secretary", "director"):
            assert program.link(role).startswith(program.address)


async def test_serve_knows_no_demo_link_and_is_healthy(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        path = program.link("officer").removeprefix(program.address)
        port = program.address.rpartition(":")[2]
        program.stop()
    public = f"http://127.0.0.1:{port}"
    with Running(tmp_path / "d", "serve", "--port", port, TROLY_WEB__PUBLIC_URL=public) as program:
        async with aiohttp.ClientSession() as http:
            async with http.get(program.address + path) as answer:
                assert answer.status == 404
            async with http.get(program.address + "/healthz") as answer:
                assert (await answer.json())["ok"] is True


async def test_what_sounds_like_a_denunciation_leaves_no_trace_in_the_folder(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        async with Tab(program.address) as tab:
            await tab.arrive()
            text = "cán bộ Zephyrin Quách phòng một cửa đòi tôi năm triệu tiền lót tay mới nhận hồ sơ"
            frames = await tab.type(text)
            assert "Zephyrin" not in str(frames)
            await tab.type("số điện thoại của tôi là 0912345678, cccd 056123456789")
        program.stop(signal.SIGKILL)
        written = b"".join(file.read_bytes() for file in (tmp_path / "d").rglob("*") if file.is_file())
        logged = program.errors.read_bytes()
    for secret in (b"Zephyrin", b"0912345678", b"056123456789"):
        assert secret not in written
        assert secret not in logged


async def test_every_question_of_the_chat_is_a_row_of_the_store(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        async with Tab(program.address) as tab:
            await tab.arrive()
            await tab.type("hồ sơ bị mất thì sao")
            await tab.type("giá vàng hôm nay bao nhiêu")
        program.stop()
    with closing(sqlite3.connect(tmp_path / "d" / "troly.db")) as database:
        rows = database.execute("SELECT text, kind FROM questions ORDER BY id").fetchall()
    assert rows == [("hồ sơ bị mất thì sao", "answer"), ("giá vàng hôm nay bao nhiêu", "refusal")]


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with demo(tmp_path / "d") as program:
        port = re.sub(r"\D", "", program.address.rpartition(":")[2])
        second = Running(tmp_path / "e", "demo", "--port", port)
        assert second.process.wait(90) == 2
        assert "Cổng" in second.errors.read_text()
        second.__exit__(None, None, None)
