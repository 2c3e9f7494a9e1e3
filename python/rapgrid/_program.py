"""Finds the program and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ._errors import RapgridError, of_exit

_OWN = Path(__file__).parent / "bin" / "rapgrid"


def path() -> str:
    """The program: the one that ``RAPGRID_PROGRAM`` names, else the package's own, else the one on the path."""
    named = os.environ.get("RAPGRID_PROGRAM")
    found = named or (str(_OWN) if _OWN.exists() else shutil.which("rapgrid"))
    if not found:
        raise RapgridError("this installation has no program: install a wheel, or name one in RAPGRID_PROGRAM")
    return found


def main() -> None:
    """``rapgrid`` on a command line: the program takes this process's place, with its signals and exit code."""
    program = path()
    os.execv(program, [program, *sys.argv[1:]])


def run(arguments: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> str:
    """Runs a command to its end and returns what it printed.

    Raises the exception of its exit code, with its words.
    """
    with started(arguments, env=env) as process:
        out = process.out.read()
        process.check()
        return out.decode()


class Process:
    """A command under way. What it prints is `out`; its lines for people wait in a file, so that none of the two holds it up."""

    def __init__(self, arguments: Sequence[str], env: Mapping[str, str | None] | None) -> None:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [path(), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env={name: value for name, value in {**os.environ, **(env or {})}.items() if value is not None},
        )
        assert self._process.stdout is not None
        self.out: IO[bytes] = self._process.stdout

    def said(self) -> str:
        """Its lines for people so far."""
        # The place where the child writes is shared, and not to be moved.
        file = self._said.fileno()
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def check(self) -> str:
        """Waits for its end, and raises the exception of its exit code; returns its lines for people."""
        code = self._process.wait()
        said = self.said()
        if code:
            raise of_exit(code, said)
        return said

    def end(self) -> None:
        """Ends it as Ctrl-C would, if it runs."""
        if self.is_running():
            self._process.terminate()
        self.out.close()
        self._process.wait()
        self._said.close()


@contextmanager
def started(arguments: Sequence[str], *, env: Mapping[str, str | None] | None = None) -> Iterator[Process]:
    """A command under way, which ends with the block."""
    process = Process(arguments, env)
    try:
        yield process
    finally:
        process.end()
