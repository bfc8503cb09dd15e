"""Needs out of issues that a forge exported: GitHub's and GitLab's JSON, from a file.

1. The file is a list of issues, or one issue a line; GitHub's API, its `gh` and GitLab's API name
   the same things differently, and each is looked for by any of its names. What begins as a list
   and is broken, or of which no line is an issue, is no such file.
2. An open issue becomes a need: its title the statement, its address evidence and source. What kind
   it is comes from its labels, by a table; labels nobody knows are told.
3. A change request, and an issue that is closed, are no needs; each is told as skipped. Anything
   else of which no need can be made is set aside as it came.
4. Who wrote it is not taken: a name on a forge is a person's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from peso.base.digest import canonical_json
from peso.errors import BadInput
from peso.partnerships.needs.intake import ROWS, Intake, Taking, file_name, not_utf8
from peso.partnerships.needs.record import Source
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
    name, taking = file_name(name), Taking()
    for where, text, issue in _issues(data, name):
        source = taking.source("issue", where, text)
        if isinstance(issue, dict):
            _take(taking, source, issue, visibility, products)
        else:
            taking.set_aside(source, "it is no issue")
    return taking.done()


def _issues(data: bytes, name: str) -> Iterator[tuple[str, str, Any]]:
    """Yield where each issue is, its text, and what it says; None where it cannot be read."""
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise not_utf8(data, error, name) from error
    try:
        whole = _parsed(text)
        several = whole if isinstance(whole, list) else [whole]
        _refuse_many(len(several), name)
        texts = [_text_of(one) for one in several]
    except (ValueError, RecursionError) as error:
        yield from _lines(text, name, error)
        return
    for number, (issue, said) in enumerate(zip(several, texts, strict=True), 1):
        yield f"{name}#{number}", said, issue


def _lines(text: str, name: str, error: Exception) -> Iterator[tuple[str, str, Any]]:
    """Yield the issues of a file that has one a line; raises `BadInput` for one that has none."""
    _refuse_many(text.count("\n"), name)
    found = [
        (f"{name}:{number}", line.rstrip("\r"), _read(line))
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    listed = text.lstrip().startswith("[")
    if listed or not any(isinstance(issue, dict) for _, _, issue in found):
        at = f"{name}:{error.lineno}" if isinstance(error, json.JSONDecodeError) else name
        hint = "export the issues again; a file whose name ends in .csv is read as CSV"
        raise BadInput(f"it is no JSON: {error}", where=at, hint=hint) from error
    yield from found


def _refuse_many(count: int, name: str) -> None:
    if count > ROWS:
        raise BadInput(f"it has more than {ROWS} entries", where=name, hint="split it")


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever it is
    return json.loads(text, parse_constant=_no_number, parse_float=_finite)


def _no_number(said: str) -> float:
    raise ValueError(f"{said} is no number")


def _finite(said: str) -> float:
    number = float(said)
    return number if math.isfinite(number) else _no_number(said)


def _text_of(issue: object) -> str:
    """Return an issue's text; half a letter, which UTF-8 cannot have, stays as it was escaped."""
    try:
        return canonical_json(issue).decode()
    except UnicodeEncodeError:
        return json.dumps(issue, sort_keys=True, separators=(",", ":"))


def _read(line: str) -> Any:  # noqa: ANN401 - whatever it is
    try:
        issue = _parsed(line)
        _text_of(issue)
    except (ValueError, RecursionError):
        return None
    return issue


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
        taking.skip(where, f"a change request: {address}")
        return
    if _text(issue, "state").lower() in {"closed", "merged"}:
        taking.skip(where, f"it is closed: {address}")
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
    evidence = {"grade": Grade.DOCUMENTED, "text": title[:_STATEMENT], "link": address}
    taking.take(
        source,
        known_by=address,
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
