"""Arrays of results, filled batch by batch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy

from ._errors import BadInput

if TYPE_CHECKING:
    import xarray

    from ._client import Sweep

#: Of means whose errors have a name of their own.
_ERRORS = {
    "energy_per_weight": "energy",
    "log_z_per_weight": "log_z",
    "entropy_per_weight": "entropy",
    "lowest_energy_per_weight": "lowest_energy",
}

#: What `outcome` says, by number.
_OUTCOMES = ["missing", "solved", "none", "not_converged", "empty", "too_costly"]


class _Dimension:
    """A dimension: the columns that advance along it, and where a row lies."""

    def __init__(self, name: str, columns: dict[str, list[Any]]) -> None:
        self.name = name
        self.columns = columns
        self.length = len(next(iter(columns.values())))
        # Where several advance together, the first whose values differ tells the place.
        self.key = next((key for key, values in columns.items() if len(set(values)) == self.length), None)
        if self.key is None:
            raise BadInput(f"the axes {', '.join(columns)} advance together, and none of them tells where: name them in SQL")
        self.values = columns[self.key]

    def places(self, column: Any) -> numpy.ndarray:
        """The index of each row of a batch's column."""
        if hasattr(column, "dictionary"):
            words = column.dictionary.to_pylist()
            of_word = numpy.array([self.values.index(word) for word in words], dtype=numpy.int64)
            return of_word[column.indices.to_numpy(zero_copy_only=False)]
        if isinstance(self.values[0], str):
            index = {value: place for place, value in enumerate(self.values)}
            return numpy.fromiter((index[value] for value in column.to_pylist()), numpy.int64, len(column))
        values = numpy.asarray(self.values)
        order = numpy.argsort(values)
        return order[numpy.searchsorted(values, column.to_numpy(), sorter=order)]


def _dimensions(coordinates: dict[str, Any], samples: bool) -> list[_Dimension]:
    found = [_Dimension("/".join(axes), axes) for axes in coordinates["axes"]]
    found = [dimension for dimension in found if dimension.length > 1]
    for dimension in found:
        dimension.name = dimension.key if len(dimension.columns) > 1 else dimension.name
    found.append(_Dimension("beta", {"beta": coordinates["beta"]}))
    found.append(_Dimension("curve", {"curve": coordinates["curves"]}))
    if samples:
        found.append(_Dimension("sample", {"sample": list(range(coordinates["samples"]))}))
    return found


def _error_of(variable: str, samples: bool) -> str | None:
    if samples:
        return f"{_ERRORS.get(variable, variable)}_error" if variable in _WITH_ERRORS else None
    return None if variable in _WITHOUT_ERRORS else f"{_ERRORS.get(variable, variable)}_standard_error"


#: Counts, and what is no mean over samples that enter it.
_WITHOUT_ERRORS = {
    "converged", "empty", "equilibrated", "iterations", "r_hat", "samples", "samples_of", "unequilibrated", "unresolved", "weights",
}

#: Of rows that have an error of their own.
_WITH_ERRORS = {
    "energy_per_weight", "log_z_per_weight", "entropy_per_weight", "specific_heat", "path_overlap", "susceptibility",
    "system_susceptibility", "unit_binder",
}


def dataset(sweep: Sweep, variables: Sequence[str], samples: bool) -> xarray.Dataset:
    """See `Sweep.xarray`."""
    import xarray

    names = [variables] if isinstance(variables, str) else list(variables)
    errors = {name: _error_of(name, samples) for name in names}
    view = "results" if samples else "phase_diagram"
    coordinates, spec = _coordinates(sweep)
    dimensions = _dimensions(coordinates, samples)
    shape = tuple(dimension.length for dimension in dimensions)
    values = [*names, *(error for error in errors.values() if error)]
    arrays = {name: numpy.full(shape, numpy.nan) for name in values}
    outcome = numpy.zeros(shape, dtype=numpy.int8)
    keys = [dimension.key for dimension in dimensions]
    told = "outcome" if samples else "samples"
    for batch in sweep.batches(view, [*keys, told, *values], ordered=False):
        places = [dimension.places(batch.column(key)) for dimension, key in zip(dimensions, range(len(keys)))]
        flat = numpy.ravel_multi_index(places, shape)
        outcome.reshape(-1)[flat] = _outcomes(batch.column(len(keys)), samples)
        for place, name in enumerate(values, len(keys) + 1):
            arrays[name].reshape(-1)[flat] = batch.column(place).cast("float64").to_numpy(zero_copy_only=False)
    names_of_dimensions = [dimension.name for dimension in dimensions]
    data = {name: (names_of_dimensions, arrays[name]) for name in names}
    data |= {f"{name}_error": (names_of_dimensions, arrays[error]) for name, error in errors.items() if error}
    data["outcome"] = (names_of_dimensions, outcome, {"flag_values": list(range(len(_OUTCOMES))), "flag_meanings": " ".join(_OUTCOMES)})
    coords: dict[str, Any] = {}
    for dimension in dimensions:
        coords[dimension.name] = dimension.values
        others = {key: (dimension.name, of) for key, of in dimension.columns.items() if key != dimension.key}
        coords |= others
    return xarray.Dataset(data, coords=coords, attrs={"sweep": sweep.name, "spec": spec})


def _text(name: str, value: Any) -> str:
    """What a line is of."""
    if name == "curve":
        return str(value)
    return f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"


def _outcomes(column: Any, samples: bool) -> numpy.ndarray:
    if not samples:
        return numpy.where(column.to_numpy() > 0, _OUTCOMES.index("solved"), _OUTCOMES.index("none"))
    words = numpy.array([_OUTCOMES.index(word) for word in column.dictionary.to_pylist()], dtype=numpy.int8)
    return words[column.indices.to_numpy(zero_copy_only=False)]


def _coordinates(sweep: Sweep) -> tuple[dict[str, Any], str]:
    metadata = sweep.table("sweep_cells", ["sweep"]).schema.metadata or {}
    if b"rapgrid.coordinates" not in metadata:
        raise BadInput(f"{sweep.name} has no axes that this version can read")
    return json.loads(metadata[b"rapgrid.coordinates"]), metadata[b"rapgrid.spec"].decode()


def _selected(sweep: Sweep, quantity: str, selection: dict[str, Any]) -> xarray.Dataset:
    """A quantity with its errors where the other axes have the chosen values."""
    found = dataset(sweep, [quantity], samples=False)
    for name, chosen in selection.items():
        if name not in found.dims:
            raise BadInput(f"{sweep.name} does not vary along {name}; it does along {', '.join(map(str, found.dims))}")
        is_number = found[name].dtype.kind in "fiu"
        found = found.sel({name: chosen}, method="nearest", tolerance=1e-12) if is_number else found.sel({name: chosen})
    return found


def _axis(sweep: Sweep, found: xarray.Dataset, named: str | None, among: list[str]) -> str:
    """The axis of that name, else the longest."""
    if named is None and among:
        return max(among, key=lambda name: found.sizes[name])
    if named not in found.dims:
        raise BadInput(f"{sweep.name} does not vary along {named}; it does along {', '.join(map(str, found.dims))}")
    return named


def heat_map(sweep: Sweep, quantity: str, x: str | None, y: str | None, ax: Any, selection: dict[str, Any]) -> Any:
    """See `Sweep.map`."""
    from matplotlib import pyplot

    found = _selected(sweep, quantity, selection)
    numbers = [name for name in found.dims if found[name].dtype.kind in "fiu" and name != y]
    x = _axis(sweep, found, x, [name for name in numbers if name != "beta"] or numbers)
    if y is None and "beta" in numbers and x != "beta":
        y = "beta"
    y = _axis(sweep, found, y, [name for name in numbers if name != x])
    if "curve" in found.dims and "curve" not in (x, y):
        known = numpy.isfinite(found[quantity]).sum([name for name in found.dims if name != "curve"])
        found = found.isel(curve=int(known.argmax()))
    found = found.isel({name: 0 for name in found.dims if name not in (x, y)}).sortby([x, y])
    axes = pyplot.gca() if ax is None else ax
    values = found[quantity].transpose(y, x)
    drawn = axes.pcolormesh(found[x].to_numpy(), found[y].to_numpy(), values.to_numpy(), shading="nearest", cmap="viridis")
    axes.figure.colorbar(drawn, ax=axes, label=quantity)
    held = [_text(name, found[name].item()) for name in found.coords if found[name].ndim == 0]
    axes.set(xlabel=x, ylabel=y, title=", ".join(held))
    return axes


def draw(sweep: Sweep, quantity: str, x: str | None, ax: Any, selection: dict[str, Any]) -> Any:
    """See `Sweep.plot`."""
    from matplotlib import pyplot

    found = _selected(sweep, quantity, selection)
    x = _axis(sweep, found, x, [name for name in found.dims if name != "curve"])
    axes = pyplot.gca() if ax is None else ax
    others = [name for name in found.dims if name != x]
    stacked = found.stack(line=others) if others else found.expand_dims("line")
    for place in range(stacked.sizes["line"]):
        line = stacked.isel(line=place)
        y = line[quantity].to_numpy()
        if numpy.isfinite(y).any():
            label = ", ".join(_text(name, line[name].item()) for name in others)
            axes.errorbar(line[x].to_numpy(), y, yerr=line[f"{quantity}_error"].to_numpy(), label=label, marker="o", markersize=3, capsize=2)
    axes.set(xlabel=x, ylabel=quantity)
    if others:
        axes.legend(fontsize="small", frameon=False)
    return axes
