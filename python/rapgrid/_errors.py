"""What the program's exit codes mean here. The words are the program's own."""

from __future__ import annotations


class RapgridError(Exception):
    """Something failed; the message says what."""


class BadInput(RapgridError, ValueError):
    """The call, the spec or the instance is wrong, or there is no such sweep; nothing was stored."""


class JobsFailed(RapgridError):
    """The sweep ended, but some of its jobs failed."""


class Differs(RapgridError):
    """A row that was computed again differs from the recorded one."""


class Unreachable(RapgridError, ConnectionError):
    """The coordinator or the database cannot be reached."""


class Interrupted(RapgridError):
    """It was interrupted; what was recorded stays, and the same call goes on."""


_OF_CODE = {2: BadInput, 3: JobsFailed, 4: Differs, 5: Unreachable, 130: Interrupted}


def of_exit(code: int, stderr: str) -> RapgridError:
    """The exception for an exit code and what stood on standard error."""
    # What follows an empty line is advice for a command line.
    lines = stderr.strip().split("\n\nFor more information")[0].splitlines()
    errors = [k for k, line in enumerate(lines) if line.startswith("error: ")]
    message = "\n".join(lines[errors[-1]:]).removeprefix("error: ") if errors else (lines[-1] if lines else f"exit code {code}")
    return _OF_CODE.get(code, RapgridError)(message)
