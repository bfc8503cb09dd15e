"""The gate and the scan over a mixed stack: native components count by their unit's hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.native_locks import OPENMPI, Piece, build_of, full, lock_of
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.services.assurance.releases import NOW, release_of
from tests.services.assurance.releases import Piece as Wheel
from tests.services.assurance.test_gate import only, said
from tests.services.assurance.test_native_items import stack

from peso.base.finding import Outcome, Unknown
from peso.base.ledger import Blobs
from peso.products.engines.native import NativeBuild, NativeLock, SourceFile
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.gate import Evidence, GateVerdict, judge
from peso.services.assurance.inventory import Inventory, inventory
from peso.services.assurance.matching.scan import scan
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.relocate import Relocations


def on_pypi(name: str) -> tuple[SourceFile, ...]:
    url = f"https://files.pythonhosted.org/packages/source/{name[0]}/{name}/{name}-1.0.tar.gz"
    return (SourceFile(kind="archive", url=url, sha256="ab" * 32),)


LOCK = lock_of(
    Piece("h", "hypre", needs={"m": "link", "c": "build", "b": "build"}, root=True, license="MIT"),
    Piece("m", "openmpi", external=OPENMPI, license="GPL-3.0-only", sources=Unknown(unknown="no")),
    Piece("c", "cmake", license="GPL-3.0-only"),
    Piece("s", "py-six", root=True, sources=on_pypi("six")),
    Piece("b", "py-build", sources=on_pypi("build")),
)


def evidence(
    blobs: Blobs,
    store: Path,
    lock: NativeLock = LOCK,
    build: NativeBuild | None = None,
    *,
    stale: Inventory | None = None,
) -> Evidence:
    """Return evidence of a stack with a native part and a Python part."""
    beside = release_of(blobs, Wheel("numpy", root=True))
    plan = Plan(stack="mixed", version="1", locks=(lock, *beside.plan().locks))
    made = build_of(lock) if build is None else build
    built = Build(parts=(made, *beside.build().parts), started=NOW, finished=NOW)
    seen = stale or inventory(stack(), plan, built, blobs, now=NOW)
    return Evidence(
        plan=plan,
        build=built,
        relocations=Relocations(made=NOW),
        tests=beside.tests(),
        inventory=seen,
        scan=scan(seen, store, now=NOW),
    )


def judged(seen: Evidence, rule: str, **settings: Any) -> GateVerdict:  # noqa: ANN401
    return judge(only(rule, **settings), seen, now=NOW)


def details(verdict: GateVerdict, rule: str) -> str:
    return "\n".join(next(one.details for one in verdict.rules if one.rule == rule))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "advisories"


def test_a_whole_mixed_release_is_in_its_inventory(blobs: Blobs, store: Path) -> None:
    seen = evidence(blobs, store)

    for rule in ("inventory", "artifacts"):
        assert said(judged(seen, rule), rule) is Outcome.PASS


def test_a_unit_that_the_inventory_does_not_name_is_a_no(blobs: Blobs, store: Path) -> None:
    before = evidence(blobs, store, build=build_of(LOCK, h="failed")).inventory
    verdict = judged(evidence(blobs, store, stale=before), "inventory")

    assert said(verdict, "inventory") is Outcome.FAIL
    assert f"hypre@1.0/{full('h')[:7]}: no component is this" in details(verdict, "inventory")


def test_a_component_that_was_not_built_is_a_no(blobs: Blobs, store: Path) -> None:
    before = evidence(blobs, store).inventory
    seen = evidence(blobs, store, build=build_of(LOCK, h="failed"), stale=before)

    verdict = judged(seen, "inventory")
    assert said(verdict, "inventory") is Outcome.FAIL
    assert "nothing that was built is this component" in details(verdict, "inventory")


def test_a_build_of_other_units_is_a_no_that_cannot_be_waived(blobs: Blobs, store: Path) -> None:
    other = lock_of(*(Piece(word, word, root=True) for word in ("h", "new")))
    verdict = judged(evidence(blobs, store, build=build_of(other)), "artifacts")

    assert said(verdict, "artifacts") is Outcome.FAIL
    assert "1 units were built that are not locked, 4 that are locked" in details(
        verdict, "artifacts"
    )


def test_what_is_not_known_of_build_tools_is_a_note(blobs: Blobs, store: Path) -> None:
    unknown = Unknown(unknown="not said")
    lock = lock_of(
        Piece("h", "hypre", needs={"c": "build"}, root=True), Piece("c", "cmake", license=unknown)
    )
    verdict = judged(evidence(blobs, store, lock), "inventory")
    assert said(verdict, "inventory") is Outcome.PASS
    assert "cmake@1.0" in details(verdict, "inventory")

    shipped = lock_of(Piece("h", "hypre", root=True, license=unknown))
    assert said(judged(evidence(blobs, store, shipped), "inventory"), "inventory") is Outcome.FAIL


def test_concluded_licenses_of_units_are_not_missing(blobs: Blobs, store: Path) -> None:
    unknown = Unknown(unknown="not said")
    lock = lock_of(
        Piece("h", "hypre", root=True, license=unknown),
        Piece("z", "zlib", root=True, license=unknown),
    )
    seen = evidence(blobs, store, lock)
    read = {"license": "MIT", "reason": "read"}

    def answer(*names: str) -> Outcome:
        concluded = dict.fromkeys(names, read)
        rules = only("inventory").model_dump(by_alias=True)
        rules["rules"]["licenses"] = {"allowed": ["MIT"], "concluded": concluded}
        return said(judge(only("inventory").model_validate(rules), seen, now=NOW), "inventory")

    assert answer("hypre", "zlib") is Outcome.PASS
    assert answer("hypre") is Outcome.FAIL


def test_licenses_are_judged_of_what_is_shipped_and_the_rest_is_said(
    blobs: Blobs, store: Path
) -> None:
    verdict = judged(evidence(blobs, store), "licenses")

    assert said(verdict, "licenses") is Outcome.PASS
    text = details(verdict, "licenses")
    assert "2 components: needed only to build and not shipped" in text
    assert "1 components: supplied by the machine and not shipped" in text
    copyleft = lock_of(Piece("h", "hypre", root=True, license="GPL-3.0-only"))
    seen = evidence(blobs, store, copyleft)
    assert said(judged(seen, "licenses"), "licenses") is Outcome.FAIL


def test_native_units_are_asked_for_and_not_covered_is_said(blobs: Blobs, store: Path) -> None:
    seen = evidence(blobs, store)
    covered = {one.purl: one.sources for one in seen.scan.coverage}

    assert len(covered) == 6
    assert set(covered.values()) == {()}


def test_a_python_package_that_spack_builds_is_scanned(
    blobs: Blobs, store: Path, tmp_path: Path
) -> None:
    records = [advisory("X-1", "six", vector=V3_CRITICAL)]
    import_advisories(folder_of(tmp_path / "ours", *records), store, name="ours", now=NOW)
    seen = evidence(blobs, store)

    [finding] = seen.scan.findings
    assert finding.subject.startswith("pkg:generic/py-six@1.0")
    assert said(judged(seen, "findings"), "findings") is Outcome.FAIL


def test_a_finding_of_a_build_tool_is_said_and_does_not_decide(
    blobs: Blobs, store: Path, tmp_path: Path
) -> None:
    records = [advisory("X-1", "build", vector=V3_CRITICAL)]
    import_advisories(folder_of(tmp_path / "ours", *records), store, name="ours", now=NOW)
    verdict = judged(evidence(blobs, store), "findings")

    assert said(verdict, "findings") is Outcome.PASS
    assert "not shipped, needed to build: pkg:generic/py-build@1.0" in details(verdict, "findings")


def test_what_is_missing_need_not_be_scanned(blobs: Blobs, store: Path) -> None:
    seen = evidence(blobs, store, build=build_of(LOCK, h="failed"))

    assert full("h") not in "".join(one.purl for one in seen.scan.coverage)
    assert "did not ask" not in details(judged(seen, "findings"), "findings")
