"""Importing a catalogue while another process works turns on the store: seconds, and how long a turn's write takes.

    python -m tests.benchmarks.catalogue [EXPORT.jsonl]

Without a file, 2,642 invented procedures of the length that those of the national portal have.
"""

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from storage import Store
from storage.store import Keys
from tests.benchmarks.databases import databases

COUNT = 2_642
TROLY = [sys.executable, "-m", "bot"]


def invented(path: Path) -> None:
    """Write procedures like the portal's in size: some 7,500 letters each."""
    with path.open("w", encoding="utf-8") as out:
        for number in range(COUNT):
            steps = f"Bước {number % 7}: nộp hồ sơ thả diều loại {number}.\n" * 90
            row = {
                "ma_thu_tuc": f"3.{number:06}",
                "ten_thu_tuc": f"Cấp Giấy phép thả diều loại {number}",
                "linh_vuc": "Thả diều",
                "trinh_tu_thuc_hien": steps,
                "yeu_cau_dieu_kien": steps[:2000],
                "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp7 Ngày làm việcMiễn phí",
                "thanh_phan_ho_so": "--Tên giấy tờMẫu đơn, tờ khaiSố lượng" + "Đơn đề nghị1 bản chính" * 8,
                "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Diều12/2024/QH15",
                "ket_qua_xu_ly": "Giấy phépMã: KQ.G01.000001Từ khóaKhông",
            }
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def timed(environment: dict[str, str], path: Path) -> tuple[float, float, str]:
    """Import once; return seconds by the wall, seconds of CPU, and the last line said."""
    begun, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [*TROLY, "import", "procedures", str(path)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - cpu.ru_utime - cpu.ru_stime
    return time.monotonic() - begun, spent, done.stdout.splitlines()[-1] if done.stdout else done.stderr


async def turns(url: str, importing: "subprocess.Popen[bytes]") -> list[float]:
    """Write what a turn writes, ten times a second while the import runs; return how long each waited and took."""
    store = Store.at(url, keys=Keys(b"j" * 32, b"l" * 32, b"d" * 32))
    waits: list[float] = []
    while importing.poll() is None:
        begun = time.monotonic()
        async with store.begin() as tx:
            await tx.execute(text("INSERT INTO units (name) VALUES (:name)"), {"name": f"Phòng {len(waits)}"})
        waits.append(time.monotonic() - begun)
        await asyncio.sleep(0.1)
    await store.close()
    return waits


def measure(name: str, url: str, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"TROLY_DATA": folder, "TROLY_STORE__URL": url, "TROLY_DENSE__ENABLED": "false"}
        subprocess.run([*TROLY, "db", "upgrade"], env=environment, check=True, capture_output=True)
        words, quiet = [*TROLY, "import", "procedures", str(path)], subprocess.DEVNULL
        begun = time.monotonic()
        importing = subprocess.Popen(words, env=environment, stdout=quiet, stderr=quiet)
        waits = asyncio.run(turns(url or f"sqlite:///{folder}/troly.db", importing))
        first = time.monotonic() - begun
        second, cpu, said = timed(environment, path)
        middle, worst = statistics.median(waits) * 1000, max(waits) * 1000
        print(
            f"{name:<12} {first:>9.1f} {second:>9.1f} {cpu:>9.1f} {len(waits):>7} {middle:>9.1f} {worst:>9.1f}   {said}"
        )


def main() -> None:
    head = ("import s", "again s", "CPU s", "turns", "p50 ms", "worst ms")
    print(f"{'':<12} {head[0]:>9} {head[1]:>9} {head[2]:>9} {head[3]:>7} {head[4]:>9} {head[5]:>9}")
    with tempfile.TemporaryDirectory() as folder, databases() as urls:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "catalogue.jsonl"
        if len(sys.argv) == 1:
            invented(path)
        measure("SQLite", "", path)
        measure("PostgreSQL", urls["PostgreSQL"], path)


if __name__ == "__main__":
    main()
