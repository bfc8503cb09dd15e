"""Fetching: several at a time, and the first fault stops all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from tests.loopback_index import LoopbackIndex, Served

from peso.errors import Outside
from peso.products.engines.port import Progress, Unit, Workbench
from peso.products.engines.pypi.fetch import fetch


def unit(index: LoopbackIndex, served: Served) -> Unit:
    return Unit(
        name=served.name,
        version=served.version,
        purl=f"pkg:pypi/{served.name}@{served.version}",
        filename=served.filename,
        sha256=served.sha256,
        length=len(served.data),
        url=f"{index.origin}/files/{served.filename}",
    )


def test_all_come_and_each_is_told(loopback_index: LoopbackIndex, bench: Workbench) -> None:
    units = [
        unit(loopback_index, loopback_index.add_wheel(f"p{number}", "1")) for number in range(20)
    ]
    seen: list[Progress] = []
    fetch([*units, units[0]], replace(bench, progress=seen.append))
    assert all(bench.blobs.has(one.sha256, one.length) for one in units)
    assert [one.done for one in seen] == list(range(1, 21))
    assert {one.line for one in seen} == {one.filename for one in units}
    assert not list(bench.blobs.incoming.iterdir())


def test_a_fault_does_not_wait_for_a_large_file(
    loopback_index: LoopbackIndex, bench: Workbench
) -> None:
    slow, gone = loopback_index.add_wheel("slow", "1"), loopback_index.add_wheel("gone", "1")
    loopback_index.serve_wrong(slow.filename, "slow")
    loopback_index.serve_wrong(gone.filename, "absent")
    start = monotonic()
    with pytest.raises(Outside, match="gone-1"):
        fetch([unit(loopback_index, one) for one in (slow, gone)], bench)
    assert monotonic() - start < 10
    assert not list(bench.blobs.incoming.iterdir())


def test_offline_says_which_file_is_missing(
    loopback_index: LoopbackIndex, bench: Workbench
) -> None:
    one = unit(loopback_index, loopback_index.add_wheel("p", "1"))
    with pytest.raises(Outside, match=r"p-1-py3-none-any\.whl: the network is switched off"):
        fetch([one], replace(bench, offline=True))
    assert not loopback_index.asked


def test_a_local_folder_needs_no_network(
    loopback_index: LoopbackIndex, bench: Workbench, tmp_path: Path
) -> None:
    served = loopback_index.add_wheel("p", "1")
    (tmp_path / served.filename).write_bytes(served.data)
    local = unit(loopback_index, served).model_copy(
        update={"url": (tmp_path / served.filename).as_uri()}
    )
    fetch([local], replace(bench, offline=True))
    assert bench.blobs.proves(served.sha256, len(served.data))
    assert (tmp_path / served.filename).exists()
