"""The plan folder: canonical bytes, whole or not at all, and every malformed plan.json a coded fault with its place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from basketplan.errors import Fault, InputError, UsageError
from basketplan.plan import io
from basketplan.plan.io import (
    plan_json,
    plan_sha256,
    programme_sha256,
    read_inputs,
    read_plan,
    refuse_foreign_folder,
    write_plan,
)
from basketplan.plan.types import Plan, Verification
from basketplan.plan.verify import verify
from tests.plan.world import World


@pytest.fixture(name="plan")
def _plan() -> Plan:
    return World().built()


@pytest.fixture(name="verification")
def _verification(plan: Plan) -> Verification:
    return verify(plan, World().programme())


def _faults(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        read_plan(path)
    assert all(fault.place is not None for fault in caught.value.faults)
    return caught.value.faults


def test_one_item_per_line(plan: Plan) -> None:
    lines = plan_json(plan).decode().splitlines()
    baskets = [line for line in lines if line.startswith('{"id":"B')]
    assert len(baskets) == len(plan.baskets)
    assert json.loads(plan_json(plan)) == json.loads(plan.model_dump_json())
    assert lines[1] == '"format": "basketplan.plan",'


def test_bytes_do_not_depend_on_the_order_of_keys(plan: Plan) -> None:
    kinds = plan.metrics.cost_by_kind
    turned = plan.metrics.model_copy(update={"cost_by_kind": dict(reversed(kinds.items()))})
    other = plan.model_copy(update={"metrics": turned})
    assert list(turned.cost_by_kind) != list(kinds)
    assert plan_json(other) == plan_json(plan)
    assert plan_sha256(other) == plan_sha256(plan)


def test_every_change_changes_the_hash(plan: Plan) -> None:
    assert plan_sha256(plan.model_copy(update={"status": "interrupted"})) != plan_sha256(plan)
    assert len(plan_sha256(plan)) == 64


def test_hash_of_programme_is_of_its_content() -> None:
    world, spelled, changed = World(), World(), World()
    spelled.item("products", "dates")["pack"] = "1000 g"
    spelled.item("vehicles", "moto")["number"] = {"east": 1, "west": 1}
    changed.item("products", "dates")["pack"] = "1001 g"
    assert programme_sha256(world.programme()) == programme_sha256(spelled.programme())
    assert programme_sha256(world.programme()) != programme_sha256(changed.programme())


def test_written_plan_is_read_back(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    inputs = {"seed": 3, "programme": "../قفة"}
    folder = write_plan(tmp_path / "plans" / "small", plan, verification, inputs)
    assert folder == tmp_path / "plans" / "small"
    assert sorted(path.name for path in folder.iterdir()) == ["inputs.json", "plan.json", "verification.json"]
    assert read_plan(folder) == plan
    assert read_plan(folder / "plan.json") == plan
    assert Plan.read(folder) == plan
    assert read_inputs(folder) == inputs
    assert read_inputs(folder / "plan.json") == inputs
    assert Verification.model_validate_json((folder / "verification.json").read_bytes()) == verification
    assert [path.name for path in folder.parent.iterdir()] == ["small"]


def test_methods_of_plan_write_and_read(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    folder = plan.write(tmp_path / "small", verification, {"seed": 1})
    assert Plan.read(str(folder)) == plan
    assert read_inputs(folder) == {"seed": 1}
    assert read_inputs(plan.write(tmp_path / "bare", verification)) == {}


def test_same_plan_same_bytes(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    one, two = (write_plan(tmp_path / name, plan, verification, {"seed": 1}) for name in ("one", "two"))
    for name in ("plan.json", "verification.json", "inputs.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_rejected_plan_is_kept_apart(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    folder = write_plan(tmp_path / "small", plan, verification, {})
    broken = plan.model_copy(update={"unserved": ()})
    result = verify(broken, World().programme())
    assert not result.ok
    write_plan(folder, broken, result, {})
    assert sorted(path.name for path in folder.iterdir()) == ["inputs.json", "plan.rejected.json", "verification.json"]
    assert read_plan(folder) == broken


def test_new_plan_takes_the_place_of_the_old(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    folder = write_plan(tmp_path / "small", plan, verification, {})
    (folder / "routes.pdf").write_text("made from the old plan")
    newer = plan.model_copy(update={"status": "interrupted"})
    write_plan(folder, newer, verification, {})
    assert read_plan(folder).status == "interrupted"
    assert not (folder / "routes.pdf").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


@pytest.mark.parametrize("step", ["write", "rename"])
def test_failure_leaves_the_old_plan(
    tmp_path: Path, plan: Plan, verification: Verification, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = write_plan(tmp_path / "small", plan, verification, {})
    before = (folder / "plan.json").read_bytes()
    if step == "write":
        monkeypatch.setattr(os, "fsync", _fail)
    else:
        rename = Path.rename

        def fail_for_new(self: Path, target: Path) -> Path:
            if ".new-" in self.name:
                raise OSError("no more room")
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(OSError, match="no more room"):
        write_plan(folder, plan.model_copy(update={"status": "interrupted"}), verification, {})
    monkeypatch.undo()
    assert (folder / "plan.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["small"]


def _fail(*_: object) -> None:
    raise OSError("no more room")


def test_foreign_folders_are_refused(tmp_path: Path, plan: Plan, verification: Verification) -> None:
    refuse_foreign_folder(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    refuse_foreign_folder(tmp_path / "empty")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "plan.json").write_text('{"plan": "holidays"}')
    (tmp_path / "file").write_text("")
    programme = write_plan(tmp_path / "both", plan, verification, {})
    (programme / "programme.yaml").write_text("id: small")
    for name in ("letters", "file", "both"):
        with pytest.raises(UsageError, match=name):
            refuse_foreign_folder(tmp_path / name)
        with pytest.raises(UsageError, match=name):
            write_plan(tmp_path / name, plan, verification, {})
    assert (tmp_path / "letters" / "plan.json").read_text() == '{"plan": "holidays"}'
    assert (programme / "programme.yaml").exists()


def _text(change: Any) -> bytes:
    """The good plan as JSON after ``change``."""
    content = json.loads(plan_json(World().built()))
    change(content)
    return json.dumps(content, indent=2).encode()


MALFORMED = [
    ("empty", b"", "B604", "1:1"),
    ("binary", b"\x00\xff\xfe", "B603", "1:1"),
    ("not UTF-8", "{'é'}".encode("latin-1"), "B603", "1:1"),
    ("not JSON", b'{\n  "format": plan', "B604", "2:13"),
    ("cut short", plan_json(World().built())[:-20], "B604", None),
    ("nested deeply", b"[" * 100_000, "B604", None),
    ("a list", b"[]", "B605", "1:1"),
    ("a number", b"7", "B605", "1:1"),
    ("another file", b'{"type": "FeatureCollection"}', "B605", "1:1"),
    ("another version", _text(lambda plan: plan.update(version=2)), "B605", "1:1"),
    ("a list as version", _text(lambda plan: plan.update(version=[1])), "B605", "1:1"),
    ("a field missing", b'{"format": "basketplan.plan", "version": 1}', "B606", "1:1"),
    ("a text for a number", _text(lambda plan: plan["trips"][0].update(load_s="08:00")), "B606", None),
    ("a fraction of a pack", _text(lambda plan: plan["shipments"][0].update(packs=1.5)), "B606", None),
    ("an unknown field", _text(lambda plan: plan["trips"][0].update(driver="Ali")), "B606", None),
    ("a date that is none", _text(lambda plan: plan["trips"][0].update(day="2020-02-30")), "B606", None),
    ("an unknown reason", _text(lambda plan: plan["unserved"][0].update(reason="bad luck")), "B606", None),
    ("a list for an object", _text(lambda plan: plan.update(metrics=[])), "B606", None),
    ("null for a list", _text(lambda plan: plan.update(costs=None)), "B606", None),
    ("a half of a pair", b'{"format": "basketplan.plan", "version": 1, "status": "\\ud800"}', "B606", None),
]


@pytest.mark.parametrize(("label", "content", "code", "place"), MALFORMED, ids=[row[0] for row in MALFORMED])
def test_malformed_plan_is_a_coded_fault(
    tmp_path: Path, label: str, content: bytes, code: str, place: str | None
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(content)
    faults = _faults(file)
    assert {fault.code for fault in faults} == {code}
    assert all(fault.message and fault.help for fault in faults)
    if place is not None:
        assert str(faults[0].place) == f"{file}:{place}"


def test_place_of_a_fault_is_that_of_the_value(tmp_path: Path, plan: Plan) -> None:
    text = plan_json(plan).decode().replace('"leg_m":2226', '"leg_m":"2226"').replace('"seed": 0', '"seed": null')
    (tmp_path / "plan.json").write_text(text)
    faults = _faults(tmp_path)
    lines = text.splitlines()
    told = {}
    for fault in faults:
        assert fault.place is not None
        told[fault.message.split(":")[0]] = lines[fault.place.line - 1][fault.place.column - 1 :]
    assert sorted(told) == ["origin.seed", "trips[2].stops[0].leg_m"]
    assert told["trips[2].stops[0].leg_m"].startswith('"2226",')
    assert told["origin.seed"].startswith("null,")


def test_many_faults_are_cut_short(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "plan.json").write_bytes(plan_json(plan).replace(b'"centimes":', b'"money":') * 1)
    faults = _faults(tmp_path)
    assert len(faults) == 51
    assert faults[-1].message == f"and {2 * len(plan.costs) - 50} more faults"


def test_no_plan_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", tmp_path / "no\0thing", tmp_path / ("x" * 5_000)):
        assert [fault.code for fault in _faults(path)] == ["B601"]
    (tmp_path / "plan.json").mkdir()
    assert [fault.code for fault in _faults(tmp_path)] == ["B601"]


def test_huge_file_is_not_read(tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    content = plan_json(plan)
    (tmp_path / "plan.json").write_bytes(content)
    monkeypatch.setattr(io, "MAX_BYTES", len(content))
    assert read_plan(tmp_path) == plan
    monkeypatch.setattr(io, "MAX_BYTES", len(content) - 1)
    assert [fault.code for fault in _faults(tmp_path)] == ["B602"]


def test_byte_order_mark_is_passed_over(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "plan.json").write_bytes(b"\xef\xbb\xbf" + plan_json(plan))
    assert read_plan(tmp_path) == plan


@pytest.mark.parametrize("content", [b"[1]", b"{", b"\xff", b"[" * 100_000])
def test_malformed_inputs_are_a_fault(tmp_path: Path, content: bytes) -> None:
    assert read_inputs(tmp_path) == {}
    (tmp_path / "inputs.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_inputs(tmp_path)
    assert caught.value.faults[0].code in {"B603", "B607"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_bytes_never_end_in_a_traceback(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(plan_json(World().built()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        width = data.draw(st.integers(0, 30))
        content[at : at + width] = data.draw(
            st.binary(max_size=6) | st.sampled_from([b"]", b"}", b'"', b"9", b"[", b"1e9"])
        )
    file = tmp_path / "plan.json"
    file.write_bytes(bytes(content))
    faults: tuple[Fault, ...] = ()
    try:
        plan = read_plan(file)
    except InputError as error:
        faults = error.faults
    if faults:
        assert {fault.code for fault in faults} <= {"B603", "B604", "B605", "B606"}
    else:
        assert Plan.model_validate_json(plan_json(plan), strict=True) == plan
