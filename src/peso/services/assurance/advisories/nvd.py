"""NVD records: pages of its API 2.0, single records of it, and overrides in its form.

1. A product is filed under `CPE` and vendor:product. Each criterion is a version or a range of
   versions in the product's own order; `versionStartExcluding` begins after its version.
2. What holds only together with something else (an `AND` of nodes, a negation), or only for an
   edition (another language's package of the same name), is a doubt that says so. That it needs
   Linux is none.
3. A record without configurations is one that nobody has analysed yet: it names no product.
4. A record in a page that is wrong is a finding with its place; the others are read.

Source: https://nvd.nist.gov/developers/vulnerabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from peso.base.finding import Finding
from peso.services.assurance.advisories.cpe import Cpe, parse_cpe
from peso.services.assurance.advisories.documents import MOST_IN_ONE, decode
from peso.services.assurance.advisories.record import (
    CPE,
    Advisory,
    Affected,
    Event,
    Exploited,
    Range,
    Read,
    Severity,
    Unreadable,
    checked,
    moment,
    one_line,
    tell,
)


class _Match(msgspec.Struct, rename="camel"):
    criteria: str
    vulnerable: bool
    version_start_including: str | None = None
    version_start_excluding: str | None = None
    version_end_including: str | None = None
    version_end_excluding: str | None = None


class _Node(msgspec.Struct, rename="camel"):
    cpe_match: list[_Match]
    operator: str = "OR"
    negate: bool = False


class _Configuration(msgspec.Struct):
    nodes: list[_Node]
    operator: str | None = None
    negate: bool = False


class _Vector(msgspec.Struct, rename="camel"):
    vector_string: str


class _Metric(msgspec.Struct, rename="camel"):
    cvss_data: _Vector
    type: str = ""


class _Metrics(
    msgspec.Struct,
    rename={
        "v2": "cvssMetricV2",
        "v30": "cvssMetricV30",
        "v31": "cvssMetricV31",
        "v4": "cvssMetricV40",
    },
):
    v2: list[_Metric] | None = None
    v30: list[_Metric] | None = None
    v31: list[_Metric] | None = None
    v4: list[_Metric] | None = None


class _Text(msgspec.Struct):
    value: str
    lang: str = "en"


class _Cve(msgspec.Struct, rename="camel"):
    id: str = ""
    published: str | None = None
    last_modified: str | None = None
    vuln_status: str = ""
    descriptions: list[_Text] | None = None
    metrics: _Metrics | None = None
    configurations: list[_Configuration] | None = None
    cisa_exploit_add: date | None = None
    cisa_action_due: date | None = None


class _Annotation(msgspec.Struct):
    """What an override says of itself, for what it overrides."""

    cve_id: str
    description: str | None = None
    modified: str | None = None
    published: str | None = None


class _Item(msgspec.Struct):
    cve: _Cve
    annotation: _Annotation | None = msgspec.field(name="_annotation", default=None)


class _Page(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw] | None = None
    timestamp: str | None = None
    cve: msgspec.Raw = msgspec.Raw()
    id: str = ""


_NAMED: Final = 3
_LINUX: Final = "linux:linux_kernel"
_PAGE: Final = msgspec.json.Decoder(_Page)
_ITEM: Final = msgspec.json.Decoder(_Item)
_CVE: Final = msgspec.json.Decoder(_Cve)


def read_nvd(name: str, data: bytes) -> Read:
    """Read a page of records, or one record.

    Raises:
        Unreadable: it is neither.
    """
    page = decode(_PAGE, data)
    if page.vulnerabilities is None:
        item = decode(_ITEM, data) if page.cve else _Item(decode(_CVE, data))
        return Read(records=(checked(_advisory(item)),))
    records: list[Advisory] = []
    findings: list[Finding] = []
    for number, raw in enumerate(page.vulnerabilities):
        try:
            records.append(checked(_advisory(decode(_ITEM, bytes(raw), most=MOST_IN_ONE))))
        except Unreadable as error:
            tell(findings, f"{name}: vulnerabilities[{number}]", error)
    return Read(
        records=tuple(records), findings=tuple(findings), as_of=moment(page.timestamp, "timestamp")
    )


def _advisory(item: _Item) -> Advisory:
    cve, note = item.cve, item.annotation or _Annotation("")
    modified = moment(cve.last_modified or note.modified, "lastModified")
    published = moment(cve.published or note.published, "published")
    rejected = cve.vuln_status.lower() == "rejected"
    if rejected and modified is None:
        raise Unreadable("it is rejected, and does not say when")
    id_ = cve.id or note.cve_id
    if not id_.startswith("CVE-"):
        raise Unreadable(f"{id_[:60]!r} is no CVE id")
    english = [one.value for one in cve.descriptions or () if one.lang.startswith("en")]
    added = cve.cisa_exploit_add
    return Advisory(
        id=id_,
        modified=modified or published,
        published=published,
        withdrawn=modified if rejected else None,
        summary=one_line(next(iter(english), note.description)),
        severity=tuple(_severities(cve.metrics)) if cve.metrics else (),
        affected=_affected(cve.configurations or []),
        exploited=Exploited(added=added, due=cve.cisa_action_due) if added else None,
    )


def _severities(metrics: _Metrics) -> Iterator[Severity]:
    """Give NVD's own vectors; those of others where it has none."""
    kinds = (
        ("CVSS_V4", metrics.v4),
        ("CVSS_V3", metrics.v31 or metrics.v30),
        ("CVSS_V2", metrics.v2),
    )
    for kind, several in kinds:
        first = [one for one in several or () if one.type == "Primary"] or several or ()
        for vector in dict.fromkeys(one.cvss_data.vector_string for one in first):
            yield Severity(type=kind, score=vector)


def _affected(configurations: list[_Configuration]) -> tuple[Affected, ...]:
    ranges: dict[str, dict[Range, None]] = {}
    versions: dict[str, dict[str, None]] = {}
    for configuration in configurations:
        for number, node in enumerate(configuration.nodes):
            condition = _condition(configuration, number)
            for match in node.cpe_match:
                if not match.vulnerable:
                    continue
                cpe = parse_cpe(match.criteria)
                if cpe is None:
                    raise Unreadable(f"{match.criteria[:80]!r} is no CPE name")
                doubt = _doubt(cpe, condition)
                ranges.setdefault(cpe.key, {})
                if cpe.version not in {"", "-"} and not doubt and not _bounded(match):
                    versions.setdefault(cpe.key, {})[cpe.version] = None
                else:
                    one = Range(type="ECOSYSTEM", events=_events(match, cpe), doubt=doubt)
                    ranges[cpe.key][one] = None
    return tuple(
        Affected(keys=((CPE, key),), ranges=tuple(some), versions=tuple(versions.get(key, ())))
        for key, some in ranges.items()
    )


def _bounded(match: _Match) -> bool:
    return bool(
        match.version_start_including
        or match.version_start_excluding
        or match.version_end_including
        or match.version_end_excluding
    )


def _events(match: _Match, cpe: Cpe) -> tuple[Event, ...]:
    if not _bounded(match) and cpe.version not in {"", "-"}:
        return (("introduced", cpe.version), ("last_affected", cpe.version))
    events: list[Event] = [("introduced", match.version_start_including or "0")]
    if match.version_start_excluding:
        events = [("after", match.version_start_excluding)]
    if match.version_end_excluding:
        events.append(("fixed", match.version_end_excluding))
    elif match.version_end_including:
        events.append(("last_affected", match.version_end_including))
    return tuple(events)


def _doubt(cpe: Cpe, condition: str) -> str:
    if condition:
        return condition
    if cpe.edition:
        return f"it is said only of the edition for {cpe.edition[:80]}"
    return "no version in particular is named" if cpe.version == "-" else ""


def _condition(configuration: _Configuration, number: int) -> str:
    """Return what a node's products must come together with to be affected; empty for nothing."""
    node = configuration.nodes[number]
    if configuration.negate or node.negate:
        return "its condition is a negation, which is not evaluated here"
    others: list[str] = []
    if (configuration.operator or "OR").upper() == "AND":
        several = [
            one
            for place, one in enumerate(configuration.nodes)
            if place != number and not _given(one)
        ]
        others = [match.criteria for one in several for match in one.cpe_match]
    elif node.operator.upper() == "AND" and len(node.cpe_match) > 1:
        others = [match.criteria for match in node.cpe_match]
    named = [cpe.key for one in dict.fromkeys(others) if (cpe := parse_cpe(one))]
    if not others:
        return ""
    more = len(named) - _NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"it is said only together with {', '.join(named[:_NAMED])}{rest}"


def _given(node: _Node) -> bool:
    """Say whether a condition holds on every machine this is for: any Linux."""
    names = [parse_cpe(match.criteria) for match in node.cpe_match]
    return not node.negate and any(
        one is not None and one.key == _LINUX and one.version in {"", "-"} for one in names
    )
