from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.assurance.vex.making import DAY, NOW, A, statement

from peso.errors import BadInput
from peso.services.assurance.vex.openvex import (
    CONTEXT,
    LARGEST,
    document_of,
    read_document,
    statements_of,
    text_of,
)
from peso.services.assurance.vex.record import Product, Statement


def document(*statements: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "@context": CONTEXT,
        "@id": "https://example.org/vex/1",
        "author": "Somebody",
        "role": "security team",
        "timestamp": "2026-01-08T18:02:03-06:00",
        "version": 1,
        "statements": list(statements) or [said()],
        **changes,
    }


def said(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "vulnerability": {"name": "CVE-2026-1"},
        "products": [{"@id": A}],
        "status": "fixed",
        **changes,
    }


def read(plain: Any) -> tuple[Statement, ...]:  # noqa: ANN401
    data = plain if isinstance(plain, bytes) else json.dumps(plain, indent=2).encode()
    return statements_of(read_document(data, "v.json"), "v.json")


def faults(plain: Any) -> list[str]:  # noqa: ANN401
    with pytest.raises(BadInput) as caught:
        read(plain)
    return [str(one) for one in caught.value.faults] or [str(caught.value)]


def test_a_document_of_another_tool_is_read() -> None:
    [one] = read(
        document(
            said(
                vulnerability={"name": "CVE-2026-1", "aliases": ["GHSA-1", "CVE-2026-1"]},
                products=[
                    {
                        "identifiers": {"purl": A, "cpe23": "cpe:2.3:a:x:a:1.0:*:*:*:*:*:*:*"},
                        "hashes": {"sha-256": "AB" * 32},
                        "subcomponents": [{"@id": "pkg:pypi/b@2"}],
                    }
                ],
                status="not_affected",
                justification="component_not_present",
                status_notes="looked at the wheel",
            )
        )
    )
    assert (one.vulnerability, one.aliases) == ("CVE-2026-1", ("GHSA-1",))
    [product] = one.products
    assert product == Product(purl=A, sha256="ab" * 32, subcomponents=("pkg:pypi/b@2",))
    assert (one.author, one.role, one.reason) == (
        "Somebody",
        "security team",
        "looked at the wheel",
    )
    assert (f"{one.made:%H:%M %Z}", one.expires) == ("00:02 UTC", None)
    assert one.document == "https://example.org/vex/1"


def test_a_statement_of_ours_keeps_everything_and_other_tools_can_read_it() -> None:
    one = statement(aliases=("GHSA-1",), reason="two\nlines", expires=NOW + 30 * DAY)
    written = document_of((one,), made=NOW, tooling="peso 1")
    assert written.statements[0].status_notes == "two\nlines\nExpires: 2026-12-23T12:00:00Z"
    [back] = statements_of(read_document(text_of(written), "w"), "w")
    assert back == one.model_copy(update={"document": written.id, "where": "w"})
    plain = json.loads(text_of(written))
    assert set(plain) == {
        "@context", "@id", "author", "role", "timestamp", "version", "tooling", "statements"
    }  # fmt: skip
    assert set(plain["statements"][0]) == {
        "vulnerability", "timestamp", "products", "status", "status_notes", "justification"
    }  # fmt: skip


def test_a_document_of_several_authors_says_who_says_what() -> None:
    ours = statement()
    theirs = statement(vulnerability="CVE-2", author="Others", role="")
    written = document_of((ours, theirs), made=NOW, tooling="peso 1")
    assert (written.author, written.role) == ("An organization; Others", None)
    back = statements_of(read_document(text_of(written), "w"), "w")
    assert [(one.author, one.role, one.expires) for one in back] == [
        (one.author, one.role, one.expires) for one in (ours, theirs)
    ]


def test_equal_statements_give_equal_bytes_in_any_order() -> None:
    one, other = statement(), statement(vulnerability="CVE-2")
    first = document_of((one, other), made=NOW, tooling="t")
    assert text_of(first) == text_of(document_of((other, one), made=NOW, tooling="t"))


def test_all_faults_at_once_each_with_its_place() -> None:
    wrong = document(
        said(status="not_affected"),
        said(status="broken"),
        said(status="affected"),
        said(products=[]),
        said(products=[{}]),
        said(products=[{"@id": "pkg:"}]),
        said(status="not_affected", justification="no_reason"),
        said(expires="2027-01-01"),
        said(status_notes="Expires: soon"),
        said(
            status="not_affected",
            justification="component_not_present",
            impact_statement="both are one too many",
        ),
        version=0,
        timestamp="2026-01-08",
    )
    found = "\n".join(faults(wrong))
    for part in (
        "`not_affected` needs a justification",
        "is the text 'broken'",
        "`affected` needs an action_statement",
        "at least 1 entries",
        "a product is named by nothing",
        "'pkg:' is no purl",
        "is the text 'no_reason'",
        "unknown key 'expires'",
        "its expiry 'soon' is no time",
        "both a justification and an impact statement",
        "version is the number 0",
        "timestamp is the text '2026-01-08'",
    ):
        assert part in found, part
    assert "v.json:5" in found


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (LARGEST + 1), "more than 4 MiB"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[]", "the file is a list"),
        (document(statements=[]), "at least 1 entries"),
        (document(**{"@context": "https://example.org"}), "not the context of OpenVEX"),
        (document(said(vulnerability="CVE-1")), "older than 0.2.0"),
    ],
)
def test_what_is_no_document_is_refused(plain: Any, message: str) -> None:  # noqa: ANN401
    assert message in "\n".join(faults(plain))


def test_tabs_are_read() -> None:
    assert read(json.dumps(document(), indent="\t").encode())


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30)


@given(
    st.sampled_from(["fixed", "under_investigation", "affected"]),
    TEXT.map(str.strip),
    st.integers(0, 3_000),
    st.booleans(),
)
def test_what_is_written_is_read_back(
    status: str,
    reason: str,
    days: int,
    expires: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    one = statement(
        status=status,
        justification="",
        reason=reason,
        action="do" if status == "affected" else "",
        expires=NOW + days * DAY if expires else None,
    )
    written = document_of((one,), made=NOW, tooling="t")
    [back] = statements_of(read_document(text_of(written), "w"), "w")
    assert back == one.model_copy(update={"document": written.id, "where": "w"})
