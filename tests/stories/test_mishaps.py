"""What a delivery meets on a bad day: it says so, loses nothing and half-publishes nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.loopback_index import LoopbackIndex
from tests.stories.conftest import TinyStack

import peso
from peso.base.files import locked
from peso.services.pipeline import Delivery

PROGRAM = [sys.executable, "-c", "from peso.cli.main import main; main()"]


def _reused(done: Delivery) -> set[str]:
    return {step.step for step in done.steps if step.did == "reused"}


def _verifies() -> bool:
    return bool(peso.verify("public", root="public.root.json", unsafe_development_keys=True).files)


def test_a_bad_stack_file_tells_every_fault_and_writes_nothing(tiny_stack: TinyStack) -> None:
    text = tiny_stack.file.read_text()
    text = text.replace("title:", "titel:").replace('">=1"', '">>1"').replace("60 s", "60 parsecs")
    tiny_stack.file.write_text(text)
    before = sorted(tiny_stack.folder.rglob("*"))

    done = subprocess.run(
        [*PROGRAM, "deliver", str(tiny_stack.file)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "stack.yaml:4:1" in done.stderr
    assert "did you mean 'title'" in done.stderr
    assert ">>1" in done.stderr
    assert "60 parsecs" in done.stderr
    assert sorted(tiny_stack.folder.rglob("*")) == before
    assert not tiny_stack.publication.exists()


@pytest.mark.parametrize(
    "step", ["plan", "build", "relocate", "test", "inventory", "scan", "gate", "attest"]
)
def test_a_corrupt_record_is_noticed_and_made_again(tiny_stack: TinyStack, step: str) -> None:
    peso.deliver(tiny_stack.file)
    [record] = (tiny_stack.folder / ".peso" / "ledger" / step).glob("*.json")
    whole = record.read_bytes()
    record.chmod(0o644)
    record.write_bytes(whole[: len(whole) // 2] + b"X" + whole[len(whole) // 2 + 1 :])

    done = peso.deliver(tiny_stack.file)

    account = {account.step: account for account in done.steps}[step]
    assert account.did == "ran"
    assert "corrupt" in account.why
    assert record.with_name(f"{record.name}.corrupt").is_file()
    assert _verifies()


def test_files_gone_from_the_store_are_made_again(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    shutil.rmtree(tiny_stack.publication)
    shutil.rmtree(tiny_stack.folder / ".peso" / "ledger" / "blobs")

    done = peso.deliver(tiny_stack.file)

    assert "gone from the store" in {step.step: step.why for step in done.steps}["build"]
    assert _verifies()


def test_a_lost_publication_is_published_again(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    assert _verifies(), "a facility has seen it, and would notice a rollback"
    time.sleep(1.1)  # versions of a publication begin with the second it is made in
    shutil.rmtree(tiny_stack.publication)

    done = peso.deliver(tiny_stack.file)

    assert {step.step: step.did for step in done.steps}["publish"] == "ran"
    assert _reused(done) >= {
        "plan",
        "build",
        "relocate",
        "test",
        "inventory",
        "scan",
        "gate",
        "attest",
    }
    assert _verifies()


@pytest.mark.parametrize("fault", ["flipped", "longer", "shorter", "absent"])
def test_a_wheel_that_is_not_the_locked_one_stops_the_build(
    tiny_stack: TinyStack, tiny_index: LoopbackIndex, fault: str
) -> None:
    peso.deliver(tiny_stack.file, until="plan")
    tiny_index.serve_wrong("beta-2.0-py3-none-any.whl", fault)  # type: ignore[arg-type]

    with pytest.raises(peso.PesoError, match=r"beta-2\.0"):
        peso.deliver(tiny_stack.file)
    assert not tiny_stack.publication.exists()

    tiny_index.faults.clear()
    assert "plan" in _reused(peso.deliver(tiny_stack.file))


def test_the_second_of_two_deliveries_is_told_who_holds_the_lock(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file, until="plan")
    test = tiny_stack.folder / "tests" / "answer.py"
    test.write_text("import time\ntime.sleep(5)\n" + test.read_text())
    with subprocess.Popen(
        [*PROGRAM, "deliver", str(tiny_stack.file), "--quiet"], env=dict(tiny_stack.environment)
    ) as first:
        _wait_until_held(tiny_stack)
        with pytest.raises(peso.Outside, match=rf"{first.pid}"):
            peso.deliver(tiny_stack.file)
        assert first.wait(60) == 0
    assert _verifies()


def test_a_target_that_is_something_else_is_left_alone(tiny_stack: TinyStack) -> None:
    tiny_stack.publication.mkdir()
    (tiny_stack.publication / "thesis.tex").write_text("ten years of work")

    with pytest.raises(peso.BadInput, match="public"):
        peso.deliver(tiny_stack.file)

    assert [path.name for path in tiny_stack.publication.iterdir()] == ["thesis.tex"]


def test_a_publication_of_lost_keys_is_left_alone(tiny_stack: TinyStack) -> None:
    peso.deliver(tiny_stack.file)
    shutil.rmtree(tiny_stack.folder / ".peso")

    with pytest.raises(peso.BadInput, match="other keys"):
        peso.deliver(tiny_stack.file)
    assert _verifies()


def test_a_full_disk_is_said_and_nothing_is_half_published(
    tiny_stack: TinyStack, tmp_path: Path
) -> None:
    full = _small_disk(tmp_path / "full", "600k")
    try:
        filler = full / "filler"
        with pytest.raises(peso.Outside, match=r"(?i)full|space"):
            _deliver_onto(tiny_stack, full, filler)
        assert not (full / "public").exists()
        filler.unlink()
        peso.deliver(tiny_stack.file, to=full / "public")
        assert peso.verify(
            full / "public", root=full / "public.root.json", unsafe_development_keys=True
        ).files
    finally:
        subprocess.run(["umount", str(full)], check=True)


def test_a_full_disk_leaves_the_last_release_as_it_was(
    tiny_stack: TinyStack, tmp_path: Path
) -> None:
    full = _small_disk(tmp_path / "full", "1500k")
    try:
        peso.deliver(tiny_stack.file, to=full / "public")
        tiny_stack.say_version("1.1")
        with pytest.raises(peso.Outside, match=r"(?i)full|space"):
            _deliver_onto(tiny_stack, full, full / "filler")
        (full / "filler").unlink()
        report = peso.verify(
            full / "public", root=full / "public.root.json", unsafe_development_keys=True
        )
        assert [release.version for release in report.releases] == ["1.0"]
    finally:
        subprocess.run(["umount", str(full)], check=True)


def test_a_read_only_target_is_said(tiny_stack: TinyStack, tmp_path: Path) -> None:
    disk = _small_disk(tmp_path / "frozen", "4m")
    try:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(peso.Outside, match=r"(?i)read-only"):
            peso.deliver(tiny_stack.file, to=disk / "public")
        assert not (disk / "public").exists()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_an_expired_timestamp_is_signed_anew_by_the_next_delivery(tiny_stack: TinyStack) -> None:
    (tiny_stack.folder / "peso.yaml").write_text(
        "schema: peso.workspace/1\nname: tiny\nfreshness: {timestamp: 1}\n"
    )
    peso.deliver(tiny_stack.file)
    (tiny_stack.folder / "peso.yaml").write_text(
        "schema: peso.workspace/1\nname: tiny\nfreshness: {timestamp: 7}\n"
    )

    done = peso.deliver(tiny_stack.file)

    published = {step.step: step for step in done.steps}["publish"]
    assert published.did == "ran"
    assert "signed anew" in published.why
    assert done.published is not None
    assert done.published.did == "refreshed"
    assert _verifies()


def _wait_until_held(stack: TinyStack) -> None:
    lock = stack.folder / ".peso" / "ledger" / "lock"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with locked(lock, who="a test that looks"):
                pass
        except peso.Outside:
            return
        time.sleep(0.01)
    pytest.fail("the first delivery never took the lock")


def _small_disk(folder: Path, size: str) -> Path:
    """Mount a file system of that size, or skip."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine does not let a test mount a disk: {done.stderr.strip()}")
    return folder


def _deliver_onto(stack: TinyStack, disk: Path, filler: Path) -> None:
    """Deliver onto a disk with a few kilobytes left."""
    room = os.statvfs(disk)
    filler.write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - 40_000))
    peso.deliver(stack.file, to=disk / "public")


def test_json_of_a_refused_delivery_names_the_reason(tiny_stack: TinyStack) -> None:
    (tiny_stack.folder / "tests" / "answer.py").write_text("print('answer=nan')\n")

    done = subprocess.run(
        [*PROGRAM, "deliver", str(tiny_stack.file), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["reason"] == "policy"
