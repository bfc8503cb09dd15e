"""What is made to fill the memory is refused in little of it, each in a process of its own.

The peak of the process before and after is compared; that of processes it started counts too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.services.assurance.advisory_files import advisory

MEASURED = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from peso.errors import PesoError
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.foreign import cyclonedx, cyclonedx_xml, spdx, spdx_tags
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.policy import load_policy
from peso.services.assurance.vex.openvex import read_document

def peak():
    [line] = [one for one in open("/proc/self/status") if one.startswith("VmHWM")]
    return int(line.split()[1])

verb, file = sys.argv[1], Path(sys.argv[2])
store = file.with_suffix(".store")
verbs = {
    "advisories": lambda: import_advisories(
        file, store, name=None, now=datetime.now(UTC), form="osv"
    ),
    "sbom": lambda: read_sbom(file.read_bytes(), where="a"),
    "vex": lambda: read_document(file.read_bytes(), "a"),
    "policy": lambda: load_policy(file),
}
before = peak()
try:
    said = str(verbs[verb]())
except PesoError as error:
    said = f"refused: {error.message}"
started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"grown": max(peak(), started) - before, "said": said}))
"""
MIB = 1 << 20
LAUGHS = "".join(
    f"{one}: &{one} [{', '.join(f'*{other}' if other != '-' else 'x' for other in [before] * 9)}]\n"
    for before, one in zip("-abcdefghi", "abcdefghij", strict=True)
)
ENTITIES = "".join(
    f'<!ENTITY {one} "{(f"&{before};" if before != "-" else "x") * 9}">'
    for before, one in zip("-abcdefghi", "abcdefghij", strict=True)
)


def _zip_bomb(file: Path) -> None:
    """Write a small archive that unpacks to 256 MiB in one record."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("X-1.json", json.dumps(advisory("X-1")))
        with archive.open("X-2.json", "w") as bomb:
            for _ in range(256):
                bomb.write(b"[" * MIB)


def _many_members(file: Path) -> None:
    """Write a small archive of twenty thousand files that are nothing."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.json", b"")


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(data)


CASES: dict[str, tuple[str, str, Callable[[Path], object], int]] = {
    "a zip bomb": ("advisories", "bomb.zip", _zip_bomb, 100),
    "many members": ("advisories", "many.zip", _many_members, 150),
    "deep advisory": ("advisories", "X-1.json", _bytes(b'{"a":' * MIB), 150),
    "deep YAML": ("advisories", "X-1.yaml", _bytes(b"- " * (4 * MIB)), 150),
    "huge YAML": ("advisories", "X-1.yaml", _bytes(b"- a\n" * (2 * MIB - 9)), 300),
    "laughing YAML": ("advisories", "X-1.yaml", _bytes(LAUGHS.encode()), 100),
    "deep SBOM": ("sbom", "a.json", _bytes(b'{"bomFormat":' * (4 * MIB)), 200),
    "wide SBOM": ("sbom", "a.json", _bytes(b"{" + b'"a":1,' * (8 * MIB) + b'"b":1}'), 200),
    "laughing SBOM": (
        "sbom",
        "a.xml",
        _bytes(
            f'<!DOCTYPE bom [{ENTITIES}]><bom xmlns="http://cyclonedx.org/schema/bom/1.6">'
            "<components><component><name>&j;</name></component></components></bom>".encode()
        ),
        100,
    ),
    "deep VEX": ("vex", "a.json", _bytes(b'{"statements":' * (4 * MIB)), 200),
    "laughing policy": ("policy", "a.yaml", _bytes(f"{LAUGHS}rules: *j\n".encode()), 150),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_input_is_refused_in_little_memory(case: str, tmp_path: Path) -> None:
    verb, name, write, most = CASES[case]
    write(tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, verb, str(tmp_path / name)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seen = json.loads(done.stdout)
    assert seen["grown"] < most << 10, seen
    # Of an archive the other records are taken, and the bomb is a finding.
    assert seen["said"].startswith("refused: ") or "it is longer than" in seen["said"], seen
