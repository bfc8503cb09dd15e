"""Needs out of issues that a forge exported: GitHub's and GitLab's JSON, from a file.

1. The file is a list of issues, or one issue a line; GitHub's API, its `gh` and GitLab's API name
   the same things differently, and each is looked for by any of its names.
2. An open issue becomes a need: its title the statement, its address evidence and source. What kind
   it is comes from its labels, by a table; labels nobody knows are told.
3. A change request, and an issue that is closed, are no needs; each is told as skipped. Anything
   else of which no need can be made is set aside as it came.
4. Who wrote it is not taken: a name on a forge is a person's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from peso.base.digest import canonical_json
from peso.errors import BadInput
from peso.partnerships.needs.intake import Intake, NotUnderstood, Taking
from peso.partnerships.needs.record import Evidence, Source
from peso.partnerships.needs.vocabulary import Grade, Kind

LABELS: Mapping[str, Kind] = {
    "bug": Kind.BUG,
    "build": Kind.PACKAGING,
    "docs": Kind.DOCS,
    "documentation": Kind.DOCS,
    "enhancement": Kind.FEATURE,
    "feature": Kind.FEATURE,
    "feature-request": Kind.FEATURE,
    "install": Kind.PACKAGING,
    "integration": Kind.INTEGRATION,
    "packaging": Kind.PACKAGING,
    "platform": Kind.PLATFORM,
    "policy": Kind.POLICY,
    "portability": Kind.PLATFORM,
    "security": Kind.SECURITY,
    "training": Kind.TRAINING,
    "tutorial": Kind.TRAINING,
}
_STATEMENT = 500
_DETAIL = 20_000
_CHANGES = ("/pull/", "/merge_requests/")


def read_issues(data: bytes, name: str, *, visibility: str, products: tuple[str, ...]) -> Intake:
    """Return the needs of exported issues.

    Args:
        data: The file.
        name: What it is called.
        visibility: Who may see them.
        products: The products they are about.

    Raises:
        BadInput: It is no JSON at all.
    """
    taking = Taking()
    for where, text, issue in _issues(data, name):
        source = Source(kind="issue", where=where, text=text)
        if isinstance(issue, dict):
            _take(taking, source, issue, visibility, products)
        else:
            taking.set_aside(source, "it is no issue")
    return taking.done()


def _issues(data: bytes, name: str) -> Iterator[tuple[str, str, Any]]:
    """Yield where each issue is, its text, and what it says; None where it cannot be read."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError) as error:
        lines = data.decode(errors="replace").splitlines()
        if len(lines) < 2:  # noqa: PLR2004 - one line is one document
            raise BadInput(f"it is no JSON: {error}", where=name) from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"{name}:{number}", line, _read(line)
        return
    several = whole if isinstance(whole, list) else [whole]
    for number, issue in enumerate(several, 1):
        yield f"{name}#{number}", canonical_json(issue).decode(), issue


def _read(line: str) -> Any:  # noqa: ANN401 - whatever it is
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _take(
    taking: Taking,
    source: Source,
    issue: dict[str, Any],
    visibility: str,
    products: tuple[str, ...],
) -> None:
    address = _text(issue, "html_url", "web_url", "url")
    title = _text(issue, "title")
    where = source.where
    if "pull_request" in issue or any(one in address for one in _CHANGES):
        taking.skipped.append(NotUnderstood(where=where, message=f"a change request: {address}"))
        return
    if _text(issue, "state").lower() in {"closed", "merged"}:
        taking.skipped.append(NotUnderstood(where=where, message=f"it is closed: {address}"))
        return
    if not title.strip():
        taking.set_aside(source, "title: there is none")
        return
    labels = tuple(_labels(issue))
    known = [LABELS[one] for one in labels if one in LABELS]
    for one in labels:
        if one not in LABELS:
            taking.fault(where, f"labels: nobody knows {one!r}")
    body = _text(issue, "body", "description")
    detail = body[:_DETAIL] if len(title) <= _STATEMENT else f"{title}\n\n{body}"[:_DETAIL]
    evidence = Evidence(grade=Grade.DOCUMENTED, text=title[:_STATEMENT], link=address[:2000])
    taking.take(
        source.model_copy(update={"where": address}) if address else source,
        statement=" ".join(title.split())[:_STATEMENT],
        detail=detail,
        kind=known[0] if known else Kind.UNSORTED,
        products=products,
        evidence=(evidence,) if address else (),
        visibility=visibility,
    )


def _text(issue: dict[str, Any], *names: str) -> str:
    return next((issue[one] for one in names if isinstance(issue.get(one), str)), "")


def _labels(issue: dict[str, Any]) -> Iterator[str]:
    said = issue.get("labels")
    for one in said if isinstance(said, list) else ():
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str):
            yield name.rpartition(":")[2].strip().lower().replace(" ", "-")
