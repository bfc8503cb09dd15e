"""`peso.scan` of all it takes: SBOMs, locks, stacks that were planned; and what it refuses."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.native_locks import Piece, lock_of
from tests.products.engines.spack.locks import lock, node, on
from tests.services.assurance.advisory_files import V3_CRITICAL, V3_MEDIUM, advisory, folder_of
from tests.services.assurance.foreign.made import DATA, cyclonedx

import peso
from peso.base.finding import Level, Outcome
from peso.base.ledger import Ledger
from peso.errors import BadInput, Outside
from peso.services.filing import file_record
from peso.services.integration.plan import Plan
from peso.services.steps.making import PLAN

NOW = datetime(2026, 11, 23, tzinfo=UTC)
POLICY = """\
schema: peso.policy/1
name: {name}
rules:
  findings: {{below: high}}
  licenses: {{allowed: [MIT]}}
{more}"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with advisories on `heron` and `stork` of PyPI and on Spack's openssl."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    records = (
        advisory("PYSEC-1", "heron", fixed="2.0", vector=V3_CRITICAL, aliases=("CVE-1",)),
        advisory("PYSEC-2", "stork", fixed="9.0", vector=V3_MEDIUM),
    )
    peso.import_advisories(folder_of(tmp_path / "records", *records), name="ours", folder=tmp_path)
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "ours.yaml").write_text(POLICY.format(name="ours", more=""))
    more = "  coverage: {of: all}\n"
    (policies / "covered.yaml").write_text(POLICY.format(name="covered", more=more))
    return tmp_path


def sbom(folder: Path, *names: str, version: str = "1.0") -> Path:
    made = cyclonedx(
        *(
            {
                "bom-ref": name,
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "licenses": [{"expression": "GPL-3.0-only" if name == "egret" else "MIT"}],
            }
            for name in names
        )
    )
    file = folder / "sbom.json"
    file.write_text(json.dumps(made))
    return file


def test_an_sbom_is_scanned_and_judged(folder: Path) -> None:
    seen = peso.scan(sbom(folder, "heron", "stork", "egret"), gate="ours", folder=folder)
    assert (seen.kind, seen.form, seen.components) == ("sbom", "CycloneDX 1.6", 3)
    assert [(one.rule, one.level) for one in seen.scan.findings] == [
        ("PYSEC-1", Level.CRITICAL),
        ("PYSEC-2", Level.MEDIUM),
    ]
    assert (seen.covered, seen.unidentified) == (2, 0)
    assert seen.verdict.verdict.outcome is Outcome.FAIL
    assert [one.message for one in seen.conflicts] == [
        "egret@1.0 is GPL-3.0-only: GPL-3.0-only is not allowed"
    ]


def test_the_verdict_is_yes_only_below_the_level(folder: Path) -> None:
    file = sbom(folder, "stork", "egret")
    assert peso.scan(file, gate="ours", folder=folder).verdict.verdict.ok
    assert not peso.scan(file, gate="covered", folder=folder).verdict.verdict.ok
    file = sbom(folder, "stork")
    assert peso.scan(file, gate="covered", folder=folder).verdict.verdict.ok
    assert peso.scan(file, gate=folder / "policies/covered.yaml", folder=folder).verdict.verdict.ok


def test_without_a_named_policy_the_default_counts(folder: Path) -> None:
    seen = peso.scan(sbom(folder, "stork"), folder=folder)
    assert seen.verdict.policy == "default"
    with pytest.raises(BadInput, match="there is no policy 'none'"):
        peso.scan(sbom(folder, "stork"), gate="none", folder=folder)


def test_nothing_identified_is_no_yes(folder: Path) -> None:
    file = DATA / "component-nameless" / "cyclonedx-1.6.json"
    seen = peso.scan(file, gate="ours", folder=folder)
    assert (seen.components, seen.unidentified, seen.scan.findings) == (3, 3, ())
    assert seen.verdict.verdict.outcome is Outcome.UNKNOWN


def test_no_component_is_no_yes(folder: Path) -> None:
    seen = peso.scan(sbom(folder), gate="ours", folder=folder)
    assert seen.verdict.verdict.outcome is Outcome.UNKNOWN


def test_a_version_of_the_form_that_is_not_known_is_no_yes(folder: Path) -> None:
    file = DATA / "version-unknown" / "cyclonedx-2.0.json"
    seen = peso.scan(file, gate="ours", folder=folder)
    rule = next(one for one in seen.verdict.rules if one.rule == "whole")
    assert rule.verdict.outcome is Outcome.UNKNOWN
    assert seen.scan.findings[0].rule == "PYSEC-1"


def test_without_advisories_nothing_is_a_yes(tmp_path: Path) -> None:
    seen = peso.scan(sbom(tmp_path, "heron"), folder=tmp_path)
    assert seen.scan.findings == ()
    assert not seen.verdict.verdict.ok


@pytest.mark.parametrize("packed", [False, True])
def test_a_lock_of_spack(folder: Path, *, packed: bool) -> None:
    data = lock(node("app", on=(on("openssl", "link"),)), node("openssl", "3.0.0"), roots=("app",))
    file = folder / ("spack.lock.gz" if packed else "spack.lock")
    file.write_bytes(gzip.compress(data) if packed else data)
    seen = peso.scan(file, gate="ours", folder=folder)
    assert (seen.kind, seen.components) == ("lock", 2)
    openssl = next(one for one in seen.scan.coverage if one.name.startswith("openssl"))
    assert "VENDOR openssl" in openssl.asked
    if not packed:
        assert peso.scan(folder, gate="ours").sha256 == seen.sha256


def test_a_pylock(folder: Path) -> None:
    file = folder / "pylock.toml"
    file.write_text(
        'lock-version = "1.0"\ncreated-by = "made"\n[[packages]]\nname = "heron"\n'
        'version = "1.0"\nsdist = {name = "heron-1.0.tar.gz", url = "https://example.org/h",'
        ' hashes = {sha256 = "00"}}\n'
    )
    seen = peso.scan(file, gate="ours", folder=folder)
    assert (seen.kind, [one.rule for one in seen.scan.findings]) == ("pylock", ["PYSEC-1"])


def test_a_stack_as_it_was_planned(folder: Path) -> None:
    (folder / "spack.yaml").write_text("spack: {specs: [hypre]}\n")
    file = folder / "stack.yaml"
    file.write_text(
        "schema: peso.stack/1\nname: mixed\nversion: '1'\ntitle: Mixed\n"
        "parts:\n  native: {engine: spack, environment: spack.yaml}\n"
        "products:\n- {name: hypre, part: native}\n"
        "tests:\n  one: {of: [hypre], run: [tool], expect: {x: '== 0'}}\n"
    )
    with pytest.raises(BadInput, match="never planned here"):
        peso.scan(file)
    lock_ = lock_of(Piece("a", "hypre", root=True, needs={"o": "link"}), Piece("o", "openssl"))
    plan = Plan(stack="mixed", version="1", locks=(lock_,))
    file_record(PLAN, {"x": "y"}, plan, Ledger(folder / ".peso" / "ledger"), made=NOW)
    seen = peso.scan(file, gate="ours")
    assert (seen.kind, seen.about, seen.components) == ("stack", "mixed 1", 2)


def test_the_catalogs_license_is_compared_for_packages_of_spack_only(folder: Path) -> None:
    products = folder / "products"
    products.mkdir()
    (products / "heron.yaml").write_text(
        "schema: peso.product/1\nname: Heron\nspack: [heron]\nlicense: BSD-3-Clause\n"
    )
    said = {"name": "heron", "version": "1", "licenses": [{"license": {"id": "MIT"}}]}
    purls = ("pkg:pypi/heron@1", "pkg:spack/builtin/heron@1?sha=abc")
    found = []
    for purl in purls:
        file = folder / "sbom.json"
        file.write_text(json.dumps(cyclonedx({**said, "purl": purl})))
        seen = peso.scan(file, folder=folder)
        found.append([one.message for one in seen.conflicts if one.rule == "license-differs"])
    assert found == [[], ["the SBOM says MIT, the catalog BSD-3-Clause"]]
    (products / "broken.yaml").write_text("schema: 7\n")
    seen = peso.scan(file, folder=folder)
    assert [one.rule for one in seen.conflicts] == ["license-not-comparable"]


def test_what_cannot_be_scanned_is_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        peso.scan(folder / "none", folder=folder)
    (folder / "empty").mkdir()
    with pytest.raises(BadInput, match=r"no spack\.lock"):
        peso.scan(folder / "empty", folder=folder)
    (folder / "text").write_text("hello")
    with pytest.raises(BadInput, match="it is no SBOM"):
        peso.scan(folder / "text", folder=folder)


def test_a_store_that_is_cut_is_no_clean_scan(folder: Path) -> None:
    store = folder / ".peso" / "advisories" / "advisories.db"
    data = store.read_bytes()
    store.chmod(0o644)
    store.write_bytes(data[: len(data) // 2])
    with pytest.raises(Outside, match="cannot be read"):
        peso.scan(sbom(folder, "heron"), folder=folder)
