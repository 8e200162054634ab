"""Real worker processes: `python -m tests.core.work.processes ADDRESS THREADS` runs one until a signal."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType

from core.data.session import Database
from core.sdk.testing.fixtures import address_of_worker
from core.work.worker import Worker

from .handlers import ALL, TIMED

_ROOT = Path(__file__).resolve().parents[3]


class WorkerProcess:
    """A worker process and what it says."""

    def __init__(self, url: str, threads: int, *, timed: bool = False) -> None:
        command = [sys.executable, "-W", "error", "-m", "tests.core.work.processes", url, str(threads)]
        command += ["timed"] if timed else []
        self.process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        self.ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as said:
            for line in said:
                if line.strip() == "ready":
                    self.ready.set()
                else:
                    self.lines.put(line.strip())

    def hears(self, timeout: float) -> str:
        """The next line; raises `queue.Empty` when none comes."""
        return self.lines.get(timeout=timeout)

    def says(self, wanted: str) -> bool:
        """Whether the line has come by now; what stands before it is read over."""
        while True:
            try:
                if self.lines.get_nowait() == wanted:
                    return True
            except queue.Empty:
                return False

    def end(self, number: signal.Signals, timeout: float = 40) -> int:
        os.kill(self.process.pid, number)
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        return code


class Processes:
    def __init__(self, url: str) -> None:
        self._url, self._started = url, list[WorkerProcess]()

    def launch(self, threads: int = 2, *, timed: bool = False) -> WorkerProcess:
        """A worker process that is starting; `timed`: with a schedule of a second."""
        worker = WorkerProcess(self._url, threads, timed=timed)
        self._started.append(worker)
        return worker

    def start(self, threads: int = 2, *, timed: bool = False) -> WorkerProcess:
        """A worker process that is ready to take jobs."""
        worker = self.launch(threads, timed=timed)
        assert worker.ready.wait(60)
        return worker

    def kill_all(self) -> None:
        for worker in self._started:
            if worker.process.poll() is None:
                worker.end(signal.SIGKILL)


def main(url: str, threads: int, timed: bool) -> None:
    db = Database(address_of_worker(url))
    worker = Worker(db, TIMED if timed else ALL, threads=threads)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    worker.run_forever()
    db.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["timed"])
