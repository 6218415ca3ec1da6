"""JSON Schema of what users write and of plan.json, and the reference page; both come from the types.

The schema describes YAML as people write it: quantities are texts such as ``12 kg``, defaults too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Any, Final

from basketplan import units
from basketplan.programme.types import Alternative, Goal, Programme

__all__ = ["READING_CODES", "plan_schema", "programme_schema", "reference_markdown", "write_configs"]

Json = dict[str, Any]
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FILE: Final = {"type": "string", "pattern": r"\.(csv|geojson|gpkg|xlsx)$"}
# Fields without a description of their own say by their example what they hold.
_WRITTEN: Final[dict[str, Callable[[Any], str]]] = {
    "12 kg": lambda value: f"{value} g",
    "1 L": lambda value: f"{value} mL",
    "60 km": lambda value: f"{value / 1000:g} km",
    "12 min": lambda value: f"{value / 60:g} min",
    "2 days": lambda value: f"{value} days",
    "35 MAD": lambda value: f"{value / 100:g} MAD",
    "95 %": lambda value: f"{value * 100:g} %",
    "25 km/h": lambda value: f"{value:g} km/h",
    "08:00-17:00": lambda value: f"{units.clock(value[0])}-{units.clock(value[1])}",
}


def programme_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of ``programme.yaml`` and of the files it includes."""
    raw = Programme.model_json_schema(by_alias=True)
    defs: Json = raw["$defs"]
    for model in (Alternative, Goal):
        further = model.model_json_schema(by_alias=True)
        defs |= {model.__name__: further, **further.pop("$defs", {})}
    defs["Line"] = _line()
    defs["HouseholdTable"] = _table(defs["Household"])
    for name, definition in defs.items():
        defs[name] = _tidy(definition)
    root = _tidy({key: value for key, value in raw.items() if key != "$defs"})
    properties: Json = root["properties"]
    properties["households"] = _households(properties["households"])
    properties["include"] = {
        "description": "Further files, relative to this one; lists of the same name are joined.",
        "type": "array",
        "items": {"type": "string", "pattern": r"\.ya?ml$"},
    }
    _shorthands(defs)
    required = root.pop("required")
    return {
        "$schema": _DIALECT,
        "title": "basketplan programme",
        **root,
        "if": {"required": ["id"], "not": {"required": ["include"]}},
        "then": {"required": required},
        "$defs": dict(sorted(defs.items())),
    }


def plan_schema() -> Json:
    """Return the JSON Schema (draft 2020-12) of ``plan.json``."""
    from basketplan.plan.types import Plan

    raw = Plan.model_json_schema(mode="serialization")
    return {"$schema": _DIALECT, **_tidy(raw, titles=True)}


def write_configs(folder: FilePath) -> tuple[FilePath, ...]:
    """Write both schemas and the reference page; returns the files."""
    texts = {
        "programme.schema.json": json.dumps(programme_schema(), ensure_ascii=False, indent=2) + "\n",
        "plan.schema.json": json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n",
        "REFERENCE.md": reference_markdown(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)


def _line() -> Json:
    option = {"$ref": "#/$defs/Alternative"}
    several = {"type": "array", "items": {"anyOf": [{"type": "string"}, option]}, "minItems": 1}
    return {
        "description": "A line of a basket: one product, or several of which one is put in.",
        "anyOf": [
            {"type": "string", "examples": ["couscous 2 kg"]},
            {
                "type": "object",
                "properties": {"one of": {"anyOf": [{"type": "string"}, several]}},
                "required": ["one of"],
                "additionalProperties": False,
            },
            option,
        ],
    }


def _table(household: Json) -> Json:
    columns = list(household["properties"])
    defaults = {
        name: {"anyOf": [{"type": "string"}, value]}
        for name, value in household["properties"].items()
        if name not in ("id", "lat", "lon")
    }
    return {
        "type": "object",
        "description": "Households in a table.",
        "properties": {
            "file": {**_FILE, "description": "The table, relative to this file."},
            "columns": {
                "type": "object",
                "description": "Our columns by the names they have in the file; its other columns are then ignored.",
                "propertyNames": {"anyOf": [{"enum": columns}, {"pattern": r"^baskets\."}]},
                "additionalProperties": {"type": "string"},
            },
            "defaults": {
                "type": "object",
                "description": "Values for blank cells and for columns that the file does not have.",
                "properties": defaults,
                "additionalProperties": False,
            },
        },
        "required": ["file"],
        "additionalProperties": False,
    }


def _households(field: Json) -> Json:
    table = {"$ref": "#/$defs/HouseholdTable"}
    items = {"anyOf": [{"$ref": "#/$defs/Household"}, _FILE, table]}
    return {
        "description": field["description"],
        "anyOf": [_FILE, table, {"type": "array", "items": items, "minItems": 1}],
    }


def _shorthands(defs: Json) -> None:
    """Put in what types accept beyond their own form: texts for names, lines and goals as people write them."""
    line = {"$ref": "#/$defs/Line"}
    basket = defs["Basket"]["properties"]
    basket["container"] = {**line, "description": basket["container"]["description"]}
    basket["contents"]["items"] = line
    names = ["service", "fairness", "cost"]
    keep = {key: value for key, value in defs["Goal"]["properties"].items() if key == "keep"}
    settings = {"type": ["object", "null"], "properties": keep, "additionalProperties": False}
    short = {
        "type": "object",
        "properties": dict.fromkeys(names, settings),
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
    goals = defs["Policy"]["properties"]["goals"]
    goals["items"] = {"anyOf": [{"enum": names}, short, {"$ref": "#/$defs/Goal"}]}
    goals["default"] = ["service", {"fairness": {"keep": "95 %"}}, "cost"]
    detour = defs["Travel"]["properties"]["detour"]
    detour["default"] = [
        {**row, "below": _WRITTEN["60 km"](row["below"])} if row.get("below") else {"ratio": row["ratio"]}
        for row in detour.pop("default")
    ]


def _tidy(node: Any, *, titles: bool = False) -> Any:
    """Return a schema without generated titles, with defaults as people write them."""
    if isinstance(node, list):
        return [_tidy(item, titles=titles) for item in node]
    if not isinstance(node, dict):
        return node
    tidy: Json = {}
    for key, value in node.items():
        if key == "properties":
            tidy[key] = {name: _tidy(_field(field), titles=titles) for name, field in value.items()}
        elif titles or key != "title":
            tidy[key] = value if key in ("default", "examples", "enum") else _tidy(value, titles=titles)
    if tidy.get("$ref") == "#/$defs/Text":
        tidy["anyOf"] = [{"type": "string"}, {"$ref": tidy.pop("$ref")}]
    return tidy


def _field(field: Json) -> Json:
    """Return a field with its default as written, or without a default that says nothing."""
    field = dict(field)
    default = field.get("default")
    example = next(iter(_nodes(field, "examples")), [None])[0]
    if default is None or default in ("", [], {}) or (isinstance(default, dict) and not default.get("fr")):
        field.pop("default", None)
    elif example in _WRITTEN:
        field["default"] = _WRITTEN[example](default)
    return field


def _nodes(field: Json, key: str) -> Iterator[Any]:
    """Yield what ``key`` says in a field itself or in its alternatives."""
    for node in (field, *field.get("anyOf", ())):
        if key in node:
            yield node[key]


READING_CODES: Final = {
    "B101": "A file is missing, is a folder, or may not be read.",
    "B102": "A file is too large, nested too deeply, or grows too large by aliases or compression.",
    "B103": "A file is not text in UTF-8, or holds control characters.",
    "B104": "The text is not valid YAML.",
    "B105": "A file is empty or is no mapping of keys.",
    "B106": "A key is given twice in one mapping.",
    "B107": "A key is not a plain text; merge keys are not allowed.",
    "B108": "YAML tags (`!…`) are not allowed.",
    "B109": "A file holds several YAML documents.",
    "B110": "An include or table is no file beside the programme, or is a contacts file.",
    "B111": "A file is included twice, or includes itself.",
    "B112": "The same key is given in two files.",
    "B120": "A table cannot be read in the format that its name says.",
    "B121": "A table lacks a header or a needed column, or has one twice.",
    "B122": "A table has a column that is not known.",
    "B123": "A column or key looks like personal data.",
    "B124": "A row does not fit the header, or its quotes do not match.",
    "B125": "A cell cannot be read.",
    "B201": "A key is not known.",
    "B202": "A needed key is missing.",
    "B203": "A value is written in the wrong form.",
    "B204": "A value is of the wrong type.",
    "B205": "A number is out of its limits.",
    "B206": "A value is none of the words that may stand there.",
    "B207": "An id has the wrong form.",
    "B208": "A list needs at least one entry.",
    "B221": "An override cannot be understood.",
    "B222": "An override names something that does not exist.",
    "B223": "A scenario does not exist or has no overrides.",
}
"""Every fault of reading, before anything is compared with anything else."""

_ORDER: Final = (
    "Calendar", "Policy", "Goal", "Travel", "Detour", "Product", "Basket", "Alternative", "Cooperative", "Offer",
    "PriceBreak", "Hub", "Lorry", "Vehicle", "Break", "Household", "HouseholdTable", "Location", "Text",
)  # fmt: skip
_INTRODUCTION: Final = """# What a programme holds

This page is generated from the types (`tests/programme/test_schema.py` says when it is stale). A programme is a folder
with `programme.yaml`; [`programme.schema.json`](programme.schema.json) lets editors complete and check it:
`# yaml-language-server: $schema=…/configs/programme.schema.json` in the first line.

- **Quantities** carry their unit: `12 kg`, `1,5 L`, `35 MAD`, `95 %`, `60 km`, `12 min`, `08:00-17:00`. Comma or point.
- **Texts stay texts**: ids such as `007`, telephones, times and dates are never turned into numbers.
- **`include: [products.yaml, cooperatives.yaml]`** names further files, relative to the file that names them. Lists of
  the same name are joined; anything else may be given once. `*.yaml` in this folder can be included as well.
- **Households** may be a list, a table (`households: households.csv`, also `.geojson`, `.gpkg`, `.xlsx`), a mapping
  with `file`, `columns` and `defaults`, or a list of all of these. One row is one household, its columns are the keys
  of *Household*. A cell of `baskets` reads `standard` or `standard:2 family:1` (or the column is `baskets.standard`),
  `windows` `09:00-12:00; 15:00-18:00`, `days` `mon; sat` or dates.
- **Names, telephones, addresses and identity cards** belong in a separate contacts file. Columns that are named so are
  faults.
- **Overrides** change one value, by ids: `--set cooperatives[zitoun].offers[olive_oil].capacity=0`,
  `--set households[h01].baskets.standard=2`, `--set 'policy.goals=[service, cost]'`. A scenario is a file
  `scenarios/NAME.yaml` with `overrides:`, a mapping of such paths to values.
"""


def reference_markdown() -> str:
    """Return the reference page: every key with its values, default and meaning, then every fault code."""
    schema = programme_schema()
    defs: Json = schema["$defs"]
    parts = [_INTRODUCTION, _section("Programme", schema, schema["then"]["required"], Programme.__doc__ or "")]
    for name in _ORDER:
        told = str(defs[name].get("description", "")).split("\n")[0]
        parts.append(_section(name, defs[name], defs[name].get("required", []), told))
    codes = "\n".join(f"| `{code}` | {_cell(meaning)} |" for code, meaning in READING_CODES.items())
    parts.append(f"## Fault codes\n\n| code | meaning |\n|---|---|\n{codes}\n")
    return "\n".join(parts)


def _section(name: str, definition: Json, required: list[str], told: str) -> str:
    lines = [f"## {name}", "", told, "", "| key | value | default | meaning |", "|---|---|---|---|"]
    for key, field in definition["properties"].items():
        default = "**required**" if key in required else _default(field)
        lines.append(f"| `{key}` | {_cell(_value(field))} | {default} | {_cell(field.get('description', ''))} |")
    return "\n".join(lines) + "\n"


def _default(field: Json) -> str:
    if "default" not in field:
        return ""
    default = field["default"]
    return f"`{default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)}`"


def _value(field: Json) -> str:
    """Return in a few words what a key takes."""
    if "$ref" in field:
        return _linked(field["$ref"])
    if "anyOf" in field:
        options = dict.fromkeys(_value(option) for option in field["anyOf"] if option.get("type") != "null")
        return " or ".join(options)
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    if "examples" in field:
        return f"`{field['examples'][0]}`"
    if field.get("type") == "array":
        return f"list of {_value(field.get('items', {}))}"
    if field.get("type") == "object":
        values = [*field.get("patternProperties", {}).values(), field.get("additionalProperties")]
        return f"mapping of id to {_value(values[0])}" if isinstance(values[0], dict) else "mapping"
    return _scalar(field)


def _scalar(field: Json) -> str:
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    text = "id" if "A-Za-z0-9" in field.get("pattern", "") else words.get(str(field.get("type")), "mapping")
    if field.get("pattern") == _FILE["pattern"]:
        text = "table file"
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None:
        text += f", {low:g} to {high:g}" if high is not None else f", at least {low:g}"
    return text


def _linked(reference: str) -> str:
    name = reference.rsplit("/", 1)[-1]
    if name == "Line":
        return "`couscous 2 kg`, `one of: olive_oil 1 L \\| argan_oil 250 mL (max 30 %)` or [Alternative](#alternative)"
    return f"[{name}](#{name.lower()})"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("\\\\|", "\\|")
