"""Single instances, solved within this process."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Union

from ._errors import BadInput
from ._spec import dumps

Methods = Union[Sequence[str], Mapping[str, Mapping[str, Any]]]


class Instance:
    """A network's active paths with their signs.

    ``paths`` are lists of L + 1 units, one of each layer from 0 on. Either ``inputs`` are the signs ξ = ±1 of the input units, or
    ``couplings`` those of the paths. ``widths`` are the numbers of units n_0 … n_L; if they are not given, just enough of them.

    >>> instance = Instance([[0, 0, 0, 0], [1, 0, 0, 0]], inputs=[1, -1])
    >>> instance.weights, instance.paths
    (4, 2)
    """

    def __init__(
        self,
        paths: Sequence[Sequence[int]],
        *,
        inputs: Sequence[int] | None = None,
        couplings: Sequence[int] | None = None,
        widths: Sequence[int] | None = None,
    ) -> None:
        rows = [[int(unit) for unit in path] for path in paths]
        content: dict[str, Any] = {"format": "rap-instance/1", "paths": rows}
        enough = [max(units) + 1 for units in zip(*rows)]
        if inputs is not None and enough and widths is None:
            enough[0] = max(enough[0], len(inputs))
        content["widths"] = enough if widths is None else [int(width) for width in widths]
        for name, signs in (("inputs", inputs), ("couplings", couplings)):
            if signs is not None:
                content[name] = [int(sign) for sign in signs]
        self._read(json.dumps(content))

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Instance:
        """Of a file ``rap-instance/1``, or an ``.npz`` with ``mask_1`` … ``mask_L`` (or ``weight_l``) and ``inputs``."""
        content = Path(path).read_bytes()
        return cls._of_npz(content) if content[:2] == b"PK" else cls._of_text(content.decode())

    @classmethod
    def from_masks(cls, masks: Sequence[Any], inputs: Sequence[int]) -> Instance:
        """Of the connections of every weight layer: arrays n_(l−1) × n_l of 0 and 1. Active are all paths along them."""
        import numpy

        arrays = {f"mask_{layer}": numpy.asarray(mask) for layer, mask in enumerate(masks, 1)}
        file = io.BytesIO()
        numpy.savez(file, inputs=numpy.asarray(inputs), **arrays)
        return cls._of_npz(file.getvalue())

    @classmethod
    def _of_npz(cls, content: bytes) -> Instance:
        from . import _native

        try:
            return cls._of_text(_native.instance_of_masks(content))
        except ValueError as error:
            raise BadInput(str(error)) from None

    @classmethod
    def _of_text(cls, text: str) -> Instance:
        made = cls.__new__(cls)
        made._read(text)
        return made

    def _read(self, text: str) -> None:
        from . import _native

        try:
            self.weights, self.paths, self.digest = _native.describe(text)
        except ValueError as error:
            raise BadInput(str(error)) from None
        self._text = text

    #: Weights on at least one active path, n.
    weights: int
    #: Active paths, M.
    paths: int
    #: The SHA-256 of the instance.
    digest: str

    def __repr__(self) -> str:
        return f"Instance({self.weights} weights, {self.paths} paths)"

    def to_json(self) -> str:
        """The text of a file ``rap-instance/1``."""
        return self._text

    def solve(
        self,
        beta: Sequence[float] | float,
        methods: Methods = ("bp", "exact"),
        *,
        seed: int = 1,
    ) -> list[dict[str, Any]]:
        """The rows of every method at every β: energies, log Z and entropies per weight, as docs/sql.md, ``results``, has them.

        ``methods`` are names of kinds, or a dict of settings by name, as ``[methods]`` of a spec:
        ``{"mc": {"runs": 8}, "slow": {"kind": "anneal", "mc_sweeps": 10}}``. The rows are those that a sweep of the same spec has,
        bit for bit. Other threads go on meanwhile, and Ctrl-C ends it.
        """
        from . import _native

        betas = [beta] if isinstance(beta, (int, float)) else list(beta)
        named = methods if isinstance(methods, Mapping) else {name: {} for name in methods}
        spec = {
            "name": "solve",
            "seed": seed,
            "grid": {"instances": ["network.json"], "beta": betas},
            "methods": named,
        }
        try:
            rows = _native.solve(self._text, dumps(spec))
        except ValueError as error:
            raise BadInput(str(error)) from None
        return [json.loads(row) for row in rows]
