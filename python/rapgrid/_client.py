"""Sweeps: on this machine's database, or over a coordinator."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

from . import _program
from ._errors import RapgridError
from ._shown import Shown
from ._spec import Spec, as_file

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow
    import xarray


@dataclass(frozen=True)
class Client:
    """Where sweeps are: a coordinator, or without an address the database of this machine (that of ``data_dir``, else the one that
    ``rapgrid scan`` uses)."""

    #: ``http://HOST:PORT``, or ``https://HOST:PORT``.
    address: str | None = None
    #: What the coordinator's operator gave; not shown.
    token: str | None = field(default=None, repr=False)
    #: PEM certificates of who vouches for an ``https`` coordinator, as a file.
    tls_ca: str | PathLike[str] | None = None
    #: The folder of a private database.
    data_dir: str | PathLike[str] | None = None
    #: Of a scan: its database is this machine's, whichever coordinator the environment names.
    is_scanned: bool = field(default=False, repr=False)

    def _options(self) -> list[str]:
        options = []
        if self.address is not None:
            options += ["--coordinator", self.address]
            if self.tls_ca is not None:
                options += ["--tls-ca", str(self.tls_ca)]
        if self.data_dir is not None:
            options += ["--data-dir", str(self.data_dir)]
        return options

    def _env(self) -> dict[str, str | None]:
        env: dict[str, str | None] = {}
        if self.token is not None:
            # Not on the command line, which others of the machine can read.
            env["RAPGRID_TOKEN"] = self.token
        if self.address is None and (self.is_scanned or self.data_dir is not None):
            env["RAPGRID_COORDINATOR"] = None
        if self.data_dir is not None:
            # What is said in the call is meant, whatever the environment says.
            env |= {"RAPGRID_DATABASE_URL": None, "DATABASE_URL": None}
        return env

    def _run(self, *arguments: str) -> str:
        return _program.run([*arguments, *self._options()], env=self._env())

    def submit(self, spec: Spec, *, priority: int | None = None) -> Sweep:
        """Submits a spec: a new sweep, or what the sweep of its name lacks. Workers compute it."""
        with as_file(spec) as file:
            options = [] if priority is None else ["--priority", str(priority)]
            said = self._run("submit", file, *options)
        return Sweep(said.split(" ", 1)[0], self)

    def sweeps(self) -> list[dict[str, Any]]:
        """Where every sweep stands: name, status, units, rows and what is left, as ``rapgrid list`` shows it."""
        return [json.loads(line) for line in self._run("list", "--format", "json").splitlines()]

    def sweep(self, name: str) -> Sweep:
        """A sweep by its name."""
        return Sweep(name, self)

    def watch(self, name: str, *, interval: float = 1.0, **picture: Any) -> Sweep:
        """Shows the progress of a sweep until it has ended, seconds apart; in a notebook with a picture that fills in: that of
        `Sweep.map`, which takes the further arguments."""
        sweep = Sweep(name, self)
        with Shown() as shown:
            for status in sweep.progress(interval=interval):
                shown.show(_line(status))
                is_last = status["status"] in ENDED
                shown.picture(lambda ax: sweep.map(ax=ax, **picture), is_last)
        return sweep


def connect(address: str, token: str | None = None, *, tls_ca: str | PathLike[str] | None = None) -> Client:
    """A coordinator; the first call to it tells whether it answers.

    >>> connect("http://lab:7400", "secret")
    Client(address='http://lab:7400', tls_ca=None, data_dir=None)
    """
    return Client(address, token, tls_ca)


def scan(spec: Spec, *, data_dir: str | PathLike[str] | None = None, threads: int | None = None) -> Sweep:
    """Runs a whole sweep on this machine, to the end, with its progress; what is done already is not done again.

    ``spec`` is a path, a text of TOML or a dict. Ctrl-C (or the notebook's stop) ends it; what was recorded stays, and the same
    call goes on.
    """
    client = Client(data_dir=data_dir, is_scanned=True)
    with as_file(spec) as file, Shown() as shown:
        options = [] if threads is None else ["--threads", str(threads)]
        arguments = ["scan", file, "--no-report", *options, *client._options()]
        with _program.started(arguments, env=client._env()) as process:
            shown_lines = 0
            while process.is_running():
                time.sleep(0.1)
                lines = process.said().splitlines()
                if len(lines) != shown_lines:
                    shown_lines = len(lines)
                    shown.show(lines[-1])
            said = process.check()
        name = next((found[1] or found[2] for found in map(_TOLD.match, said.splitlines()) if found), None)
        if name is None:
            raise RapgridError(f"the program did not say which sweep it was:\n{said}")
    return Sweep(name, client)


#: Nothing goes on with these by itself.
ENDED = ("finished", "failed", "cancelled")

#: What a scan begins with, by what there was of its sweep.
_TOLD = re.compile(r"(?:scanning|resuming|extending) ([^\s:,]+)|([^\s:,]+) is finished")


def submit(spec: Spec, *, priority: int | None = None) -> Sweep:
    """Submits a spec to the coordinator of this machine, or to its database."""
    return Client().submit(spec, priority=priority)


def watch(name: str, *, interval: float = 1.0, **picture: Any) -> Sweep:
    """Shows the progress of a sweep of this machine until it has ended, as `Client.watch` does."""
    return Client().watch(name, interval=interval, **picture)


def sweeps() -> list[dict[str, Any]]:
    """Where every sweep of this machine stands."""
    return Client().sweeps()


@dataclass(frozen=True)
class Sweep:
    """A sweep and its results. Nothing is kept here: every call reads what is recorded."""

    #: Its name.
    name: str
    #: Where it is.
    client: Client = field(default_factory=Client)

    def status(self) -> dict[str, Any]:
        """Where it stands: status, units, rows, seconds left, failed jobs with their reasons, specs."""
        return json.loads(self.client._run("show", self.name, "--format", "json"))

    def progress(self, *, interval: float = 1.0) -> Iterator[dict[str, Any]]:
        """Its status now and every ``interval`` seconds, until it has ended."""
        while True:
            status = self.status()
            yield status
            if status["status"] in ENDED:
                return
            time.sleep(interval)

    @property
    def spec(self) -> str:
        """The text of its latest spec."""
        return self.status()["specs"][-1]

    def _export(self, view: str, columns: Sequence[str] | None, ordered: bool) -> list[str]:
        chosen = [] if not columns else ["--columns", ",".join(columns)]
        order = [] if ordered else ["--unordered"]
        return ["export", self.name, "--view", view, "--format", "arrow", *chosen, *order, *self.client._options()]

    def batches(
        self, view: str = "results", columns: Sequence[str] | None = None, *, ordered: bool = True
    ) -> Iterator[pyarrow.RecordBatch]:
        """The rows of a view, batch by batch: any number of them, a few in memory at a time. ``docs/sql.md`` lists the views and
        their columns."""
        with _program.started(self._export(view, columns, ordered), env=self.client._env()) as process:
            batches = _stream(process)
            next(batches)
            yield from batches

    def table(
        self, view: str = "phase_diagram", columns: Sequence[str] | None = None, *, ordered: bool = True
    ) -> pyarrow.Table:
        """A view as a table. Its schema's metadata has the spec (``rapgrid.spec``) and what computed the rows."""
        import pyarrow

        with _program.started(self._export(view, columns, ordered), env=self.client._env()) as process:
            batches = _stream(process)
            schema = next(batches)
            return pyarrow.Table.from_batches(list(batches), schema)

    def pandas(self, view: str = "phase_diagram", columns: Sequence[str] | None = None) -> pandas.DataFrame:
        """A view as a DataFrame; words (methods, curves, …) are categories."""
        return self.table(view, columns).to_pandas()

    def polars(self, view: str = "phase_diagram", columns: Sequence[str] | None = None) -> polars.DataFrame:
        """A view as a polars DataFrame; words are categories."""
        import polars

        return polars.from_arrow(self.table(view, columns))

    def xarray(
        self, variables: Sequence[str] = ("energy_per_weight",), *, samples: bool = False
    ) -> xarray.Dataset:
        """Results as an n-d array over the axes of the spec that have more than one value, β (``beta``) and ``curve``.

        Variables are those of ``phase_diagram``, each with its standard error as ``NAME_error``; with ``samples`` those of
        ``results``, with a dimension ``sample`` and each with the row's own error. ``outcome`` says why a place is NaN: of means
        ``solved``, ``none`` (no sample entered) or ``missing`` (nothing is recorded), of samples the row's outcome or ``missing``.
        """
        from ._arrays import dataset

        return dataset(self, variables, samples)

    def plot(self, quantity: str = "energy_per_weight", *, x: str | None = None, ax: Any = None, **selection: Any) -> Any:
        """Lines with error bars by matplotlib, one for every curve and value of what is not chosen: returns the axes.

        ``x`` is the axis along the abscissa, else the longest. Further arguments choose values:
        ``sweep.plot(x="dilution_1", beta=0.8, curve=["mc", "exact"])``.
        """
        from ._arrays import draw

        return draw(self, quantity, x, ax, selection)

    def map(
        self, quantity: str = "energy_per_weight", *, x: str | None = None, y: str | None = None, ax: Any = None, **selection: Any
    ) -> Any:
        """A heat map by matplotlib: returns the axes.

        ``x`` is the axis along the abscissa, else the longest, and ``y`` that along the ordinate, else β. Further arguments choose
        values of others, as in `plot`; what is not chosen is held at its first value, and of the curves it is the one that knows
        the most points.
        """
        from ._arrays import heat_map

        return heat_map(self, quantity, x, y, ax, selection)


def _stream(process: _program.Process) -> Iterator[Any]:
    """The schema of a stream of rows, and its batches. What broke it off is the program's to say."""
    import pyarrow

    try:
        reader = pyarrow.ipc.open_stream(process.out)
        yield reader.schema
        yield from reader
    except (pyarrow.ArrowInvalid, OSError):
        # It may be writing still, to nobody.
        process.out.close()
        process.check()
        raise
    # Of a sweep that is under way it says how much of it this is.
    sys.stderr.write(process.check())


def _line(status: dict[str, Any]) -> str:
    left = status.get("seconds_left")
    rest = "" if left is None else f"  about {left:.0f} s left"
    return f"{status['sweep']}: {status['status']}  {status['units_done']}/{status['units']} units  {status['rows_done']} rows{rest}"
