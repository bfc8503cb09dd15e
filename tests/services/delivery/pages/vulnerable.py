"""A release in which much is found, stated and not known: what its page has to say loudly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.services.delivery.pages.conftest import NOW

from peso.base.digest import sha256_bytes
from peso.base.finding import Level, Outcome, Verdict
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.gate import GateVerdict, RuleResult, Used
from peso.services.assurance.inventory import Component
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.coverage import Coverage, Known
from peso.services.assurance.matching.record import Scan, Vulnerability, Witness
from peso.services.assurance.vex.record import Product, Stated, Statement

URLLIB3, REQUESTS = "pkg:pypi/urllib3@2.5.0", "pkg:pypi/requests@2.32.5"


def witness(record: str, answer: str, **changes: Any) -> Witness:  # noqa: ANN401 - any field
    said = {
        "source": "pypa-osv",
        "record": record,
        "key": "PyPI urllib3",
        "version": "2.5.0",
        "confidence": "ecosystem",
        "answer": answer,
        **changes,
    }
    return Witness.model_validate(said)


def vulnerability(rule: str, subject: str, level: Level, **changes: Any) -> Vulnerability:  # noqa: ANN401
    said: dict[str, Any] = {
        "rule": rule,
        "level": level,
        "subject": subject,
        "message": "Redirects are followed where they were to be refused",
        "confidence": Confidence.ECOSYSTEM,
        "witnesses": (witness(rule, "affected", fixed="2.6.0"),),
        "exploited": "not known",
        "published": NOW - timedelta(days=40),
        "fixed": ("2.6.0",),
        **changes,
    }
    return Vulnerability.model_validate(said)


def said_on(subject: str, id_: str, expires: datetime, **changes: Any) -> Stated:  # noqa: ANN401
    said: dict[str, Any] = {
        "vulnerability": id_,
        "products": (Product(purl=subject),),
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
        "reason": "Redirects are switched off wherever it is called; looked at all calls",
        "made": NOW - timedelta(days=30),
        "expires": expires,
        "author": "An organization",
        "role": "security team",
        "document": "urn:test",
        "where": "vex/one.openvex.json",
        **changes,
    }
    return Stated(subject=subject, statement=Statement.model_validate(said))


LIFTED = said_on(URLLIB3, "CVE-2026-12", NOW + timedelta(days=200))
LAPSED = said_on(REQUESTS, "CVE-2026-77", NOW - timedelta(days=5))
SOURCES = tuple(
    Source(
        name=name,
        format=form,
        records=records,
        newest=NOW - timedelta(days=days) if days else None,
        imported=NOW - timedelta(hours=5),
        sha256=sha256_bytes(name.encode()),
    )
    for name, form, records, days in (
        ("pypa-osv", "osv", 4211, 1),
        ("hdf5-cve-list", "hdf", 133, 0),
        ("kev", "kev", 1404, 2),
    )
)


def scan(components: tuple[Component, ...]) -> Scan:
    """Return a scan that found much."""
    unlisted = {"mpich", "zfpy", "adios2", "openpmd-api", "libensemble", "tblib"}
    known = Known(source="pypa-osv", as_of=NOW - timedelta(days=1), spaces=("PyPI",), records=3)
    findings = (
        vulnerability("PYSEC-2026-12", URLLIB3, Level.HIGH, aliases=("CVE-2026-12",)),
        vulnerability(
            "CVE-2026-77",
            REQUESTS,
            Level.MEDIUM,
            exploited="known",
            witnesses=(
                witness("CVE-2026-77", "affected"),
                witness("GHSA-77", "not affected", source="another-list", confidence="cpe"),
            ),
        ),
        vulnerability(
            "OSV-2025-9",
            "pkg:pypi/h5py@3.15.1",
            Level.UNKNOWN,
            confidence=Confidence.GIT,
            witnesses=(
                witness("OSV-2025-9", "unknown", confidence="git", reason="it lists no tags"),
            ),
            fixed=(),
        ),
    )
    return Scan(
        made=NOW - timedelta(minutes=2),
        inventory=sha256_bytes(b"cdx"),
        sources=SOURCES,
        findings=findings,
        coverage=tuple(
            Coverage(
                purl=one.purl,
                name=f"{one.name}@{one.version}",
                sources=() if one.name in unlisted else ("pypa-osv",),
                known=() if one.name in unlisted else (known,),
                reason="no source has a record of it" if one.name in unlisted else "",
            )
            for one in components
        ),
        vex=(LIFTED, LAPSED),
    )


def gate() -> GateVerdict:
    """Return a verdict that rests on a statement."""
    no = Verdict(outcome=Outcome.FAIL, reason=f"{REQUESTS}: it is exploited (CVE-2026-77, medium)")
    return GateVerdict(
        policy="default",
        policy_sha256=sha256_bytes(b"policy"),
        judged=NOW - timedelta(minutes=1),
        verdict=no,
        rules=(
            RuleResult(
                rule="findings",
                verdict=Verdict(outcome=Outcome.PASS),
                details=(f"lifted ({LIFTED.statement.short}): {URLLIB3}: Redirects are followed",),
                by=("scan", "advisories pypa-osv", "statement CVE-2026-12"),
            ),
            RuleResult(rule="exploited", verdict=no, by=("scan", "advisories kev")),
        ),
        waived=(),
        valid_until=LIFTED.statement.expires,
        stated=(LIFTED,),
        evidence=(
            Used(name="scan", sha256="a" * 64),
            Used(name="statement CVE-2026-12", sha256=LIFTED.statement.digest()),
        ),
    )
