"""Finds the program and runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
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


def run(arguments: Sequence[str], *, env: dict[str, str] | None = None, told: IO[str] | None = None) -> str:
    """Runs a command to its end and returns what it printed. Lines for people go to ``told`` as they come.

    Raises the exception of its exit code, with its words.
    """
    with started(arguments, env=env) as process:
        lines = []
        assert process.stderr is not None and process.stdout is not None
        if told is None:
            out, err = process.communicate()
            return _checked(process, out.decode(), err.decode())
        for line in process.stderr:
            lines.append(line.decode(errors="replace"))
            told.write(lines[-1])
            told.flush()
        out = process.stdout.read()
        process.wait()
        return _checked(process, out.decode(), "".join(lines))


@contextmanager
def started(arguments: Sequence[str], *, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A command under way, which ends with the block."""
    process = subprocess.Popen(
        [path(), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(env or {})},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        process.wait()


def _checked(process: subprocess.Popen[bytes], out: str, err: str) -> str:
    if process.returncode:
        raise of_exit(process.returncode, err)
    return out
