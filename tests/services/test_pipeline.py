"""The pipeline over steps of its own making: what runs, what is reused, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.errors import BadInput, Outside
from peso.products.engines.port import Artifact
from peso.products.stack import Stack
from peso.services import filing, pipeline
from peso.services.steps.port import Life, Ports, Said, Seen, Step

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STACK = Stack.model_validate(
    {
        "schema": "peso.stack/1",
        "name": "tiny",
        "version": "1.0",
        "title": "Tiny",
        "parts": {"python": {"engine": "pypi"}},
        "products": ({"name": "alpha", "part": "python"},),
    }
)


class Sum(Record):
    """What the step of these tests leaves."""

    value: int
    file: Artifact | None = None


def _ports(folder: Path) -> Ports:
    """Return ports of which only the ledger, the clock and the scratch folder are ever used."""
    nothing = cast("object", None)
    return Ports(
        ledger=Ledger(folder / "ledger"),
        engines={},
        platform=nothing,  # type: ignore[arg-type]
        advisories=folder,
        policy=nothing,  # type: ignore[arg-type]
        keys=lambda: nothing,  # type: ignore[arg-type,return-value]
        channel_key=lambda channel: f"key of {channel}",
        key_folder=folder,
        publication=folder / "public",
        freshness=nothing,  # type: ignore[arg-type]
        work=folder / "work" / "run",
        cache=folder / "cache",
        offline=True,
        clock=lambda: NOW,
    )


def _step(inputs: Mapping[str, str], value: int = 1, stale: str | None = None) -> Step:
    def do(_life: Life, ports: Ports, _seen: Seen) -> Record:
        sha256, length = ports.ledger.blobs.put(str(value).encode())
        file = Artifact(
            role="log", path="log", media_type="text/plain", length=length, sha256=sha256
        )
        return Sum(value=value, file=file)

    return Step(
        name="sum",
        record=Sum,
        inputs=lambda _life, _ports: inputs,
        do=do,
        stale=lambda _life, _ports, _record: stale,
        said=lambda record: Said(f"the sum is {cast('Sum', record).value}", no=value < 0),
    )


LIFE = Life(stack=STACK, definition=(), records={})


def _why(step: Step, ports: Ports) -> str | None:
    inputs = step.inputs(LIFE, ports)
    return filing.why_run(step, inputs, filing.find(step, inputs, ports.ledger), LIFE, ports)


def _file(step: Step, ports: Ports, made: datetime = NOW) -> None:
    record = step.do(LIFE, ports, lambda _progress: None)
    filing.file_record(step, step.inputs(LIFE, ports), record, ports.ledger, made=made)


def test_a_step_that_was_never_done_must_run(tmp_path: Path) -> None:
    assert _why(_step({"a": "1"}), _ports(tmp_path)) == "it was never done here"


def test_a_filed_record_stands(tmp_path: Path) -> None:
    ports, step = _ports(tmp_path), _step({"a": "1"})
    _file(step, ports)

    assert _why(step, ports) is None
    found = filing.find(step, {"a": "1"}, ports.ledger)
    assert found is not None
    assert (found.made, found.inputs) == (NOW, {"a": "1"})


def test_what_changed_is_named(tmp_path: Path) -> None:
    ports = _ports(tmp_path)
    _file(_step({"a": "1", "b": "1", "c": "1"}), ports)

    said = _why(_step({"a": "2", "b": "1", "d": "1"}), ports)

    assert said == "a changed; d is new; c is gone"


def test_the_newest_record_is_what_a_change_is_told_against(tmp_path: Path) -> None:
    ports = _ports(tmp_path)
    _file(_step({"a": "2"}), ports, made=NOW + timedelta(hours=1))
    _file(_step({"a": "1", "b": "1"}), ports)

    assert _why(_step({"a": "3"}), ports) == "a changed"


def test_a_stale_record_does_not_stand(tmp_path: Path) -> None:
    ports, step = _ports(tmp_path), _step({"a": "1"}, stale="it is old")
    _file(step, ports)

    assert _why(step, ports) == "it is old"


def test_a_record_whose_files_are_gone_does_not_stand(tmp_path: Path) -> None:
    ports, step = _ports(tmp_path), _step({"a": "1"})
    _file(step, ports)
    sha256, _ = ports.ledger.blobs.put(b"1")
    ports.ledger.blobs.path(sha256).unlink()

    assert _why(step, ports) == "1 of its files are gone from the store, log among them"


def test_a_corrupt_record_does_not_stand_and_is_kept_aside(tmp_path: Path) -> None:
    ports, step = _ports(tmp_path), _step({"a": "1"})
    _file(step, ports)
    [record] = (tmp_path / "ledger" / "sum").glob("*.json")
    record.chmod(0o644)
    record.write_bytes(record.read_bytes().replace(b'"value":1', b'"value":2'))

    assert "corrupt" in (_why(step, ports) or "")
    assert [path.name.endswith(".json.corrupt") for path in record.parent.iterdir()] == [True]


def test_a_record_of_another_version_of_peso_does_not_stand(tmp_path: Path) -> None:
    ports, step = _ports(tmp_path), _step({"a": "1"})
    _file(step, ports)

    class Other(Record):
        another: str

    assert filing.find(replace(step, record=Other), {"a": "1"}, ports.ledger) is None


def test_files_are_found_however_deep() -> None:
    file = Artifact(role="log", path="x", media_type="text/plain", length=0, sha256="0" * 64)

    assert list(filing.files_in({"a": [(Sum(value=1, file=file),)], "b": 3})) == [file]


def test_a_run_stops_after_the_step_that_is_asked_for_and_files_its_account(tmp_path: Path) -> None:
    steps = (_step({"a": "1"}), replace(_step({}), name="next"))
    ports, events = _ports(tmp_path), list[pipeline.Event]()

    done = pipeline.run(LIFE, ports, until="sum", observer=events.append, steps=steps)
    later = replace(ports, clock=lambda: NOW + timedelta(hours=1))
    again = pipeline.run(LIFE, later, until="sum", steps=steps)

    assert [(step.step, step.did) for step in done.steps] == [("sum", "ran")]
    assert [(step.step, step.did) for step in again.steps] == [("sum", "reused")]
    assert [event.did for event in events] == ["started", "ran"]
    assert len(ports.ledger.list("delivery")) == 2
    said = pipeline.explain(LIFE, ports, steps=steps)
    assert [(one.step, one.now) for one in said] == [
        ("sum", "would be reused"),
        ("next", "would run"),
    ]
    assert said[0].last == again.steps[0]
    assert said[1].last is None


def test_a_step_that_fails_is_in_the_account(tmp_path: Path) -> None:
    def fail(_life: Life, _ports: Ports, _seen: Seen) -> Record:
        raise Outside("the disk is full")

    ports, steps = _ports(tmp_path), (replace(_step({"a": "1"}), do=fail),)

    with pytest.raises(Outside, match="the disk is full"):
        pipeline.run(LIFE, ports, steps=steps)

    [entry] = ports.ledger.list("delivery")
    account = pipeline.Delivery.parse(ports.ledger.read("delivery", entry.key) or b"")
    assert [(step.did, step.why) for step in account.steps] == [("failed", "the disk is full")]
    assert not ports.work.exists()


def test_what_came_of_a_step_is_told_when_it_ran_and_when_it_is_reused(tmp_path: Path) -> None:
    ports, steps = _ports(tmp_path), (_step({"a": "1"}, value=-3),)
    events = list[pipeline.Event]()

    for _ in range(2):
        done = pipeline.run(LIFE, ports, until="sum", observer=events.append, steps=steps)
        assert [step.result for step in done.steps] == ["the sum is -3"]

    ended = [event for event in events if event.did in {"ran", "reused"}]
    assert [(event.did, event.result, event.no) for event in ended] == [
        ("ran", "the sum is -3", True),
        ("reused", "the sum is -3", True),
    ]


def test_an_unknown_step_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no step 'bild'") as wrong:
        pipeline.run(LIFE, _ports(tmp_path), until="bild")
    assert "plan, build, relocate, test" in (wrong.value.hint or "")
