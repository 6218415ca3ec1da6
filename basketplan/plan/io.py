"""The plan folder: plan.json, verification.json and inputs.json, written whole or not at all.

plan.json is canonical: the same plan is the same bytes. Its long lists hold one item per line, so that two plans can
be compared line by line and edited by hand. Reading tells every fault with its place:

====  ===========================================================
B601  there is no plan here
B602  the file is larger than any plan
B603  the file is not UTF-8 text
B604  the text is not JSON
B605  the JSON is not a plan, or one of another version
B606  a field is missing, unknown or holds something else
B607  inputs.json cannot be read
====  ===========================================================
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from basketplan.errors import Fault, InputError, Place, UsageError
from basketplan.plan.types import PLAN_FORMAT, PLAN_VERSION, Plan, Verification
from basketplan.programme.types import Programme

__all__ = [
    "MAX_BYTES",
    "plan_json",
    "plan_sha256",
    "programme_sha256",
    "read_inputs",
    "read_plan",
    "refuse_foreign_folder",
    "replacing",
    "write_plan",
]

PLAN, REJECTED, VERIFICATION, INPUTS = "plan.json", "plan.rejected.json", "verification.json", "inputs.json"

MAX_BYTES = 4 * 1024**3
"""Largest plan.json that is read; one for a million households is about a quarter of it."""
_MAX_FAULTS = 50
_SPACE = re.compile(r"[ \t\r\n]*")


def plan_json(plan: Plan) -> bytes:
    """Return the canonical bytes of ``plan``: one item per line in its lists, keys in the order of the types."""
    fields = []
    for name in type(plan).model_fields:
        value = getattr(plan, name)
        if name == "collections" and not value:
            continue  # a plan that brings everything to the door is the same bytes as ever
        if isinstance(value, tuple):
            items = ",\n".join(item.model_dump_json() for item in value)
            text = f"[\n{items}\n]" if items else "[]"
        elif isinstance(value, BaseModel):
            text = _ordered(value).model_dump_json(indent=1)
        else:
            text = json.dumps(value, ensure_ascii=False)
        fields.append(f"{json.dumps(name)}: {text}")
    return ("{\n" + ",\n".join(fields) + "\n}\n").encode()


def _ordered(item: BaseModel) -> BaseModel:
    """Return ``item`` with the keys of its mappings sorted."""
    mappings = {name: value for name, value in item if isinstance(value, dict)}
    return item.model_copy(update={name: dict(sorted(value.items())) for name, value in mappings.items()})


def plan_sha256(plan: Plan) -> str:
    """Return the SHA-256 of the plan's canonical bytes, in hexadecimal."""
    return hashlib.sha256(plan_json(plan)).hexdigest()


def programme_sha256(programme: Programme) -> str:
    """Return the SHA-256 of the programme's content, whatever its files, comments and spelling of quantities.

    Candidates for distribution points are no part of it while everything is brought to the door.
    """
    unused = {"points": True} if programme.policy.delivery.mode == "doors" else None
    content = programme.model_dump(mode="json", exclude=unused)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_plan(path: Path | str) -> Plan:
    """Read a plan from its folder or from a plan.json.

    In a folder without plan.json, plan.rejected.json is read, so that a rejected plan can be looked into.

    Raises
    ------
    InputError
        With faults B601 to B606; it never ends in a traceback, whatever the file holds.
    """
    file = Path(path)
    if os.path.isdir(file):  # unlike Path.is_dir, it never raises
        file = file / PLAN if (file / PLAN).exists() or not (file / REJECTED).exists() else file / REJECTED
    text = _read_text(file)
    try:
        return Plan.model_validate_json(text, strict=True)
    except ValidationError as error:
        raise InputError(_faults(error, file, text)) from None


def read_inputs(path: Path | str) -> dict[str, Any]:
    """Return what inputs.json beside the plan says; empty when there is none.

    Raises
    ------
    InputError
        With fault B607 when it is not a JSON object.
    """
    folder = Path(path) if os.path.isdir(path) else Path(path).parent
    file = folder / INPUTS
    if not os.path.exists(file):
        return {}
    try:
        content = json.loads(_read_text(file))
    except (ValueError, RecursionError) as error:
        _refuse("B607", f"{INPUTS} is not JSON: {error}", _place(file), "plan again, or give --programme")
    if not isinstance(content, dict):
        _refuse("B607", f"{INPUTS} must hold an object", _place(file), "plan again, or give --programme")
    return content


def refuse_foreign_folder(folder: Path | str) -> None:
    """Refuse to write a plan where something else lies.

    Raises
    ------
    UsageError
        ``folder`` is a file, or a folder that holds anything but a plan.
    """
    target = Path(folder)
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{folder} is a file: give --out a new folder")
    if any(target.iterdir()) and not _is_plan_folder(target):
        raise UsageError(f"{folder} is not empty and not a plan folder: give --out another folder")


def write_plan(folder: Path | str, plan: Plan, verification: Verification, inputs: Mapping[str, Any]) -> Path:
    """Write the plan folder and return it.

    Everything is written to a sibling folder first, which then takes the place of the old one: whoever looks finds
    the old plan or the new one, never half. A plan that breaks rules is written as plan.rejected.json.

    Parameters
    ----------
    inputs
        What the plan was made from; becomes inputs.json.

    Raises
    ------
    UsageError
        ``folder`` holds something that is not a plan.
    """
    target = Path(folder).resolve()
    refuse_foreign_folder(target)
    with replacing(target) as new:
        _write(new / (PLAN if verification.ok else REJECTED), plan_json(plan))
        _write(new / VERIFICATION, (verification.model_dump_json(indent=1) + "\n").encode())
        _write(new / INPUTS, (json.dumps(dict(inputs), ensure_ascii=False, indent=1) + "\n").encode())
    return Path(folder)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder beside ``target`` that takes its place at the end; after an error the old one stays."""
    new, old = (target.with_name(f".{target.name}.{kind}-{os.getpid()}") for kind in ("new", "old"))
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if target.exists():
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if old.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """Write and make sure that it is on the disk before the folder is renamed."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _is_plan_folder(folder: Path) -> bool:
    """Tell whether a plan, and no programme, lies in ``folder``."""
    mark = f'"format": "{PLAN_FORMAT}"'.encode()
    for name in (PLAN, REJECTED):
        file = folder / name
        if file.is_file() and not (folder / "programme.yaml").exists():
            with file.open("rb") as handle:
                return mark in handle.read(200)
    return False


def _place(file: Path, text: str = "", offset: int = 0) -> Place:
    line = text.count("\n", 0, offset) + 1
    return Place(file=str(file), line=line, column=offset - (text.rfind("\n", 0, offset) + 1) + 1)


def _refuse(code: str, message: str, place: Place, fix: str) -> NoReturn:
    raise InputError([Fault(code=code, message=message, place=place, help=fix)]) from None


def _read_text(file: Path) -> str:
    """Return the text of ``file``; missing, huge and binary files are faults."""
    try:
        size = file.stat().st_size
        if not file.is_file():
            _refuse("B601", f"'{file}' is not a file", _place(file), "give a plan folder or its plan.json")
        if size > MAX_BYTES:
            _refuse(
                "B602", f"the file has {size:,} bytes, more than {MAX_BYTES:,}", _place(file), "is this a plan.json?"
            )
        content = file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        _refuse("B601", f"no plan can be read from '{file}': {reason}", _place(file), "give a plan folder")
    except ValueError:
        _refuse("B601", "there is no such path", _place(file), "give a plan folder or its plan.json")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(
            "B603", f"byte {error.start:,} is not UTF-8 text", _place(file), "a plan.json is text in the UTF-8 encoding"
        )


def _faults(error: ValidationError, file: Path, text: str) -> list[Fault]:
    """Turn what pydantic found into faults with places."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        offset = getattr(wrong, "pos", 0)
        reason = getattr(wrong, "msg", "it is nested too deeply")
        return [
            Fault(
                code="B604",
                message=f"this is not JSON: {reason[:1].lower()}{reason[1:]}",
                place=_place(file, text, offset),
                help="undo the last edit at this place",
            )
        ]
    if not isinstance(content, dict) or (content.get("format"), content.get("version")) != (PLAN_FORMAT, PLAN_VERSION):
        found = (content.get("format"), content.get("version")) if isinstance(content, dict) else type(content).__name__
        return [
            Fault(
                code="B605",
                message=f"expected format '{PLAN_FORMAT}' version {PLAN_VERSION}, found {found}",
                place=_place(file),
                help="is this a plan.json of this version of basketplan? plan again to get one",
            )
        ]
    details = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [_field_fault(detail["loc"], detail["msg"], file, text) for detail in details[:_MAX_FAULTS]]
    if len(details) > _MAX_FAULTS:
        rest = Fault(code="B606", message=f"and {len(details) - _MAX_FAULTS:,} more faults", place=_place(file))
        faults.append(rest)
    return faults


def _field_fault(loc: Sequence[int | str], message: str, file: Path, text: str) -> Fault:
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc).lstrip(".")
    name = name or "the whole file"
    return Fault(
        code="B606",
        message=f"{name}: {message[:1].lower()}{message[1:]}",
        place=_place(file, text, _offset(text, loc)),
        help="see `basketplan schema plan`",
    )


def _offset(text: str, loc: Iterable[int | str]) -> int:
    """Return where the value at ``loc`` begins; where it is missing, the innermost value around it."""
    at = _skip(text, 0)
    for step in loc:
        found = _member(text, at, step)
        if found is None:
            return at
        at = found
    return at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _member(text: str, at: int, step: int | str) -> int | None:
    """Return where member ``step`` of the array or object that begins at ``at`` begins, if it has one."""
    if text[at] not in "[{":
        return None
    decoder, index, is_object = json.JSONDecoder(), 0, text[at] == "{"
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        key: int | str = index
        if is_object:
            key, at = decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if key == step:
            return at
        at = _skip(text, decoder.raw_decode(text, at)[1])
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1
    return None
