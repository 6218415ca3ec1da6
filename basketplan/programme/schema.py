"""JSON Schema of what users write, and the reference page; both come from the types.

The schema describes YAML as people write it: quantities are texts such as ``12 kg``, defaults too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, get_args

from basketplan import units
from basketplan.programme.types import Alternative, Goal, GoalName, Programme

__all__ = ["programme_schema", "reference_markdown", "tidy"]

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
        defs[name] = tidy(definition)
    root = tidy({key: value for key, value in raw.items() if key != "$defs"})
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
    names = list(get_args(GoalName))
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


def tidy(node: Any, *, titles: bool = False) -> Any:
    """Return a schema without generated titles, with defaults as people write them."""
    if isinstance(node, list):
        return [tidy(item, titles=titles) for item in node]
    if not isinstance(node, dict):
        return node
    result: Json = {}
    for key, value in node.items():
        if key == "properties":
            result[key] = {name: tidy(_field(field), titles=titles) for name, field in value.items()}
        elif titles or key != "title":
            result[key] = value if key in ("default", "examples", "enum") else tidy(value, titles=titles)
    if result.get("$ref") == "#/$defs/Text":
        result["anyOf"] = [{"type": "string"}, {"$ref": result.pop("$ref")}]
    return result


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


_ORDER: Final = (
    "Calendar", "Policy", "Goal", "Group", "Delivery", "Travel", "Detour", "Product", "Basket", "Alternative",
    "Cooperative", "Offer", "PriceBreak", "Hub", "Lorry", "Rounds", "Vehicle", "Break", "Household", "HouseholdTable",
    "Point", "Location", "Text",
)  # fmt: skip
_INTRODUCTION: Final = """# What a programme holds

This page is generated from the types by `python -m basketplan.pages configs`. A programme is a folder
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
- **Faults** are listed in [FAULTS.md](FAULTS.md), by code.
- **Overrides** change values, by ids: `--set cooperatives[zitoun].offers[olive_oil].capacity=0`,
  `--set 'policy.goals=[service, cost]'`. A sign changes the old value: `-30 %` scales it, `+500 kg`, `-2` or `+7 days`
  add to it. `[*]` means every entry, `[zone=Anfa|Maarif, access!=track]` those that fit, `[#2]` the second item of a
  list without ids. In so many words: `{set: …}`, `{scale: 0.7}`, `{add: 2}`, `{remove: true}`, `{remove: [fri]}`,
  `{append: {id: …}}`, and `households[zone=Anfa]: {append: 500}` for 500 more like these. Defaults count as written;
  amounts of an offer are rounded down to whole packs.
- **Scenarios** are named lists of overrides in `scenarios/*.yaml`: `scenarios:` maps a name to a list of changes
  (`- path: value`) and of names of other scenarios, or to `{title, description, changes}`. The order is kept; a change
  that undoes an earlier one is told. `--scenario rain+strike` applies both. A file may also be one scenario, named like
  the file, with `overrides:`.
"""


def reference_markdown() -> str:
    """Return the reference page: every key with its values, default and meaning."""
    schema = programme_schema()
    defs: Json = schema["$defs"]
    parts = [_INTRODUCTION, _section("Programme", schema, schema["then"]["required"], Programme.__doc__ or "")]
    for name in _ORDER:
        told = str(defs[name].get("description", "")).split("\n")[0]
        parts.append(_section(name, defs[name], defs[name].get("required", []), told))
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
