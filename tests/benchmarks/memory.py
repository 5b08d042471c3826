"""Resident memory of `troly serve` after it has answered, in MB, dense vectors loaded and off."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import psutil

SECONDS = 120


def measure(*, dense: bool) -> float:
    """Start `serve` on a fresh store, wait until it is healthy and has its vectors, and return MB resident."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        environment = os.environ | {
            "TROLY_DATA": folder,
            "TROLY_WEB__PORT": str(port),
            "TROLY_WEB__PUBLIC_URL": f"http://127.0.0.1:{port}",
            "TROLY_DENSE__ENABLED": str(dense).lower(),
        }
        troly = [sys.executable, "-m", "bot"]
        ask = [*troly, "ask", "--jsonl"]
        subprocess.run(ask, input=b'{"question": "chao"}\n', env=environment, check=True, capture_output=True)
        server = subprocess.Popen([*troly, "serve"], env=environment, stdout=subprocess.DEVNULL)
        try:
            _healthy(f"http://127.0.0.1:{port}/healthz")
            time.sleep(5)  # the library and its vectors are in by now: the store has them
            return float(psutil.Process(server.pid).memory_info().rss) / 2**20
        finally:
            server.terminate()
            server.wait(20)


def _healthy(address: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  our own address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(address)


def main() -> None:
    print(f"{'serve':<18} {'MB':>6}   (aim: < 450)")
    for dense in (False, True):
        print(f"{'dense on' if dense else 'dense off':<18} {measure(dense=dense):>6.0f}")


if __name__ == "__main__":
    main()
