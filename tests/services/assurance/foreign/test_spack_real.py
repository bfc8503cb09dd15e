"""The SBOM that a real Spack writes, of units of E4S's real lock: every defect is found again.

Nothing is installed: Spack's own function is called on the specs of the lock.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.services.assurance.foreign.made import rules
from tests.spack_at_hand import spack_program

from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.foreign.subjects import subjects_of
from peso.services.assurance.identity.table import load_identity

pytestmark = [pytest.mark.spack, pytest.mark.shared_data]
WRITE = """
import gzip, json, sys
import spack.environment as ev
import spack.hooks.sbom_generate as sbom
environment, lock, file = sys.argv[1:]
with open(environment + "/spack.yaml", "w") as stream:
    stream.write("spack:\\n  specs: []\\n")
read = ev.Environment(environment)
read._read_lockfile_dict(json.load(gzip.open(lock)))
sbom.sbom_path = lambda spec, kind="spdx-2.3": file
for spec in read.specs_by_hash.values():
    if spec.name == "hdf5" and not spec.external:
        sbom.generate_spdx_2_3(spec)
        break
"""


def test_what_spack_writes_is_mended(tmp_path: Path, shared_data: Path) -> None:
    spack = spack_program()
    if not spack:
        pytest.skip("PESO_SPACK names no Spack")
    [lock, *_] = sorted((shared_data / "e4s" / "locks").glob("*.lock.gz"))
    script, file = tmp_path / "write.py", tmp_path / "spdx-2.3.json"
    script.write_text(WRITE)
    (tmp_path / "environment").mkdir()
    done = subprocess.run(
        [spack, "python", script, tmp_path / "environment", lock, file],
        capture_output=True,
        text=True,
        check=False,
    )
    if not file.is_file():
        pytest.skip(f"this Spack writes no SBOM: {done.stderr[-500:]}")

    seen = read_sbom(file.read_bytes(), where=file.name)
    subjects = {one.name: subject for one, subject in subjects_of(seen, load_identity())}

    found = set(rules(seen))
    assert {"spack-sbom", "spack-sbom-document-id", "spack-sbom-checksum"} <= found
    assert "spack-sbom-graph" in found
    assert "sbom-reference-missing" not in found
    assert all(component.hashes for component in seen.components if component.name == "hdf5")
    assert "VENDOR hdf5" in {str(one.key) for one in subjects["hdf5"].asked}
