"""The scan over units of a lock: whom it asks for, whom it believes, and what never matches."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.native_locks import OPENMPI, Piece, lock_of
from tests.services.assurance.matching.histories import Made, commit
from tests.services.assurance.matching.stores import BEFORE_2, NEWEST, NOW, fill, record

from peso.base.finding import Finding, Level, Unknown
from peso.products.engines.native import External, NativeLock, SourceFile
from peso.services.assurance.advisories.record import Advisory, Affected, Exploited, Key, Range
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import Identity, load_identity
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.record import Scan, Vulnerability
from peso.services.assurance.matching.scan import scan_lock

OPENSSL = Entry(
    name="openssl",
    upstream="https://github.com/openssl/openssl",
    cpe=("openssl:openssl",),
    vendor="openssl",
    oss_fuzz="openssl",
    scheme="openssl",
    tags=("openssl-{version}",),
)
TABLE = Identity((OPENSSL,))
VENDOR: Key = ("VENDOR", "openssl")
CPE: Key = ("CPE", "openssl:openssl")
FUZZ: Key = ("OSS-Fuzz", "openssl")
GIT: Key = ("GIT", "github.com/openssl/openssl")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "advisories"


def lock(version: str = "1.1.1", name: str = "openssl") -> NativeLock:
    return lock_of(Piece("h", name, version))


def scanned(store: Path, version: str = "1.1.1", *, clones: tuple[Made, ...] = ()) -> Scan:
    return scan_lock(lock(version), store, now=NOW, identity=TABLE, clones=clones)


def only(seen: Scan) -> Vulnerability:
    [finding] = seen.findings
    assert isinstance(finding, Vulnerability)
    return finding


def test_a_unit_is_found_by_the_keys_of_its_identity(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", CPE, published=NEWEST))
    seen = scanned(store)
    found = only(seen)
    assert (found.rule, found.confidence, found.fixed) == ("CVE-1", Confidence.CPE, ("2.0",))
    assert (found.hint, found.exploited, found.published) == (
        "fixed in 2.0",
        "not looked up",
        NEWEST,
    )
    [witness] = found.witnesses
    assert (witness.source, witness.record, witness.key) == ("nvd", "CVE-1", "CPE openssl:openssl")
    assert (witness.version, witness.answer, witness.fixed) == ("1.1.1", "affected", "2.0")
    assert seen.inventory == lock().document.sha256
    assert Scan.parse(seen.canonical()) == seen


def test_coverage_says_who_knows_a_unit_as_of_when(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", CPE), record("CVE-2", CPE, events=(("introduced", "9"),)))
    fill(store, "fuzz", record("OSV-1", FUZZ, GIT, kind="GIT", events=(("introduced", "0"),)))
    [cover] = scanned(store, "3.0.0").coverage
    assert (cover.sources, cover.name, cover.reason) == (("fuzz", "nvd"), "openssl@3.0.0", "")
    assert [(one.source, one.spaces, one.records) for one in cover.known] == [
        ("fuzz", ("GIT", "OSS-Fuzz"), 1),
        ("nvd", ("CPE",), 2),
    ]
    assert {one.as_of for one in cover.known} == {NEWEST}
    assert cover.asked == (
        "VENDOR openssl",
        "CPE openssl:openssl",
        "OSS-Fuzz openssl",
        "GIT github.com/openssl/openssl",
        "PESO openssl",
    )


def test_a_unit_that_nobody_knows_is_not_covered_and_says_why(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", ("CPE", "other:other")))
    [known] = scanned(store).coverage
    assert (known.sources, known.reason) == ((), "no source has a record of it")
    [stranger] = scan_lock(lock(name="stranger"), store, now=NOW, identity=TABLE).coverage
    assert stranger.sources == ()
    assert "nobody has reviewed" in stranger.reason


def test_peso_s_own_records_are_found_by_the_spack_name_alone(store: Path) -> None:
    fill(store, "own", record("PESO-1", ("PESO", "stranger")), form="peso")
    found = only(scan_lock(lock(name="stranger"), store, now=NOW, identity=TABLE))
    assert found.confidence is Confidence.VENDOR


def test_a_version_that_the_project_calls_fixed_has_no_finding(store: Path) -> None:
    fill(store, "vendor", record("CVE-1", VENDOR, events=(("introduced", "0"), ("fixed", "1.1.1"))))
    fill(store, "nvd", record("CVE-1", CPE), record("CVE-2", CPE))
    seen = scanned(store)
    assert only(seen).rule == "CVE-2"
    [aside] = seen.overruled
    assert (aside.rule, aside.subject) == ("CVE-1", only(seen).subject)
    assert "CVE-1 (vendor) says that 1.1.1 is not affected" in aside.message
    assert "the project's own word counts" in aside.message
    assert [one.answer for one in aside.witnesses] == ["not affected", "affected"]


def test_the_project_s_word_against_a_version_counts_too(store: Path) -> None:
    fill(store, "vendor", record("CVE-1", VENDOR))
    fill(store, "nvd", record("CVE-1", CPE, events=(("introduced", "9.0"),)))
    found = only(scanned(store))
    assert found.confidence is Confidence.VENDOR
    assert "CVE-1 (nvd) says that 1.1.1 is not affected" in found.message


def test_a_project_that_cannot_tell_overrules_nobody(store: Path) -> None:
    doubt = Range(type="ECOSYSTEM", events=BEFORE_2, doubt="only the list's first page was read")
    own = Advisory(id="CVE-1", affected=(Affected(keys=(VENDOR,), ranges=(doubt,)),))
    fill(store, "vendor", own)
    fill(store, "nvd", record("CVE-1", CPE))
    found = only(scanned(store))
    assert found.confidence is Confidence.CPE
    assert "CVE-1 (vendor) cannot be decided for 1.1.1: only the list's" in found.message


def test_what_a_surer_witness_decided_is_not_unknown(store: Path) -> None:
    fuzz = record("OSV-1", FUZZ, kind="GIT", aliases=("CVE-1",), events=(("introduced", "0"),))
    fill(store, "fuzz", fuzz)
    assert only(scanned(store)).level is Level.UNKNOWN
    fill(store, "nvd", record("CVE-1", CPE, events=(("introduced", "9.0"),)))
    assert scanned(store).findings == ()
    surest = record("CVE-1", CPE)
    fill(store, "nvd", surest)
    found = only(scanned(store))
    assert [one.answer for one in found.witnesses] == ["affected", "unknown"]


@pytest.mark.parametrize("version", ["develop", "main", "git.openssl-3.0=3.0.0", "b" * 40])
def test_a_branch_is_unknown_never_clear(store: Path, version: str) -> None:
    fill(store, "nvd", record("CVE-1", CPE), record("CVE-2", CPE, events=(("introduced", "0"),)))
    for found in scanned(store, version).findings:
        assert found.level is Level.UNKNOWN
        assert "cannot be decided" in found.message
    assert len(scanned(store, version).findings) == 2


def test_a_catalog_says_what_is_exploited(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", CPE), record("X-2", CPE, aliases=("CVE-2",)))
    told = Exploited(added=NEWEST.date())
    listed = Advisory(
        id="KEV-CVE-2", affected=(Affected(keys=(("KEV", "CVE-2"),)),), exploited=told
    )
    fill(store, "kev", listed, form="kev")
    seen = {
        one.rule: one.exploited for one in scanned(store).findings if isinstance(one, Vulnerability)
    }
    assert seen == {"CVE-1": "not known", "X-2": "known"}


def test_a_clone_decides_what_commits_say(store: Path) -> None:
    events = (("introduced", commit("a")), ("fixed", commit("c")))
    fill(store, "fuzz", record("OSV-1", FUZZ, GIT, kind="GIT", events=events))
    history = Made(
        {"a": "", "b": "a", "c": "b"},
        {"openssl-1.1.1": "b", "openssl-3.0.0": "c"},
        repository="github.com/openssl/openssl",
    )
    assert only(scanned(store)).level is Level.UNKNOWN
    found = only(scanned(store, clones=(history,)))
    assert [one.answer for one in found.witnesses] == ["affected"]
    assert found.confidence is Confidence.GIT
    assert scanned(store, "3.0.0", clones=(history,)).findings == ()


def test_units_that_are_asked_for_alike_are_each_told(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", CPE))
    twice = lock_of(Piece("a", "openssl", "1.1.1"), Piece("b", "openssl", "1.1.1"))
    seen = scan_lock(twice, store, now=NOW, identity=TABLE)
    assert len({one.subject for one in seen.findings}) == len(seen.coverage) == 2


def test_an_external_is_matched_as_its_distribution_s_package(store: Path) -> None:
    events = (("introduced", "0"), ("fixed", "1.1.1n-0+deb11u5"))
    fill(store, "debian", record("DSA-1", ("Debian:11", "openssl"), events=events))
    fill(store, "nvd", record("CVE-1", CPE))
    purl = "pkg:deb/debian/openssl@1.1.1n-0%2Bdeb11u{}?arch=amd64&distro=debian-11"
    pieces = [
        Piece(word, "openssl", "1.1.1n", external=OPENMPI, purl=purl.format(word)) for word in "49"
    ]
    seen = scan_lock(lock_of(*pieces), store, now=NOW, identity=TABLE)
    assert [(one.rule, one.subject.partition("?")[0][-1]) for one in seen.findings] == [
        ("DSA-1", "4")
    ]
    assert [one.sources for one in seen.coverage] == [("debian",), ("debian",)]


def test_an_external_of_nobody_s_is_not_covered(store: Path) -> None:
    fill(store, "nvd", record("CVE-1", CPE))
    nobody = External(prefix="/opt/x", package=Unknown(unknown="not asked"))
    [cover] = scan_lock(
        lock_of(Piece("h", "openssl", external=nobody)), store, now=NOW, identity=TABLE
    ).coverage
    assert cover.sources == ()
    assert "the machine supplied it" in cover.reason


def test_a_scan_of_an_older_peso_is_read() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    plain = Finding(rule="X-1", level=Level.HIGH, subject="pkg:pypi/a@1", message="m")
    older = {
        "made": moment.isoformat(),
        "inventory": "0" * 64,
        "sources": [],
        "findings": [plain.plain()],
        "coverage": [{"purl": "pkg:pypi/a@1", "sources": ["s"]}],
    }
    read = Scan.model_validate(older)
    assert read.findings == (plain,)
    assert (read.coverage[0].known, read.overruled) == ((), ())


# Names that are mixed up elsewhere never match here: the reviewed table decides.

TRAPS: list[tuple[str, Key]] = [
    ("trilinos", ("CPE", "llvm:clang")),
    ("trilinos", ("PyPI", "trilinos")),
    ("py-numpy", ("CPE", "debian:matplotlib")),
    ("py-numpy", ("PyPI", "matplotlib")),
    ("py-tensorflow", ("CPE", "google:protobuf")),
    ("pmix", ("PyPI", "pmix")),
    ("pmix", ("npm", "pmix")),
    ("python", ("CPE", "pypa:pip")),
    ("python", ("PyPI", "pip")),
    ("python", ("PyPI", "python")),
    ("py-pip", ("CPE", "python:python")),
    ("py-pip", ("Bitnami", "python")),
    ("hdf5", ("npm", "hdf5")),
    ("openssl", ("crates.io", "openssl")),
    ("openssl", ("RubyGems", "openssl")),
    ("openssl", ("Debian:12", "openssl")),
    ("zlib", ("npm", "zlib")),
    ("curl", ("npm", "curl")),
    ("sqlite", ("npm", "sqlite")),
    ("boost", ("npm", "boost")),
    ("never-reviewed", ("npm", "never-reviewed")),
    ("never-reviewed", ("CPE", "never-reviewed:never-reviewed")),
    ("never-reviewed", ("OSS-Fuzz", "never-reviewed")),
]


@pytest.mark.parametrize(("name", "key"), TRAPS)
def test_a_mixed_up_name_never_matches(store: Path, name: str, key: Key) -> None:
    fill(store, "wrong", record("X-1", key, events=(("introduced", "0"),)))
    resource = SourceFile(
        kind="resource", url="https://github.com/llvm/llvm-project/archive/llvmorg-9.tar.gz"
    )
    [unit] = lock_of(Piece("h", name, "1.0")).units
    sources = () if isinstance(unit.sources, Unknown) else unit.sources
    changed = unit.model_copy(update={"sources": (*sources, resource)})
    units = lock_of(Piece("h", name, "1.0")).model_copy(update={"units": (changed,)})
    seen = scan_lock(units, store, now=NOW, identity=load_identity())
    assert seen.findings == ()
    assert seen.coverage[0].sources == ()


RIGHT: list[tuple[str, Key]] = [
    ("pmix", ("CPE", "openpmix:openpmix")),
    ("py-numpy", ("PyPI", "numpy")),
    ("python", ("Bitnami", "python")),
    ("python", ("GIT", "github.com/python/cpython")),
    ("hdf5", ("VENDOR", "hdf5")),
    ("openssl", ("VENDOR", "openssl")),
    ("curl", ("VENDOR", "curl")),
]


@pytest.mark.parametrize(("name", "key"), RIGHT)
def test_the_right_name_does(store: Path, name: str, key: Key) -> None:
    fill(store, "right", record("X-1", key, events=(("introduced", "0"),)))
    seen = scan_lock(lock("1.0.0", name), store, now=NOW, identity=load_identity())
    assert len(seen.findings) == 1
