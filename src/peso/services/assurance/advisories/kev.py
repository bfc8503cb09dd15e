"""CISA's catalog of known exploited vulnerabilities: a mark on a CVE, not a record of versions.

Each entry is filed under (`KEV`, CVE id); `store.known_exploited` asks for it. An entry that is
wrong is a finding with its place; the others are read.

Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import msgspec

from peso.base.finding import Finding
from peso.services.assurance.advisories.documents import MOST_IN_ONE, decode
from peso.services.assurance.advisories.record import (
    KEV,
    Advisory,
    Affected,
    Exploited,
    Read,
    Unreadable,
    checked,
    finding,
    moment,
    one_line,
    tell,
)


class _Entry(msgspec.Struct, rename="camel"):
    cve_id: str = msgspec.field(name="cveID")
    date_added: date
    due_date: date | None = None
    vulnerability_name: str | None = None
    known_ransomware_campaign_use: str | None = None


class _Catalog(msgspec.Struct, rename="camel"):
    vulnerabilities: list[msgspec.Raw]
    date_released: str | None = None
    count: int | None = None


_CATALOG: Final = msgspec.json.Decoder(_Catalog)
_ENTRY: Final = msgspec.json.Decoder(_Entry)


def read_kev(name: str, data: bytes) -> Read:
    """Read the catalog.

    Raises:
        Unreadable: it is none.
    """
    catalog = decode(_CATALOG, data)
    records: list[Advisory] = []
    findings: list[Finding] = []
    for number, raw in enumerate(catalog.vulnerabilities):
        try:
            records.append(checked(_advisory(decode(_ENTRY, bytes(raw), most=MOST_IN_ONE))))
        except Unreadable as error:
            tell(findings, f"{name}: vulnerabilities[{number}]", error)
    if catalog.count is not None and catalog.count != len(catalog.vulnerabilities):
        message = f"it says it has {catalog.count} entries and has {len(catalog.vulnerabilities)}"
        findings.append(finding("advisory-incomplete", name, message))
    return Read(
        records=tuple(records),
        findings=tuple(findings),
        as_of=moment(catalog.date_released, "dateReleased"),
    )


def _advisory(entry: _Entry) -> Advisory:
    added = datetime(
        entry.date_added.year, entry.date_added.month, entry.date_added.day, tzinfo=UTC
    )
    ransomware = (entry.known_ransomware_campaign_use or "").strip().lower() == "known"
    return Advisory(
        id=entry.cve_id,
        modified=added,
        summary=one_line(entry.vulnerability_name),
        affected=(Affected(keys=((KEV, entry.cve_id),)),),
        exploited=Exploited(added=entry.date_added, due=entry.due_date, ransomware=ransomware),
    )
