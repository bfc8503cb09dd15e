from __future__ import annotations

import pytest

from peso.base.finding import Level
from peso.services.assurance.advisories.record import Severity
from peso.services.assurance.severity import rate

V2 = "AV:N/AC:L/Au:N/C:C/I:C/A:C"  # 10.0
V3_CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
V3_MEDIUM = "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"  # 6.1
V3_NONE = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"  # 0.0
V4_CRITICAL = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"  # 9.3
V4_LOW = "CVSS:4.0/AV:L/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"  # 1.0


def severity(kind: str, score: str) -> Severity:
    return Severity(type=kind, score=score)


@pytest.mark.parametrize(
    ("kind", "vector", "level"),
    [
        ("CVSS_V2", V2, Level.HIGH),
        ("CVSS_V3", V3_CRITICAL, Level.CRITICAL),
        ("CVSS_V3", V3_MEDIUM, Level.MEDIUM),
        ("CVSS_V3", V3_NONE, Level.NOTE),
        ("CVSS_V4", V4_CRITICAL, Level.CRITICAL),
        ("CVSS_V4", V4_LOW, Level.LOW),
    ],
)
def test_a_vector_gives_its_level(kind: str, vector: str, level: Level) -> None:
    assert rate([severity(kind, vector)], []) == (level, "")


def test_the_highest_witness_decides() -> None:
    ratings = [severity("CVSS_V3", V3_MEDIUM), severity("CVSS_V4", V4_CRITICAL)]
    assert rate(ratings, ["LOW"]) == (Level.CRITICAL, "")
    assert rate(reversed(ratings), ["LOW"]) == (Level.CRITICAL, "")


def test_a_databases_word_counts_only_without_a_vector() -> None:
    level, note = rate([], ["MODERATE", None, "made up"])
    assert (level, note) == (Level.MEDIUM, "no CVSS vector; rated by the database's own word")


def test_nothing_said_is_unknown() -> None:
    assert rate([], [None, "who knows"]) == (Level.UNKNOWN, "not rated")
    assert rate([severity("Ubuntu", "high")], []) == (Level.UNKNOWN, "not rated")


@pytest.mark.parametrize("vector", ["", "9.8", "CVSS:3.1/AV:N", V4_LOW, "CVSS:3.1/" + "X" * 999])
def test_a_vector_that_cannot_be_read_is_noted(vector: str) -> None:
    level, note = rate([severity("CVSS_V3", vector)], [])
    assert level is Level.UNKNOWN
    assert "cannot be read" in note
    assert rate([severity("CVSS_V3", vector), severity("CVSS_V2", V2)], [])[0] is Level.HIGH
