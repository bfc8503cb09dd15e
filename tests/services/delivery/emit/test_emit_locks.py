"""Real locks of E4S: what PESO writes of each unit, Spack reads as that very unit.

Needs the locks beside the checkout, and a Spack; the places of the units are made up.
"""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.spack_at_hand import spack_program

from peso.services.delivery.emit.emitting import emit_externals

LOCKS = Path(__file__).parents[4].parent / "shared" / "data" / "e4s" / "locks"
SIDE = """\
import json, sys
import spack.externals
import spack.util.spack_yaml
with open(sys.argv[1]) as stream:
    said = spack.util.spack_yaml.load(stream)["packages"]
dicts = spack.externals.extract_dicts_from_configuration(said)
parser = spack.externals.ExternalSpecsParser(dicts)
found = [
    {
        "prefix": one.spec.external_path,
        **one.spec.to_node_dict(),
        "edges": sorted(
            [edge.spec.external_path, edge.spec.name]
            for edge in one.spec.edges_to_dependencies()
        ),
    }
    for one in parser.specs_by_external_id.values()
]
json.dump(found, sys.stdout)
"""
NOT_SAID = frozenset({"patches", "commit", "dev_path"})

pytestmark = [pytest.mark.shared_data, pytest.mark.timeout(600)]


def locks() -> list[Path]:
    return sorted(LOCKS.glob("*.lock.gz"))


def emitted(file: Path, folder: Path) -> tuple[dict[str, Any], Path]:
    """Emit the externals of a lock whose units all have a folder; returns its units by folder."""
    units = json.loads(gzip.decompress(file.read_bytes()))["concrete_specs"]
    store = folder / "store"
    (store / ".spack-db").mkdir(parents=True)
    built = {hash_ for hash_, one in units.items() if "external" not in one}
    for hash_ in built:
        (store / hash_).mkdir()
    installs = {one: {"installed": True, "path": str(store / one)} for one in built}
    (store / ".spack-db" / "index.json").write_text(
        json.dumps({"database": {"installs": installs}})
    )
    out = folder / "packages.yaml"
    emit_externals(file, store=store, out=out)
    return {str(store / one): units[one] for one in built}, out


def several(value: object) -> object:
    """Return one value as a list of one: newer recipes may allow several where one was allowed."""
    return [value] if isinstance(value, str) else value


@pytest.mark.spack
def test_spack_reads_every_unit_as_it_is(tmp_path: Path) -> None:
    spack = spack_program()
    if not spack or not locks():
        pytest.skip(f"PESO_SPACK names no Spack, or {LOCKS} is not here")
    (tmp_path / "side.py").write_text(SIDE)
    for number, file in enumerate(locks()):
        units, out = emitted(file, tmp_path / str(number))
        done = subprocess.run(
            [spack, "python", str(tmp_path / "side.py"), str(out)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        seen = [one for one in json.loads(done.stdout) if one["prefix"] in units]

        assert len(seen) > 600
        for one in seen:
            unit = units[one["prefix"]]
            for key in ("name", "version", "arch"):
                assert one[key] == unit[key]
            for name, value in unit["parameters"].items():
                if name not in NOT_SAID:  # Spack adds variants that newer recipes have
                    read = one["parameters"].get(name)
                    assert several(read) == several(value), (unit["name"], name)
            wanted = {
                str(Path(one["prefix"]).parent / edge["hash"])
                for edge in unit.get("dependencies", ())
                if {"link", "run"}.intersection(edge["parameters"]["deptypes"])
            }
            edges = {place for place, _ in one["edges"]}
            assert wanted.intersection(units) <= edges, unit["name"]


def test_a_real_lock_is_emitted_whole(tmp_path: Path) -> None:
    if not locks():
        pytest.skip(f"{LOCKS} is not here")
    units, out = emitted(locks()[0], tmp_path)
    text = out.read_text()

    patched = sum(bool(one.get("patches")) for one in units.values())
    assert 0 < text.count("not said: it is patched") <= patched
    assert text.count("\n    - spec: ") > 700
