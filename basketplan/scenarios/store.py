"""Stage results by the hash of their inputs, as JSON files: safe to delete, to share, and to read from anybody."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
import json
import os
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

__all__ = ["Store", "digest", "software"]

T = TypeVar("T")
_PAIRS = "#pairs"
_LIBRARIES = ("numba", "numpy", "ortools", "scipy")


class Store:
    """A folder of results; without a folder nothing is kept.

    Whatever cannot be read is taken for missing, so that a damaged file costs time and nothing else.
    """

    def __init__(self, folder: Path | str | None) -> None:
        self.folder = None if folder is None else Path(folder)

    def get(self, key: str, kind: type[T]) -> T | None:
        """Return what was put under ``key``; none when there is nothing."""
        if self.folder is None:
            return None
        try:
            content = json.loads(self._file(key).read_bytes())
            made: T = TypeAdapter(kind).validate_python(_decoded(content))
        except (OSError, ValueError, RecursionError, ValidationError):
            return None
        return made

    def put(self, key: str, value: Any) -> None:
        """Keep ``value`` under ``key``; a full disk is not a fault of the run."""
        if self.folder is None:
            return
        file = self._file(key)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(_encoded(value), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
            new.replace(file)
        except OSError:
            new.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        assert self.folder is not None
        return self.folder / key[:2] / f"{key}.json"


def digest(*parts: Any) -> str:
    """Return the SHA-256 of values: dataclasses, models, arrays, mappings, sets, plain values.

    Raises
    ------
    TypeError
        For anything else: what cannot be hashed must not be taken for equal.
    """
    summer = hashlib.sha256()
    for part in parts:
        _feed(summer, part)
    return summer.hexdigest()


def _feed(summer: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        summer.update(f"a{value.dtype.str}{value.shape}".encode())
        summer.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, BaseModel):
        _feed(summer, value.model_dump_json())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        summer.update(f"d{type(value).__name__}".encode())
        for field in dataclasses.fields(value):
            summer.update(field.name.encode())
            _feed(summer, getattr(value, field.name))
    elif isinstance(value, Mapping):
        summer.update(f"m{len(value)}".encode())
        for key in sorted(value, key=repr):
            _feed(summer, key)
            _feed(summer, value[key])
    elif isinstance(value, set | frozenset):
        _feed(summer, sorted(value, key=repr))
    elif isinstance(value, list | tuple):
        summer.update(f"l{len(value)}".encode())
        for item in value:
            _feed(summer, item)
    elif value is None or isinstance(value, str | int | float | bool | dt.date | np.integer | np.floating):
        text = repr(value.item() if isinstance(value, np.generic) else value).encode()
        summer.update(f"v{len(text)}".encode() + text)
    else:
        raise TypeError(f"no hash of {type(value).__name__}")


@functools.cache
def software() -> str:
    """Return the hash of what makes decisions: the code that solves, and the versions of its libraries."""
    summer = hashlib.sha256()
    here, names = resources.files("basketplan"), ("planner.py", "stages.py", "solve", "travel")
    waiting = [(name, here.joinpath(name)) for name in names]
    while waiting:
        name, item = waiting.pop()
        if item.is_dir():
            waiting += [(f"{name}/{one.name}", one) for one in sorted(item.iterdir(), key=lambda one: one.name)]
        elif name.endswith(".py"):
            summer.update(name.encode() + item.read_bytes())
    return digest(summer.hexdigest(), {name: metadata.version(name) for name in _LIBRARIES})


def _encoded(value: Any) -> Any:
    """Return ``value`` as JSON can hold it; mappings with keys that are no texts become pairs."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _encoded(item) for key, item in value.items()}
        return {_PAIRS: [[_encoded(key), _encoded(item)] for key, item in value.items()]}
    if isinstance(value, set | frozenset):
        return sorted(_encoded(item) for item in value)
    if isinstance(value, list | tuple):
        return [_encoded(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {_PAIRS}:
            return {_as_key(key): _decoded(item) for key, item in value[_PAIRS]}
        return {key: _decoded(item) for key, item in value.items()}
    return [_decoded(item) for item in value] if isinstance(value, list) else value


def _as_key(key: Any) -> Any:
    return tuple(key) if isinstance(key, list) else key
