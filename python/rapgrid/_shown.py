"""What goes on, shown while it does: below a notebook's cell, or on a terminal."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from typing import Any

#: Between two pictures, in seconds; and of the time, at most this share is spent on them.
_REST, _SHARE = 3.0, 0.1


class Shown:
    """One line that is written again and again, and in a notebook a picture."""

    def __enter__(self) -> Shown:
        self._line: Any = None
        self._picture: Any = None
        self._is_notebook = "ipykernel" in sys.modules
        self._width = 0
        self._next = 0.0
        return self

    def show(self, line: str) -> None:
        """The line as it is now."""
        if self._is_notebook:
            self._line = _displayed(self._line, {"text/plain": line}, raw=True)
        elif sys.stderr.isatty():
            sys.stderr.write("\r" + line.ljust(self._width))
            sys.stderr.flush()
            self._width = len(line)

    def picture(self, draw: Callable[[Any], Any], is_last: bool) -> None:
        """The picture as ``draw`` makes it on axes: in a notebook that has matplotlib, now and then, and the last one."""
        if not self._is_notebook or (time.monotonic() < self._next and not is_last):
            return
        if importlib.util.find_spec("matplotlib") is None or importlib.util.find_spec("xarray") is None:
            return
        from matplotlib.figure import Figure

        since = time.monotonic()
        # A figure of its own: the notebook's own is for who draws in it.
        figure = Figure(layout="constrained")
        try:
            draw(figure.add_subplot())
        except ValueError as error:
            # There is no such picture of this sweep; the line goes on.
            figure.clear()
            figure.text(0.5, 0.5, str(error), ha="center", va="center", wrap=True)
        self._picture = _displayed(self._picture, figure)
        took = time.monotonic() - since
        self._next = time.monotonic() + max(_REST, took / _SHARE)

    def __exit__(self, *_: object) -> None:
        if self._width:
            sys.stderr.write("\n")


def _displayed(handle: Any, what: Any, **options: Any) -> Any:
    """Shown in the place of what was there; returns the place."""
    from IPython.display import display

    if handle is None:
        return display(what, display_id=True, **options)
    handle.update(what, **options)
    return handle
