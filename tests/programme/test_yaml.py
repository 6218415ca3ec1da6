from __future__ import annotations

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from basketplan.programme.written import Written
from basketplan.programme.yaml import MAX_DEPTH, parse_value, parse_yaml


def only(text: str) -> tuple[str, int, int]:
    (fault,) = parse_yaml(text, "x.yaml").faults
    assert fault.place is not None
    return fault.code, fault.place.line, fault.place.column


def test_texts_stay_texts() -> None:
    data = parse_yaml(
        "{a: 007, b: 0661234567, c: no, d: 12:30, e: 2020-05-18, f: 1e3, g: ~, h: '', i: , j: 'null'}", "x"
    )
    assert data.data == {
        "a": "007",
        "b": "0661234567",
        "c": "no",
        "d": "12:30",
        "e": "2020-05-18",
        "f": "1e3",
        "g": None,
        "h": "",
        "i": None,
        "j": "null",
    }


def test_places_of_values_and_keys() -> None:
    origin = parse_yaml("a:\n  - {b: x, c: [y, zed]}\n  - b: q\n", "x.yaml").origin
    place = origin.place(("a", 0, "c", 1))
    assert (place.line, place.column, place.length) == (2, 19, 3)
    place = origin.place(("a", 1, "b"), key=True)
    assert (place.line, place.column, place.length) == (3, 5, 1)
    assert str(origin.place(("a", 1, "missing", 4))) == "x.yaml:3:5"
    assert str(origin.place(("nothing",))) == "x.yaml:1:1"


def test_places_see_through_shorthands() -> None:
    origin = parse_yaml("goals: [service, fairness: {keep: 9}]\nlines:\n- {product: a}\n- one of: [a, b]\n", "x").origin
    assert origin.place(("goals", 1, "keep")).column == 35
    assert str(origin.place(("lines", 0, "one_of", 0, "product"))) == "x:3:13"
    assert str(origin.place(("lines", 1, "one_of", 1))) == "x:4:15"


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "B105", 1, 1),
        ("# only a comment\n", "B105", 1, 1),
        ("a: 1\nb: 2\na: 3\n", "B106", 3, 1),
        ("a: {b: 1, b: 2}", "B106", 1, 11),
        ("<<: {a: 1}", "B107", 1, 1),
        ("? [a, b]\n: 1", "B107", 1, 3),
        ("? {a: b}\n: 1", "B107", 1, 3),
        ("~: 1", "B107", 1, 1),
        ("a: &k x\n*k : 1", "B107", 2, 1),
        ("a: !!python/object/apply:os.system [ls]", "B108", 1, 4),
        ("a: !!binary aGk=", "B108", 1, 4),
        ("a: !own x", "B108", 1, 4),
        ("!own k: x", "B108", 1, 1),
        ("a: 1\n---\nb: 2", "B109", 2, 1),
        ("a: *nowhere", "B104", 1, 4),
        ("a: &x [1, *x]", "B104", 1, 11),
        ("a: b: c", "B104", 1, 5),
        ("a:\n\tb: c", "B104", 2, 1),
        ("a: 'open", "B104", 1, 4),
        ("a: [1, 2\nb: 3", "B104", 2, 2),
        ("a: [1, 2", "B104", 1, 4),
        ("a: {b: 1", "B104", 1, 4),
        ("a: 1\n b: 2", "B104", 2, 3),
        ("a: @b", "B104", 1, 4),
        ("a: %b", "B104", 1, 4),
        ("- a\nb: c", "B104", 2, 1),
        ("a: 1\n]", "B104", 2, 1),
        ("%YAML 9.9\n---\na: 1", "B104", 1, 1),
        ("a: x\x00y", "B103", 1, 5),
        ("a: 1\nb: \x1b[31mred", "B103", 2, 4),
        ("a: \ud800", "B103", 1, 4),
    ],
)
def test_faults_and_where(text: str, code: str, line: int, column: int) -> None:
    assert only(text) == (code, line, column)


def test_all_structural_faults_at_once() -> None:
    parsed = parse_yaml("a: 1\na: 2\nb: !x 3\n<<: {c: 1}\n? [q]\n: 2\n", "x")
    assert [fault.code for fault in parsed.faults] == ["B106", "B108", "B107", "B107"]
    assert parsed.data == {"a": "1", "b": "3"}


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_hostile_depth_does_not_overflow(opening: str) -> None:
    fault = parse_yaml(opening * 200_000, "x").faults[-1]
    assert fault.code == "B102"
    assert str(MAX_DEPTH) in fault.message
    assert len(fault.excerpt) < 200


def test_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 10)]
    parsed = parse_yaml("\n".join(lines), "x")
    assert [fault.code for fault in parsed.faults] == ["B102"]
    assert parsed.data is None


def test_honest_aliases_work() -> None:
    assert parse_yaml("a: &p {lat: 1}\nb: *p\nc: &t text\nd: *t", "x").data == {
        "a": {"lat": "1"},
        "b": {"lat": "1"},
        "c": "text",
        "d": "text",
    }


def test_many_households_pass_the_guards() -> None:
    text = "households:\n" + "  - {id: h, lat: 33, lon: -7, baskets: {standard: 1}}\n" * 20_000
    parsed = parse_yaml(text, "x")
    assert not parsed.faults
    assert len(parsed.data["households"]) == 20_000
    assert parsed.origin.place(("households", 19_999, "lon")).line == 20_001


def test_personal_lines_are_never_shown() -> None:
    text = (
        "households:\n  - {id: h1, nom: Fatima Alaoui,\n     lat: x}\n  - id: h2\n    phone: 0661234567\n    lat: 4\n"
    )
    origin = parse_yaml(text, "x").origin
    assert [origin.line(number) for number in range(1, 7)] == [
        "households:",
        "",
        "     lat: x}",
        "  - id: h2",
        "",
        "    lat: 4",
    ]


def test_syntax_fault_hides_a_line_with_personal_keys() -> None:
    (fault,) = parse_yaml("households:\n  - {id: h1, nom: Fatima Alaoui, lat: [}\n", "x").faults
    assert "Fatima" not in str(fault)


def test_long_lines_are_cut_around_the_caret() -> None:
    text = "a: {" + ", ".join(f"k{n}: v" for n in range(200)) + ", k7: again}"
    (fault,) = parse_yaml(text, "x").faults
    assert len(fault.excerpt) <= 122
    assert fault.excerpt[fault.caret - 1 :].startswith("k7: again")


def test_values_of_the_command_line() -> None:
    assert parse_value("0") == "0"
    assert parse_value("[service, fairness: {keep: 95 %}]") == ["service", {"fairness": {"keep": "95 %"}}]
    assert parse_value("") is None
    with pytest.raises(ValueError, match="tags"):
        parse_value("!!python/name:os.system")


_scalars = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn"]), max_size=12
)
_trees = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_scalars.filter(bool), inner, max_size=4),
    max_leaves=20,
)


@given(_trees, st.booleans())
def test_what_is_dumped_is_read(tree: object, flow: bool) -> None:
    text = pyyaml.safe_dump({"root": tree}, allow_unicode=True, default_flow_style=flow, width=60)
    parsed = parse_yaml(text, "x")
    assert not parsed.faults
    assert parsed.data == {"root": tree}


@given(st.text(max_size=200))
def test_any_text_gives_data_or_faults(text: str) -> None:
    parsed = parse_yaml(text, "x.yaml")
    for fault in parsed.faults:
        assert fault.code.startswith("B10")
        assert fault.place is not None
    assert parsed.faults or parsed.data is not None or text.strip()


@given(st.text("ab:-[]{},'\"#&*!|>%@ \n\t?~<", max_size=80))
def test_any_yaml_like_text_gives_data_or_faults(text: str) -> None:
    parsed = parse_yaml(text, "x.yaml")
    written = Written(origins=[parsed.origin])
    for fault in parsed.faults:
        assert fault.place is not None
        assert written.excerpt(fault.place) == fault.excerpt
