"""From raw data to the types of the schema; what does not fit becomes faults in plain words, with places."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from basketplan.errors import Fault
from basketplan.programme.shape import description, keys_at, model_at
from basketplan.programme.types import Line, Programme
from basketplan.programme.written import Path, Written, address, looks_personal

__all__ = ["Problem", "found", "in_reading_order", "problems", "unknown_key", "unknown_problem", "validate"]

MOST_ALIKE: Final = 20
_SENTENCES: Final = {
    "string_type": ("B204", "expected a text"),
    "int_type": ("B204", "expected a whole number"),
    "int_parsing": ("B204", "expected a whole number"),
    "int_from_float": ("B204", "expected a whole number"),
    "int_parsing_size": ("B205", "expected a smaller number"),
    "float_type": ("B204", "expected a number"),
    "float_parsing": ("B204", "expected a number"),
    "finite_number": ("B205", "expected a finite number"),
    "bool_type": ("B204", "expected true or false"),
    "bool_parsing": ("B204", "expected true or false"),
    "dict_type": ("B204", "expected a mapping of 'key: value' entries"),
    "model_type": ("B204", "expected a mapping of 'key: value' entries"),
    "model_attributes_type": ("B204", "expected a mapping of 'key: value' entries"),
    "tuple_type": ("B204", "expected a list"),
    "list_type": ("B204", "expected a list"),
}
_LIMITS: Final = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of the types: where, and in which words."""

    code: str
    path: Path
    sentence: str
    help: str = ""
    key: bool = False


def validate(
    data: Mapping[str, Any], written: Written, *, partial: bool = False, known: Sequence[Fault] = ()
) -> tuple[Programme | None, list[Fault]]:
    """Turn raw data into a programme, or tell every place that does not fit.

    Parameters
    ----------
    data
        What the files say, overrides applied.
    written
        Where it was written.
    partial
        Whether some file could not be read: then what is missing at the top is not told.
    known
        Faults told already; a place that has one gets no second.
    """
    try:
        return Programme.model_validate(data), []
    except ValidationError as error:
        wrong = problems(error, data)
    taken = {str(fault.place) for fault in known}
    faults = []
    for problem in wrong:
        if partial and problem.code in {"B202", "B208"} and len(problem.path) == (problem.code == "B208"):
            continue
        place = written.place(problem.path, key=problem.key)
        if str(place) not in taken:
            message = f"{address(problem.path, data) or 'programme'}: {problem.sentence}"
            faults.append(written.fault_at(problem.code, message, place, problem.help))
    return None, faults


def problems(error: ValidationError, data: Mapping[str, Any], prefix: Path = ()) -> list[Problem]:
    """Put the messages of pydantic in plain words, one for each place and kind.

    ``data`` is the whole raw programme; ``prefix`` says where in it the validated part stands.
    """
    result: dict[tuple[Path, str, str], Problem] = {}
    for item in error.errors(include_url=False):
        problem = _problem({**item, "loc": (*prefix, *item["loc"])}, data)
        if problem is not None:
            result.setdefault((problem.path, problem.code, problem.sentence), problem)
    return list(result.values())


def _problem(item: Any, data: Mapping[str, Any]) -> Problem | None:
    """Put one message of pydantic in plain words; none where another message says it better."""
    kind, value, loc = item["type"], item["input"], item["loc"]
    path, rest = _written_path(loc, data)
    if kind == "missing" and model_at(path) is Line:
        return _line_problem(path, str(loc[-1]), value)
    if kind == "extra_forbidden" and model_at(path[:-1]) is Line and path[-1] in (*keys_at(path[:-1]), "one_of"):
        return None
    if kind == "missing":
        key = str(loc[-1])
        return Problem(code="B202", path=path, sentence=f"'{key}' is missing", help=description((*path, key)))
    if kind == "extra_forbidden":
        return unknown_problem(path)
    if "days" in path[-2:] and len(rest) == 1 and kind in {"literal_error", "value_error"}:
        sentence = f"expected a weekday (mon to sun) or a date like '2020-05-18'{found(value)}"
        return Problem(code="B203", path=path, sentence=sentence, help="write, for example, days: [mon, 2020-05-18]")
    if rest and rest[-1] == "[key]":
        sentence = "this key is no id"
        return Problem(code="B207", path=path, sentence=sentence, help=_ID_HELP, key=True)
    if kind == "too_short" and value:
        return None  # its entries are wrong, and told themselves
    code, sentence, help = _sentence(kind, item, value)
    return Problem(code=code, path=path, sentence=sentence, help=help or _described(path))


_ID_HELP: Final = "ids are 1 to 64 letters (a-z), figures, '-', '_' or '.', and start with a letter or figure"


def _sentence(kind: str, item: Any, value: Any) -> tuple[str, str, str]:
    """Return code, sentence and help for a value that does not fit its type."""
    context = item.get("ctx", {})
    if kind == "value_error":
        text = str(context.get("error", "this value does not fit"))
        if not isinstance(value, str | int | float):
            text = text.split(", found")[0] + found(value)
        return "B203", text, ""
    if kind in _SENTENCES:
        code, sentence = _SENTENCES[kind]
        return code, sentence + found(value), ""
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return "B205", f"must be {words} {context.get(name)}{found(value)}", ""
    if kind == "literal_error":
        options = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        near = difflib.get_close_matches(str(value), options, n=1)
        return "B206", f"expected {_either(options)}{found(value)}", f"did you mean '{near[0]}'?" if near else ""
    if kind == "string_pattern_mismatch":
        return "B207", f"this is no id{found(value)}", _ID_HELP
    if kind == "too_short":
        return "B208", "at least one entry is needed", ""
    return "B203", f"this value does not fit{found(value)}", ""


def _line_problem(path: Path, missing: str, value: Any) -> Problem:
    """Put what a basket line lacks in the words of its shorthands."""
    help = "write 'couscous 2 kg', 'one of: olive_oil 1 L | argan_oil 250 mL', or {product: …, quantity: …}"
    if isinstance(value, dict) and ("one of" in value or "one_of" in value):
        return Problem(code="B201", path=path, sentence="a line with 'one of' has no other keys", help=help)
    missing = "product" if missing == "one_of" else missing
    return Problem(code="B202", path=path, sentence=f"'{missing}' is missing", help=help)


def unknown_problem(path: Path) -> Problem:
    """Tell that the key at the end of ``path`` is unknown, or that it is personal data."""
    key = str(path[-1])[:64] if path else ""
    parent = path[:-1]
    if path and path[0] == "households" and looks_personal(key):
        help = "move it to the contacts file, which planning never opens, and delete it here"
        return Problem(code="B123", path=path, sentence="this looks like personal data", help=help, key=True)
    help = unknown_key(key, keys_at(parent))
    return Problem(code="B201", path=path, sentence="this key is not known", help=help, key=True)


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Return the help for an unknown key."""
    near = difflib.get_close_matches(key.lower(), known, n=1)
    return f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}" if known else ""


def _written_path(loc: Iterable[str | int], data: Any) -> tuple[Path, tuple[str | int, ...]]:
    """Return the part of a location that the raw data has, as written, and the rest that only the types know."""
    parts = tuple(loc)
    here, at = data, 0
    path: list[str | int] = []
    while at < len(parts):
        part = parts[at]
        steps: tuple[str | int, ...] = (part,)
        if isinstance(here, Mapping) and part not in here:
            inner = next(iter(here.items())) if len(here) == 1 else ("", None)
            if part == "one_of" and "one of" in here:
                steps = ("one of",)
            elif part == "one_of" and "product" in here and at + 2 < len(parts):
                at += 2
                continue
            elif isinstance(inner[1], Mapping) and part in inner[1]:
                steps = (inner[0], part)
        for step in steps:
            if not (isinstance(here, Mapping) and step in here) and not (
                isinstance(here, list) and isinstance(step, int) and step < len(here)
            ):
                return tuple(path), parts[at:]
            here = here[step]  # type: ignore[index]  # looked at just above
            path.append(step)
        at += 1
    return tuple(path), ()


def _described(path: Path) -> str:
    while path and isinstance(path[-1], int):
        path = path[:-1]
    text = description(path)
    return f"{path[-1]}: {text[:1].lower()}{text[1:]}" if text else ""


def found(value: Any) -> str:
    """Return ``, found …`` for what stands in a wrong place; never more than one short line."""
    if value is None:
        return ", found nothing"
    if isinstance(value, dict | BaseModel):
        return ", found a mapping"
    if isinstance(value, list | tuple):
        return ", found a list"
    text = str(value)
    return f", found '{text[:60]}{'…' if len(text) > 60 else ''}'"


def _either(options: Sequence[str]) -> str:
    shown = [f"'{option}'" for option in options]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}" if shown else "another value"


def in_reading_order(faults: Iterable[Fault], written: Written) -> tuple[Fault, ...]:
    """Sort faults by where they stand, each once, and tell only the first of very many that are alike."""
    ordered = sorted(dict.fromkeys(faults), key=written.order)
    alike: Counter[tuple[str, str, str]] = Counter(map(_kind, ordered))
    shown: Counter[tuple[str, str, str]] = Counter()
    result = []
    for fault in ordered:
        kind = _kind(fault)
        shown[kind] += 1
        if shown[kind] <= MOST_ALIKE or fault.code >= "B3":
            result.append(fault)
        elif shown[kind] == MOST_ALIKE + 1:
            more = alike[kind] - MOST_ALIKE
            name = fault.place.file if fault.place is not None else "the programme"
            result.append(replace(fault, message=f"and {more:,} more like the {MOST_ALIKE} above in {name}", help=""))
    return tuple(result)


def _kind(fault: Fault) -> tuple[str, str, str]:
    plain = re.sub(r"'[^']*'|\[[^\]]*\]|\d+", "", fault.message)
    return fault.code, fault.place.file if fault.place is not None else "", plain
