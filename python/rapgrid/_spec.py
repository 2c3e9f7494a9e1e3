"""Specs: a path, a text of TOML, or a dict."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any, Union

Spec = Union[str, "PathLike[str]", Mapping[str, Any]]


@contextmanager
def as_file(spec: Spec) -> Iterator[str]:
    """The path of a file with the spec. A text has a line break, and a path has none."""
    if isinstance(spec, Mapping):
        text = dumps(spec)
    elif isinstance(spec, str) and "\n" in spec:
        text = spec
    else:
        yield str(spec)
        return
    # Where the caller is, so that the instance files that it names are found.
    with tempfile.NamedTemporaryFile("w", suffix=".toml", prefix=".spec-", dir=Path.cwd(), encoding="utf-8") as file:
        file.write(text)
        file.flush()
        yield file.name


def dumps(table: Mapping[str, Any]) -> str:
    """A dict as TOML: tables of tables, lists, texts, numbers and flags.

    >>> print(dumps({"name": "a", "grid": {"beta": [0.5, 1], "dilution_1": {"from": 0, "to": 1, "step": 0.1}}}))
    name = "a"
    [grid]
    beta = [0.5, 1]
    dilution_1 = { from = 0, to = 1, step = 0.1 }
    <BLANKLINE>
    """
    return "\n".join(_lines(table, "")) + "\n"


def _lines(table: Mapping[str, Any], place: str) -> Iterator[str]:
    # `[grid]` holds values, `[methods]` tables: of those below the top a table stands for itself only there.
    is_of_tables = place in ("methods", "find")
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping) and (not place or is_of_tables)}
    for key, value in table.items():
        if key not in tables:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        name = f"{place}.{_key(key)}" if place else _key(key)
        if name not in ("methods", "find"):
            yield f"[{name}]"
        yield from _lines(value, name)


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_value(of)}" for key, of in value.items()) + " }"
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple, range)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        # Without an exponent, as specs are read.
        return format(value, "f") if value and abs(value) < 1e-4 and float(format(value, "f")) == value else repr(value)
    return str(value)
