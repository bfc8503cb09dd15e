"""Real environments beside the checkout are read without error; with a Spack, agreement with it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.spack_at_hand import spack_program

from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader

HERE = Path(__file__).parents[3]
SHARED = HERE.parent / "shared" / "data"
SIDE = HERE / "benchmarks" / "agree_environments_spack.py"
# What Spack refuses too, or asks the network for: nothing to agree on.
REFUSED = frozenset(
    {"bad-spec", "broken", "circle", "contradiction", "group-faults", "legacy", "legacy-bare"}
    | {"legacy-key", "nested", "shapes", "twice", "unreached", "variables"}
)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("folder", "files", "roots"),
    [("e4s/environments", 30, 880), ("spack-packages/stacks", 24, 1200)],
)
def test_real_environments_are_read_without_error(folder: str, files: int, roots: int) -> None:
    if not (SHARED / folder).is_dir():
        pytest.skip(f"{SHARED / folder} is not here")
    reader = Reader(Facts(platform="linux", os="ubuntu24.04", target="x86_64_v3"))

    read = [reader.read(path) for path in sorted((SHARED / folder).rglob("spack.yaml"))]

    assert len(read) == files
    assert [trouble for one in read for trouble in one.troubles] == []
    assert all(one.roots for one in read)
    assert sum(len(one.roots) for one in read) >= roots
    assert {doubt.reason.split(" ")[0][:8] for one in read for doubt in one.doubts} <= {"https://"}


@pytest.mark.spack
def test_own_environments_are_expanded_as_by_spack(data: Path) -> None:
    command = spack_program()
    if not command:
        pytest.skip("PESO_SPACK names no Spack")
    folders = sorted(one for one in data.iterdir() if one.name not in REFUSED)
    files = [str(one / "spack.yaml") for one in folders]
    said = _spack(command, "expand", files)
    reader = Reader(Facts(**said["facts"]))
    pairs: list[list[str]] = []
    for file in files:
        groups = said["environments"][file]["groups"]
        ours: dict[str, list[str]] = {name: [] for name in groups}
        for root in reader.read(Path(file)).roots:
            ours[root.group].append(root.spec)
        assert {name: len(specs) for name, specs in ours.items()} == {
            name: len(specs) for name, specs in groups.items()
        }, file
        for name, specs in groups.items():
            pairs += ([mine, theirs] for mine, theirs in zip(ours[name], specs, strict=True))

    same = _spack(command, "compare", pairs)

    assert [pair for pair, alike in zip(pairs, same, strict=True) if not alike] == []


def _spack(command: str, action: str, given: object) -> Any:  # noqa: ANN401 - JSON
    done = subprocess.run(
        [command, "python", str(SIDE), action],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
