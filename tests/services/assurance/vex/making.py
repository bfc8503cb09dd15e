"""Statements, made quickly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from peso.services.assurance.vex.record import Product, Stated, Statement

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A = "pkg:pypi/a@1.0"


def statement(**changes: Any) -> Statement:  # noqa: ANN401 - any field
    said: dict[str, Any] = {
        "vulnerability": "CVE-1",
        "products": (Product(purl=A),),
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
        "reason": "the code is not built",
        "made": NOW - DAY,
        "expires": NOW + 30 * DAY,
        "author": "An organization",
        "role": "security team",
        "document": "urn:test:1",
        **changes,
    }
    return Statement.model_validate(said)


def stated(subject: str = A, **changes: Any) -> Stated:  # noqa: ANN401 - any field
    return Stated(subject=subject, statement=statement(**changes))
