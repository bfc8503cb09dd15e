"""What the small portal knows of releases: three of them, on two platforms."""

from __future__ import annotations

from collections.abc import Iterator

from tests.portal.small import ERROR_LINE, day, log, wide_log

from peso.base.digest import sha256_bytes
from peso.base.finding import Finding, Level, Outcome, Unknown, Verdict
from peso.base.ledger import Blobs
from peso.portal.config import PortalConfig
from peso.portal.ingest.closure import ProductLicenses, ReleaseLicenses
from peso.portal.ingest.facts import (
    AskedFact,
    Facts,
    ProductFact,
    ReleaseFact,
    ResultFact,
    UnitFact,
)
from peso.portal.ingest.keep import keep
from peso.products.engines.native import FirstError
from peso.services.assurance.gate import RuleResult
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.coverage import Coverage, Known
from peso.services.assurance.matching.record import Vulnerability
from peso.services.assurance.vex.record import Stated, Statement

CPU, GPU = "cpu-partition", "gpu-partition"
VERSIONS = ("26.09", "26.10", "26.11")
BANDWIDTH = (210.0, 231.5, 188.25)
ERROR = FirstError(line=ERROR_LINE, text="error: residual grew at <step> 1234", kind="test")


def keep_all(how: PortalConfig) -> None:
    """Put all of it into a portal."""
    sha256, _ = Blobs(how.blobs).put(log())
    Blobs(how.blobs).put(wide_log())
    for number, _version in enumerate(VERSIONS):
        for platform in (CPU, GPU):
            keep(_facts(number, platform, sha256))


def _facts(number: int, platform: str, log_sha256: str) -> Facts:
    version = VERSIONS[number]
    bad = number == 2
    rules = (
        RuleResult(
            rule="tests",
            verdict=Verdict(outcome=Outcome.FAIL, reason="1 test failed")
            if bad
            else Verdict(outcome=Outcome.PASS),
        ),
        RuleResult(rule="licenses", verdict=Verdict(outcome=Outcome.PASS), details=("all known",)),
    )
    return Facts(
        release=ReleaseFact(
            channel="testing",
            stack="north",
            version=version,
            title="Software of the North",
            created=day(30 * number),
            manifest=sha256_bytes(version.encode()),
            published=not bad,
            development=False,
            verdict="fail" if bad else "pass",
            reason="the gate refused it" if bad else "",
            publication="" if bad else "https://example.org/releases",
        ),
        platform=platform,
        products=(
            ProductFact(
                name="halden",
                part="native",
                version="2.0.0" if number == 0 else "2.1.0",
                licenses=ProductLicenses(
                    ways=(
                        ("linked", (("BSD-3-Clause", 1), ("not known", 1))),
                        ("build", (("GPL-3.0-or-later", 3),)),
                    ),
                    named=("pkg:generic/zlibby@1.3: GPL-3.0-only is not allowed",) if bad else (),
                    more=0,
                    asked=True,
                ),
            ),
            ProductFact(name="solvera", part="native", version="5.0"),
            ProductFact(name="openring", part="native", version="4.2"),
        ),
        units=tuple(_units(number)),
        results=tuple(_results(number, platform, log_sha256)),
        scan=_scan(number),
        gate=rules,
        coverage=(
            _covered("halden", "2.1.0", "OSV"),
            _covered("solvera", "5.0", reason="nobody said whose code it is"),
            _covered("zlibby", "1.3", *(("OSV", "NVD") if number < 2 else ())),
        ),
        evidence=(("build", sha256_bytes(b"build"), day(30 * number)),),
        scanned=day(30 * number),
        asked=(
            AskedFact(name="OSV", as_of=day(1), records=1200, exploited=False),
            AskedFact(name="KEV", as_of=day(2), records=40, exploited=True),
        ),
        stated=tuple(_stated(number)),
        licenses=ReleaseLicenses(
            shipped=(("BSD-3-Clause", 2, ("halden@2.1.0", "solvera@5.0")),),
            unknown=(("zlibby@1.3", "its recipe says none"),) if bad else (),
            aside=(("building", 3),),
        ),
    )


def _covered(name: str, version: str, *sources: str, reason: str = "") -> Coverage:
    known = tuple(
        Known(source=one, as_of=day(1), spaces=("CPE",), records=3) for one in sorted(sources)
    )
    return Coverage(
        purl=f"pkg:generic/{name}@{version}",
        sources=tuple(one.source for one in known),
        name=f"{name}@{version}",
        known=known,
        reason=reason,
    )


def _stated(number: int) -> Iterator[Stated]:
    """Yield a statement that has run out, and one that holds for long."""
    for status, expires in (("not_affected", day(40)), ("under_investigation", day(20_000))):
        said = Statement(
            vulnerability="CVE-2026-0001" if number == 1 else "CVE-2026-0002",
            products=(),
            status="not_affected" if status == "not_affected" else "under_investigation",
            justification="vulnerable_code_not_present" if status == "not_affected" else "",
            made=day(30),
            expires=expires,
            author="Ann of the Northern Data Alliance",
            document="https://example.org/vex/1",
        )
        subject = "zlibby@1.3" if number == 1 else "halden@2.1.0"
        if number and (number == 1) == (status == "not_affected"):
            yield Stated(subject=f"pkg:generic/{subject}", statement=said)


def _units(number: int) -> Iterator[UnitFact]:
    versions = {"halden": "2.0.0" if number == 0 else "2.1.0", "solvera": "5.0", "zlibby": "1.3"}
    for name, version in versions.items():
        failed = number == 2 and name == "zlibby"
        yield UnitFact(
            part="native",
            name=name,
            version=version,
            hash=sha256_bytes(f"{name}{version}{number}".encode())[:32],
            root=name != "zlibby",
            outcome="failed" if failed else "built",
            because="",
            seconds=12.5,
            license="Zlib" if name == "zlibby" and number < 2 else "BSD-3-Clause",
            spec=f"{name}@{version}",
            log=sha256_bytes(wide_log()) if failed else "",
            error=FirstError(line=3, text="cannot find -lm", kind="link") if failed else None,
        )


def _scan(number: int) -> tuple[Finding, ...]:
    if number == 1:
        return (
            Vulnerability(
                rule="CVE-2026-0001",
                level=Level.HIGH,
                subject="pkg:generic/zlibby@1.3",
                message="reads past the end",
                confidence=Confidence.CPE,
                witnesses=(),
                fixed=("1.3.1",),
                exploited="known",
                published=day(3),
            ),
        )
    if number == 2:
        return (
            Vulnerability(
                rule="CVE-2026-0002",
                level=Level.MEDIUM,
                subject="pkg:generic/halden@2.1.0",
                message="writes past the end",
                aliases=("GHSA-aaaa-bbbb-cccc",),
                confidence=Confidence.VENDOR,
                witnesses=(),
                exploited="not known",
                published=Unknown(unknown="no record says when"),
            ),
        )
    return ()


def _results(number: int, platform: str, log_sha256: str) -> Iterator[ResultFact]:
    slower = 1.0 if platform == CPU else 2.5
    for product, test in (("halden", "roundtrip"), ("solvera", "residual"), ("openring", "ring")):
        for ranks in (2, 4):
            fails = (number, platform, product, ranks) == (2, GPU, "solvera", 4)
            yield ResultFact(
                product=product,
                test=test,
                ranks=ranks,
                outcome="fail" if fails else "pass",
                reason="sum_error is 3, expected == 0" if fails else "",
                seconds=1.5,
                at=day(30 * number),
                figures={"bandwidth_MBps": BANDWIDTH[number] * slower * ranks, "errors": 0.0},
                log=log_sha256 if fails else "",
                error=ERROR if fails else None,
                key=sha256_bytes(f"{number}{platform}{product}{test}{ranks}".encode()),
            )
