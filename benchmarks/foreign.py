"""What scanning another tool's SBOM costs: 600 components in every form.

    python benchmarks/foreign.py ADVISORIES LOCK [SBOM...]

ADVISORIES is a folder of sources, imported into a new store first. The SBOMs have 300 Python
packages that records speak of and 300 units of LOCK (a Spack lock, packed or not), each with two
dependencies: CycloneDX as JSON and XML, SPDX as JSON and tag-value, and SPDX as Spack writes it.
Each SBOM given is measured too. Each time a fresh process, imports, reading and matching apart, the
store in the page cache; medians of five, wall clock and seconds of the processor. Then two hostile
ones: 45 MiB of components, and the most that is read; their time and peak memory. At most 0.5 s for
matching 600 components (a time is over only if both clocks are), 300 MB for them; exits with 1 over
budget.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from peso.errors import PesoError
from peso.services.assurance.advisories.importing import import_advisories

SECONDS, MEGABYTES, TIMES, HALF = 0.5, 300, 5, 300
TIMED = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path

file, store = sys.argv[1:]
parts, last = {}, [time.perf_counter(), 0.0]

def done(name):
    parts[name] = (time.perf_counter() - last[0], time.process_time() - last[1])
    last[:] = time.perf_counter(), time.process_time()

from peso.errors import BadInput
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.identity.table import load_identity
from peso.services.assurance.matching.scan import match
from peso.services.assurance.scanning.thing import of_sbom
done("imports")
table = load_identity()
done("identity")
data = Path(file).read_bytes()
try:
    read = read_sbom(data, where=file)
    done("reading")
    thing = of_sbom(read, table)
    done("subjects")
    seen = match(thing.subjects, Path(store), about=thing.sha256, now=datetime.now(UTC))
    done("matching")
    said = {"components": thing.components, "asked": sum(bool(one.asked) for one in seen.coverage),
            "covered": sum(bool(one.sources) for one in seen.coverage),
            "findings": len(seen.findings)}
except BadInput as error:
    said = {"refused": error.message}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"parts": parts, "peak": peak, "said": said}))
"""
Named = tuple[str, str, str]
"""Name, version and purl."""


def packages(store: Path) -> list[Named]:
    with sqlite3.connect(f"file:{store}/advisories.db?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT DISTINCT name FROM subject WHERE space = 'PyPI' ORDER BY name"
        ).fetchall()
    step = max(1, len(rows) // HALF)
    return [(name, "2.1.0", f"pkg:pypi/{name}@2.1.0") for (name,) in rows[::step]][:HALF]


def units(lock: Path) -> list[Named]:
    data = lock.read_bytes()
    read = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    found = []
    for hash_, one in list(read["concrete_specs"].items())[:HALF]:
        said = f"spack_hash={hash_}&spack_namespace={one['namespace']}"
        purl = f"pkg:generic/{one['name']}@{one['version']}?{said}"
        found.append((one["name"], one["version"], purl))
    return found


def cyclonedx(several: list[Named]) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {"type": "application", "bom-ref": "top", "name": "made"}},
        "components": [
            {
                "type": "library",
                "bom-ref": str(place),
                "name": name,
                "version": version,
                "purl": purl,
                "licenses": [{"license": {"id": "MIT"}}],
                "hashes": [{"alg": "SHA-256", "content": "ab" * 32}],
            }
            for place, (name, version, purl) in enumerate(several)
        ],
        "dependencies": [
            {"ref": str(place), "dependsOn": [str(place + 1), str(place + 2)]}
            for place in range(len(several) - 2)
        ],
    }


def xml(document: dict[str, Any]) -> str:
    lines = ['<bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components>']
    lines += [
        f'<component type="library" bom-ref="{one["bom-ref"]}"><name>{escape(one["name"])}'
        f"</name><version>{escape(one['version'])}</version><licenses><license><id>MIT</id>"
        f"</license></licenses><purl>{escape(one['purl'])}</purl></component>"
        for one in document["components"]
    ]
    lines.append("</components><dependencies>")
    for one in document["dependencies"]:
        inner = "".join(f'<dependency ref="{ref}"/>' for ref in one["dependsOn"])
        lines.append(f'<dependency ref="{one["ref"]}">{inner}</dependency>')
    return "\n".join([*lines, "</dependencies></bom>"])


def spdx(several: list[Named], *, spack: bool = False) -> dict[str, Any]:
    document = "SPDXRef-DOCUMENT-made-1" if spack else "SPDXRef-DOCUMENT"
    found = []
    for place, (name, version, purl) in enumerate(several):
        digest = [{"algorithm": "SHA256", "checksumValue": "ab" * 32}]
        reference = {"referenceType": "purl", "referenceLocator": purl}
        found.append(
            {
                "SPDXID": f"SPDXRef-{name}-{version}" if spack else f"SPDXRef-{place}",
                "name": name,
                "versionInfo": version,
                "downloadLocation": "NOASSERTION",
                "licenseDeclared": "MIT",
                **({"checksum": digest} if spack else {"checksums": digest}),
                **({} if spack else {"externalRefs": [reference]}),
            }
        )
    ids = [one["SPDXID"] for one in found]
    kind = "CONTAINS" if spack else "DEPENDS_ON"
    edges = [(ids[0], one) for one in ids[1:]] if spack else list(itertools.pairwise(ids))
    return {
        "spdxVersion": "SPDX-2.3",
        "SPDXID": document,
        "name": "made",
        "creationInfo": {"creators": ["Tool: Spack" if spack else "Tool: made-1"]},
        "packages": found,
        "relationships": [
            {"spdxElementId": of, "relationshipType": kind, "relatedSpdxElement": to}
            for of, to in [(document, ids[0]), *edges]
        ],
    }


def tags(document: dict[str, Any]) -> str:
    lines = ["SPDXVersion: SPDX-2.3", "SPDXID: SPDXRef-DOCUMENT", "DocumentName: made"]
    for one in document["packages"]:
        lines += [
            "",
            f"PackageName: {one['name']}",
            f"SPDXID: {one['SPDXID']}",
            f"PackageVersion: {one['versionInfo']}",
            "PackageLicenseDeclared: MIT",
            f"ExternalRef: PACKAGE-MANAGER purl {one['externalRefs'][0]['referenceLocator']}",
        ]
    for one in document["relationships"]:
        ends = one["spdxElementId"], one["relationshipType"], one["relatedSpdxElement"]
        lines.append(f"Relationship: {' '.join(ends)}")
    return "\n".join(lines)


def files(folder: Path, store: Path, lock: Path) -> list[Path]:
    python, native = packages(store), units(lock)
    both = python + native
    named = {
        "made.cdx.json": json.dumps(cyclonedx(both)),
        "made.cdx.xml": xml(cyclonedx(both)),
        "made.spdx.json": json.dumps(spdx(both)),
        "made.spdx": tags(spdx(both)),
        "spack.spdx.json": json.dumps(spdx(native + native, spack=True)),
    }
    for name, text in named.items():
        (folder / name).write_text(text)
    return [folder / name for name in named]


def run(file: Path, store: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", TIMED, str(file), str(store)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measured(file: Path, store: Path) -> bool:
    run(file, store)
    several = [run(file, store) for _ in range(TIMES)]
    last = several[-1]
    print(f"{file.name} ({file.stat().st_size:,} bytes): {last['said']}")
    over = False
    for name in last["parts"]:
        wall, processor = (
            statistics.median(one["parts"][name][at] for one in several) for at in (0, 1)
        )
        print(f"  {name:<12}{wall:7.3f} s  processor {processor:6.3f} s")
        over |= name == "matching" and min(wall, processor) > SECONDS
    peak = max(one["peak"] for one in several)
    print(f"  peak memory {peak:5.0f} MB")
    return not over and peak <= MEGABYTES


def hostile(folder: Path, store: Path) -> None:
    """Print what two hostile documents cost: many small components, and many values in one."""
    many = folder / "many-components.json"
    many.write_text('{"bomFormat":"CycloneDX","components":[' + "{}," * (15 << 20) + "{}]}")
    deep = folder / "most-values.json"
    body = '{"name":"a","purl":"pkg:pypi/a@1","version":"1"},' * 49_000
    pad = '{"x":"' + "y" * (50 << 20) + '"}'
    deep.write_text('{"bomFormat":"CycloneDX","components":[' + body + pad + "]}")
    for file in (many, deep):
        began = time.perf_counter()
        seen = run(file, store)
        took = time.perf_counter() - began
        size = file.stat().st_size
        print(f"{file.name} ({size:,} bytes): {took:.1f} s, {seen['peak']:.0f} MB, {seen['said']}")


def main(folder: str, lock: str, *others: str) -> int:
    with tempfile.TemporaryDirectory() as work:
        store = Path(work) / "store"
        for source in sorted(Path(folder).iterdir()):
            try:
                import_advisories(source, store, name=None, now=datetime.now(UTC))
            except PesoError as error:
                print(f"{source.name}: left out: {error}")
        made = files(Path(work), store, Path(lock))
        good = [measured(file, store) for file in made]
        for other in others:
            measured(Path(other), store)
        hostile(Path(work), store)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
