"""Phase diagrams of the random active path model: sweeps, results and instances.

What computes is the program ``rapgrid``, which this package brings; what it prints as rows arrives here as Arrow. Nothing but the
standard library is loaded before it is needed.
"""

from ._client import Client, Sweep, connect, scan, submit, sweeps, watch
from ._errors import (
    BadInput,
    Differs,
    Interrupted,
    JobsFailed,
    RapgridError,
    Unreachable,
)
from ._instance import Instance

__all__ = [
    "BadInput",
    "Client",
    "Differs",
    "Instance",
    "Interrupted",
    "JobsFailed",
    "RapgridError",
    "Sweep",
    "Unreachable",
    "connect",
    "scan",
    "submit",
    "sweeps",
    "watch",
]
