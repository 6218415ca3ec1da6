"""The shape of the schema: which keys may stand where, and what they mean.

Paths are as written, ``("cooperatives", 3, "offers", 0, "price")``; the shorthands of basket lines and goals count.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from basketplan.programme.types import Alternative, Goal, Line, Programme
from basketplan.programme.written import Path

__all__ = [
    "LISTS",
    "default_at",
    "description",
    "fields",
    "is_list",
    "is_open",
    "is_whole",
    "keys_at",
    "model_at",
    "reader_at",
]

LISTS: Final = ("products", "baskets", "cooperatives", "hubs", "lorries", "vehicles", "households")
_GOALS: Final = get_args(Goal.model_fields["goal"].annotation)


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the key that users write."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def model_at(path: Path) -> type[BaseModel] | None:
    """Return the type whose keys stand at ``path``; none where no keys are fixed."""
    found = _annotation(path)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def keys_at(path: Path) -> tuple[str, ...]:
    """Return the keys that may stand in the mapping at ``path``."""
    model = model_at(path)
    if model is None:
        return ()
    if model is Line:
        return ("one of", *fields(Alternative))
    if model is Programme:
        return (*fields(model), "include")
    return (*fields(model), *_GOALS) if model is Goal else tuple(fields(model))


def is_open(path: Path) -> bool:
    """Tell whether ``path`` is a mapping whose keys are ids that the user chooses."""
    return get_origin(_annotation(path)) is dict


def description(path: Path) -> str:
    """Return what the schema says about the field at ``path``; empty where it says nothing."""
    if not path or not isinstance(path[-1], str):
        return ""
    model = model_at(path[:-1])
    if model is Line:
        model = Alternative
    info = fields(model).get(path[-1]) if model is not None else None
    return " ".join((info.description or "").split()) if info is not None else ""


def is_list(path: Path) -> bool:
    """Tell whether a list stands at ``path``."""
    return get_origin(_annotation(path)) is tuple


def is_whole(path: Path) -> bool | None:
    """Tell whether a whole number stands at ``path``; none where no number stands."""
    return {int: True, float: False}.get(_annotation(path))


def default_at(path: Path) -> Any:
    """Return the default of the field at ``path``; none where it has none."""
    info = _field(path)
    if info is None or info.is_required():
        return None
    return info.get_default(call_default_factory=True, validated_data={})


def reader_at(path: Path) -> Callable[..., Any] | None:
    """Return the function that reads what people write at ``path``; none where plain values stand."""
    info = _field(path)
    if info is None:
        return None
    waiting, metadata = [info.annotation], list(info.metadata)
    while waiting:
        current = waiting.pop()
        if get_origin(current) is typing.Annotated:
            metadata += get_args(current)[1:]
        elif get_origin(current) in (types.UnionType, typing.Union):
            waiting += get_args(current)
    return next((item.func for item in metadata if isinstance(item, BeforeValidator)), None)


def _field(path: Path) -> FieldInfo | None:
    """Return the field at ``path``."""
    if not path or not isinstance(path[-1], str):
        return None
    model = model_at(path[:-1])
    return fields(Alternative if model is Line else model).get(path[-1]) if model is not None else None


def _annotation(path: Path) -> Any:
    current: Any = Programme
    for part in path:
        current = _inner(current, part)
    return current


def _inner(annotation: Any, part: str | int) -> Any:
    """Return the annotation one step below ``annotation``."""
    if annotation is Line and isinstance(part, str) and part not in ("one_of", "one of"):
        annotation = Alternative
    if annotation is Line:
        return tuple[Alternative, ...]
    if annotation is Goal and part in _GOALS:
        return Goal
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        info = fields(annotation).get(str(part))
        return _plain(info.annotation) if info is not None else None
    if get_origin(annotation) is tuple and isinstance(part, int):
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) is dict:
        return _plain(get_args(annotation)[1])
    return None


def _plain(annotation: Any) -> Any:
    """Strip ``Annotated`` and ``| None``."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (types.UnionType, typing.Union):
        options = [option for option in get_args(annotation) if option is not type(None)]
        return _plain(options[0]) if len(options) == 1 else None
    return annotation
