"""A Dask cluster on loopback: scheduler and workers in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tests.exporter.labs import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 200.0
"""Seconds that a process may take to start: on a busy machine Dask takes its time."""
ROOT = Path(__file__).parents[2]


@dataclass
class Cluster:
    """A running scheduler, and the workers that were started.

    Attributes:
        folder: Of logs and spills.
        environment: What workers have besides what this process has: the secrets.
        tls: Options for certificates.
    """

    folder: Path
    environment: Mapping[str, str]
    tls: tuple[str, ...] = ()
    address: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    logs: list[TextIO] = field(default_factory=list)

    def start(self) -> None:
        """Start the scheduler."""
        self._run("scheduler", "--port", "0", "--scheduler-file", str(self._file))
        wait_until(self._file.exists, PATIENCE)
        wait_until(lambda: bool(self._file.read_text("utf-8").strip()), PATIENCE)
        self.address = json.loads(self._file.read_text("utf-8"))["address"]

    def need(self, count: int) -> None:
        """See to it that there are so many workers, each with one thread."""
        while len(self.workers) < count:
            number = len(self.processes)
            words = ("--nthreads", "1", "--no-nanny", "--memory-limit", "0")
            spills = ("--local-directory", str(self.folder / str(number)))
            self.workers.append(self._run("worker", self.address, *words, *spills))
            log = self.folder / f"{number}.log"
            wait_until(partial(_says, log, "Registered to"), PATIENCE)

    def kill(self) -> None:
        """Kill the worker that was started first."""
        worker = self.workers.pop(0)
        worker.kill()
        worker.wait()

    def stop(self) -> None:
        """Kill what is left, by its process."""
        for process in self.processes:
            process.kill()
            process.wait()
        for log in self.logs:
            log.close()

    @property
    def _file(self) -> Path:
        return self.folder / "scheduler.json"

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{len(self.processes)}.log").open("w", encoding="utf-8")
        self.logs.append(log)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "dask", *words),
                *("--host", "127.0.0.1", "--no-dashboard", *self.tls),
            ],
            env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            stdout=log,
            stderr=log,
        )
        self.processes.append(process)
        return process


def _says(log: Path, words: str) -> bool:
    return words in log.read_text(encoding="utf-8")


@contextmanager
def cluster(
    folder: Path, environment: Mapping[str, str], tls: tuple[str, ...] = ()
) -> Iterator[Cluster]:
    """Give a cluster with a scheduler and no workers yet."""
    running = Cluster(folder, environment, tls)
    try:
        running.start()
        yield running
    finally:
        running.stop()
