"""YAML with places: one pass over libyaml's events builds the data and remembers where each value stands.

Nothing is guessed: every plain scalar stays text (ids such as ``007``, telephones, times, dates, ``no``) except
the empty one, ``~`` and ``null``; the types of the schema read numbers from text. There is no recursion, so nested
input cannot overflow, and aliases are counted, so that small files cannot become large ones. Places cost
about 25 bytes a value: a file of 100,000 households is read in a few seconds.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

import yaml

from basketplan.errors import Fault, Place
from basketplan.programme.files import read_text
from basketplan.programme.written import Path, Written, looks_personal

__all__ = ["Parsed", "YamlFile", "parse_value", "parse_yaml", "read_yaml"]

MAX_DEPTH: Final = 50
MAX_ALIASED: Final = 100_000
_BREAKS = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "seq", "map", "timestamp"))
_PLAIN_WORDS = (
    ("mapping values are not allowed", "a ':' does not fit here", "put quotes around a text that holds ': '"),
    ("could not find expected ':'", "a ':' is missing after this key", "write 'key: value'"),
    ("found unexpected end of stream", "a quote is opened here and never closed", "close the quote"),
    ("expected ',' or ']'", "a ',' or a ']' is missing before this", "close the bracket or separate the items"),
    ("expected ',' or '}'", "a ',' or a '}' is missing before this", "close the brace or separate the entries"),
    ("did not find expected key", "this does not fit the lines above", "check indentation, brackets and quotes"),
    ("did not find expected '-'", "this does not fit the list above", "check indentation; list items start with '- '"),
    ("expected <document start>", "this stands after the end of the document", "a file holds one document"),
    ("cannot start any token", "this character cannot start a value", "put quotes around the text"),
    ("block sequence entries are not allowed", "a list cannot start here", "put '- ' on a line of its own"),
    ("expected alphabetic or numeric", "'*' or '&' starts a reference here", "put quotes around the text"),
    ("undefined tag handle", "tags (!) are not allowed", "put quotes around the text"),
)


class YamlFile:
    """The places of one YAML text: for every node its line, column, length and the end of its subtree.

    Nodes are numbered in reading order; a key is a node too and carries its text in ``labels``.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.lines, self.columns, self.lengths, self.ends = (array("I") for _ in range(4))
        self.labels: list[str | None] = []
        self.private: list[tuple[int, int]] = []
        self._split: list[str] | None = None
        self._children: dict[int, list[int]] = {}

    def line(self, number: int) -> str:
        """Return a source line; empty where it holds personal data."""
        if any(first <= number <= last for first, last in self.private):
            return ""
        if self._split is None:
            self._split = _BREAKS.split(self.text)
        return self._split[number - 1] if 0 < number <= len(self._split) else ""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of ``path``, else of its nearest parent."""
        node = key_node = 0
        position = 0
        while position < len(path) and node < len(self.labels):
            pair = self._step(node, path[position])
            if pair is None and path[position] == "one_of" and len(path) > position + 2:
                position += 2
                continue
            if pair is None:
                return self.at(node)
            key_node, node = pair
            position += 1
        return self.at(key_node if key else node)

    def at(self, node: int) -> Place:
        """Return the place of a node."""
        if node >= len(self.labels):
            return Place(file=self.name)
        length = self.lengths[node]
        if not length and node + 1 < self.ends[node]:
            length = self.lengths[node + 1]
        return Place(
            file=self.name, line=self.lines[node] + 1, column=self.columns[node] + 1, length=max(1, int(length))
        )

    def _step(self, node: int, part: str | int) -> tuple[int, int] | None:
        """Return the nodes of key and value of a child (the same node twice in a list)."""
        if node not in self._children:
            self._children[node] = list(self.children(node, self.ends[node]))
        children = self._children[node]
        if isinstance(part, int):
            if part < len(children) and not (children and self.labels[children[0]] is not None):
                return children[part], children[part]
            return None
        for key_node, value_node in zip(children[::2], children[1::2], strict=False):
            label = self.labels[key_node]
            if label is not None and (label == part or label.replace(" ", "_") == part):
                return key_node, value_node
        # A shorthand such as ``fairness: {keep: 95 %}`` stands for a mapping one level up.
        if len(children) == 2 and self.ends[children[1]] > children[1] + 1:
            return self._step(children[1], part)
        return None

    def children(self, node: int, end: int) -> Iterator[int]:
        """Yield the nodes directly below ``node`` that begin before ``end``: items, or keys and values in turn."""
        child = node + 1
        while child < end:
            yield child
            child = self.ends[child]


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What a YAML text holds, where it stands, and every fault found in it."""

    data: Any
    origin: YamlFile
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is being built."""

    value: Any
    node: int
    weight: int
    anchor: str | None
    key: str | None = None
    key_line: int = 0
    waits_for_value: bool = False
    key_is_bad: bool = False


class _TooMuch(Exception):
    """The rest of the text is not worth reading."""


@dataclass
class _Builder:
    """Builds data from events without recursion."""

    origin: YamlFile
    told: list[tuple[str, str, Place, str]] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int] | None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    personal: dict[str, bool] = field(default_factory=dict)
    root: Any = None
    documents: int = 0
    weight: int = 0
    aliased: int = 0
    top: str = ""

    def run(self, loader: Any) -> None:
        """Consume every event of ``loader``."""
        while (event := loader.get_event()) is not None:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close(event)
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    node = self._node(event.start_mark, None, None)
                    self.tell(
                        "B109", "a second document starts here", node, "keep one document per file, without '---'"
                    )
                    raise _TooMuch

    def tell(self, code: str, message: str, node: int, help: str = "") -> None:
        """Take note of a fault at a node."""
        self.told.append((code, message, self.origin.at(node), help))

    def _node(self, start: Any, end: Any, label: str | None) -> int:
        origin = self.origin
        node = len(origin.labels)
        origin.lines.append(start.line)
        origin.columns.append(start.column)
        same = end is not None and end.line == start.line
        origin.lengths.append(end.column - start.column if same else 0)
        origin.ends.append(node + 1)
        origin.labels.append(label)
        self.weight += 1
        return node

    def _scalar(self, event: Any) -> None:
        frame = self.stack[-1] if self.stack else None
        text: str = event.value
        if frame is not None and not frame.waits_for_value and type(frame.value) is dict:
            self._key(event, frame, self.keys.setdefault(text, text))
            return
        node = self._node(event.start_mark, event.end_mark, None)
        self._refuse_tag(event, node)
        value = None if event.implicit[0] and not event.style and text in _NULLS else text
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self._add(value, event.end_mark.line)

    def _key(self, event: Any, frame: _Frame, text: str) -> None:
        node = self._node(event.start_mark, event.end_mark, text)
        self._refuse_tag(event, node)
        plain = not event.style
        frame.key, frame.key_line, frame.waits_for_value, frame.key_is_bad = text, event.start_mark.line, True, True
        if plain and text == "<<":
            self.tell("B107", "merge keys (<<) are not allowed", node, "write the entries out")
        elif plain and text in _NULLS:
            self.tell("B107", "a key must be a text", node, "write 'key: value'")
        elif text in frame.value:
            first = next(child for child in self.origin.children(frame.node, node) if self.origin.labels[child] == text)
            line = self.origin.lines[first] + 1
            self.tell("B106", f"the key '{text}' is given twice, first in line {line}", node, "keep one of them")
        else:
            frame.key_is_bad = False
        if frame.key_is_bad:
            self.origin.labels[node] = f"\0{text}"
        if len(self.stack) == 1:
            self.top = text
        if event.anchor is not None:
            self.anchors[event.anchor] = (text, 1)

    def _open(self, event: Any, value: Any) -> None:
        node = self._node(event.start_mark, None, None)
        if len(self.stack) >= MAX_DEPTH:
            self.tell("B102", f"nested deeper than {MAX_DEPTH} levels", node, "a programme needs no more than ten")
            raise _TooMuch
        self._refuse_tag(event, node)
        if self._is_key():
            self.tell("B107", "a key must be a text, not a list or mapping", node, "write 'key: value'")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.stack.append(_Frame(value, node, self.weight - 1, event.anchor))

    def _close(self, event: Any) -> None:
        frame = self.stack.pop()
        origin = self.origin
        origin.ends[frame.node] = len(origin.labels)
        end = event.end_mark
        if end.line == origin.lines[frame.node]:
            origin.lengths[frame.node] = end.column - origin.columns[frame.node]
        if frame.anchor is not None:
            self.anchors[frame.anchor] = (frame.value, self.weight - frame.weight)
        self._add(frame.value, end.line)

    def _alias(self, event: Any) -> None:
        node = self._node(event.start_mark, event.end_mark, None)
        known = self.anchors.get(event.anchor)
        if known is None:
            what = "refers to itself" if event.anchor in self.anchors else "refers to nothing above"
            self.tell("B104", f"the alias '*{event.anchor}' {what}", node, "write the value out")
            known = (None, 0)
        if self._is_key():
            self.tell("B107", "a key must be a text, not an alias", node, "write the key out")
        self.aliased += known[1]
        self.weight += known[1]
        if self.aliased > MAX_ALIASED:
            self.tell("B102", "aliases make this file too large", node, "write the values out")
            raise _TooMuch
        self._add(known[0], event.end_mark.line)

    def _is_key(self) -> bool:
        return bool(self.stack) and type(self.stack[-1].value) is dict and not self.stack[-1].waits_for_value

    def _add(self, value: Any, last_line: int) -> None:
        """Put a finished value into what is being built."""
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        if type(frame.value) is list:
            frame.value.append(value)
        elif not frame.waits_for_value:
            frame.key, frame.waits_for_value, frame.key_is_bad = None, True, True
        else:
            frame.waits_for_value = False
            if not frame.key_is_bad:
                frame.value[frame.key] = value
            if frame.key is not None and self._is_private(frame.key):
                self.origin.private.append((frame.key_line + 1, last_line + 1))

    def _is_private(self, key: str) -> bool:
        """Tell whether the lines of this key must not be shown: personal data that belongs elsewhere."""
        if key not in self.personal:
            self.personal[key] = looks_personal(key)
        return self.personal[key] and (self.top == "households" or key != "name")

    def _refuse_tag(self, event: Any, node: int) -> None:
        if event.tag is not None and event.tag not in _TAGS and event.tag != "!":
            self.tell("B108", "tags (!) are not allowed", node, "put quotes around a text that starts with '!'")


def read_yaml(path: FilePath, name: str) -> tuple[Parsed, bytes]:
    """Read and parse a YAML file; faults of its content are in the result.

    Raises
    ------
    InputError
        When the file cannot be read as text at all.
    """
    text, content = read_text(path, name)
    return parse_yaml(text, name), content


def parse_yaml(text: str, name: str) -> Parsed:
    """Parse a YAML text; never raises, all faults are in the result."""
    origin = YamlFile(name, text)
    builder = _Builder(origin)
    told = builder.told
    bad = _FORBIDDEN.search(text)
    if bad:
        message = f"a character that text must not hold (U+{ord(bad.group()):04X})"
        told.append(("B103", message, _position(origin, bad.start()), "remove it; save the file as plain text"))
    else:
        _consume(builder, text)
    if not told and not builder.documents:
        told.append(("B105", "the file is empty", Place(file=name), "write 'key: value' entries"))
    written = Written(origins=[origin])
    faults = tuple(written.fault_at(code, message, place, help) for code, message, place, help in told)
    return Parsed(data=builder.root, origin=origin, faults=faults)


def parse_value(text: str) -> Any:
    """Return what a value on the command line says in YAML: ``0``, ``[service, cost]``, ``{a: 1}``.

    Raises
    ------
    ValueError
        With one sentence, when the text is not YAML.
    """
    parsed = parse_yaml(text, "value")
    faults = [fault for fault in parsed.faults if fault.code != "B105"]
    if faults:
        raise ValueError(faults[0].message)
    return parsed.data


def _consume(builder: _Builder, text: str) -> None:
    loader = yaml.CSafeLoader(text)
    try:
        builder.run(loader)
    except _TooMuch:
        builder.root = None
    except yaml.MarkedYAMLError as error:
        builder.root = None
        _tell_syntax(builder, error)
    except (yaml.YAMLError, UnicodeError):
        builder.root = None
        place = Place(file=builder.origin.name)
        builder.told.append(("B104", "this is not valid YAML", place, "save the file as plain text in UTF-8"))
    finally:
        loader.dispose()


def _tell_syntax(builder: _Builder, error: yaml.MarkedYAMLError) -> None:
    """Put what libyaml says in plain words."""
    problem = str(error.problem or error.context or "")
    mark = error.problem_mark or error.context_mark
    if "unexpected end of stream" in problem and error.context_mark is not None:
        mark = error.context_mark
    line, column = (mark.line, mark.column) if mark is not None else (0, 0)
    found = next(((told, help) for part, told, help in _PLAIN_WORDS if part in problem), None)
    told, help = found or (f"this is not valid YAML: {problem}", "check indentation, brackets and quotes")
    origin = builder.origin
    source = origin.line(line + 1)
    if source[column : column + 1] == "\t":
        told, help = "a tab stands where only spaces may", "indent with spaces"
    if not source and error.context_mark is not None:
        line, column = error.context_mark.line, error.context_mark.column
        told, help = "what starts here is not complete", "close the bracket, brace or quote"
    # Nothing was built here, so a line that may hold a person's data is known only by its keys.
    words = re.findall(r"([^\W\d][\w -]*?)\s*[:=]", origin.line(line + 1))
    if any(looks_personal(word) and (builder.top in {"", "households"} or word != "name") for word in words):
        origin.private.append((line + 1, line + 1))
    builder.told.append(("B104", told, Place(file=origin.name, line=line + 1, column=column + 1), help))


def _position(origin: YamlFile, offset: int) -> Place:
    lines = _BREAKS.split(origin.text[:offset])
    return Place(file=origin.name, line=len(lines), column=len(lines[-1]) + 1)
