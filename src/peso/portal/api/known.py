"""What the API says of vulnerabilities, coverage and licenses: the same words as the pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from peso.portal.known import (
    covering,
    license_counts,
    newest_scan,
    scales,
    sources,
    statements,
    upstream_of,
    weighed,
)
from peso.portal.store.models import Coverage, Product, Release, ReleaseFinding, ReleaseProduct
from peso.services.assurance.vex.weigh import Standing

_PLAIN = ("rule", "level", "subject", "message", "hint", "aliases")
_RECORDED = ("confidence", "exploited", "fixed", "published")


def name_of(one: Release) -> str:
    """Return a release's name."""
    return f"{one.channel}/{one.stack}/{one.version}"


def of_release(one: Release) -> dict[str, Any]:
    """Return what is known of a release."""
    licenses = one.data.get("licenses")
    return {
        "scanned": one.data.get("scanned"),
        "asked": sources(one.data),
        "findings": _findings(one, one.findings.all()),
        "coverage": _coverage(one.coverage.all()),
        "stated": [_stated(row.one.subject, row.standing) for row in statements(one.data)],
        "licenses": None
        if licenses is None
        else [{"license": name, "count": count} for name, count, _ in licenses["shipped"]],
        "unlicensed": dict(licenses["unknown"]) if licenses else {},
    }


def of_product(one: Product, delivered: Iterable[ReleaseProduct]) -> dict[str, Any]:
    """Return what is known of a product, by the newest scan that looked at it."""
    newest, components = newest_scan(one)
    row = next((row for row in delivered if row.data.get("licenses")), None)
    data: Mapping[str, Any] = row.data if row else {}
    rows = ReleaseFinding.objects.filter(product=one, release=newest) if newest else ()
    return {
        "upstream": upstream_of(one),
        "listed_by": one.listed,
        "scanned": name_of(newest) if newest else "",
        "findings": _findings(newest, rows) if newest else [],
        "coverage": _coverage(components),
        "licenses": [
            {"way": way, "licenses": [{"license": name, "count": n} for name, n in counts]}
            for way, counts in license_counts(data)
        ],
        "named": list((data.get("licenses") or {}).get("named", ())),
    }


def _findings(release: Release, rows: Iterable[ReleaseFinding]) -> list[dict[str, Any]]:
    return [
        {
            "release": name_of(release),
            **{name: getattr(one.row, name) for name in (*_PLAIN, *_RECORDED)},
            "stated": _stated(one.row.subject, one.standing) if one.status else None,
        }
        for one in weighed(rows, scales(release.data))
    ]


def _stated(subject: str, standing: Standing) -> dict[str, Any] | None:
    said = standing.statement
    if said is None:
        return None
    return {
        "subject": subject,
        "vulnerability": said.vulnerability,
        "status": said.status,
        "justification": said.justification,
        "by": said.by,
        "made": said.made,
        "expires": said.expires,
        "holds": standing.holds,
        "reason": standing.reason,
    }


def _coverage(rows: Iterable[Coverage]) -> list[dict[str, Any]]:
    return [
        {
            "subject": row.subject,
            "name": row.name,
            "sources": row.sources,
            "known": covering(row),
            "reason": row.reason,
        }
        for row in rows
    ]
