"""CVE records, format 5: one a file, as the OpenSSL project and the CVE program publish them.

1. A product is filed under `VENDOR` only in a record of its own vendor, where who assigned the id
   and the vendor are the same; else anybody could speak for it. Other products are filed under the
   CPE names and the repository that the record gives, and under (`CVE`, vendor:product).
2. What a record says of versions becomes events in the order of the product. Where it says nothing
   of a version, its default counts: affected, unaffected, or unknown, which is a doubt. A version
   without a type, or of type `custom` or `semver`, is in the product's own order.
3. A record that was rejected is withdrawn. What cannot be understood is a doubt, never left out.

Source: the CVE record format, https://github.com/CVEProject/cve-schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from peso.services.assurance.advisories.cpe import cpe_key
from peso.services.assurance.advisories.documents import decode
from peso.services.assurance.advisories.record import (
    CPE,
    VENDOR,
    Advisory,
    Affected,
    Event,
    Key,
    Range,
    Read,
    Severity,
    checked,
    git_key,
    moment,
    one_line,
)


class _Change(msgspec.Struct):
    at: str
    status: str


class _Version(msgspec.Struct, rename="camel"):
    status: str
    version: str | None = None
    version_type: str | None = None
    less_than: str | None = None
    less_than_or_equal: str | None = None
    changes: list[_Change] | None = None


class _Product(msgspec.Struct, rename="camel"):
    vendor: str | None = None
    product: str | None = None
    package_name: str | None = None
    repo: str | None = None
    cpes: list[str] | None = None
    default_status: str = "unknown"
    versions: list[_Version] | None = None


class _Vector(msgspec.Struct, rename="camel"):
    vector_string: str


class _Metric(
    msgspec.Struct,
    rename={"v2": "cvssV2_0", "v30": "cvssV3_0", "v31": "cvssV3_1", "v4": "cvssV4_0"},
):
    v2: _Vector | None = None
    v30: _Vector | None = None
    v31: _Vector | None = None
    v4: _Vector | None = None
    other: Any = None


class _Text(msgspec.Struct):
    value: str
    lang: str = "en"


class _Provider(msgspec.Struct, rename="camel"):
    short_name: str | None = None


class _Container(msgspec.Struct, rename="camel"):
    provider_metadata: _Provider | None = None
    title: str | None = None
    descriptions: list[_Text] | None = None
    affected: list[_Product] | None = None
    metrics: list[_Metric] | None = None
    date_public: str | None = None


class _Containers(msgspec.Struct):
    cna: _Container
    adp: list[_Container] | None = None


class _Meta(msgspec.Struct, rename="camel"):
    cve_id: str
    state: str
    assigner_short_name: str | None = None
    date_published: str | None = None
    date_updated: str | None = None
    date_rejected: str | None = None


class _Record(msgspec.Struct, rename="camel"):
    cve_metadata: _Meta
    containers: _Containers


_DECODER: Final = msgspec.json.Decoder(_Record)
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OPEN = frozenset({"", "*", "unspecified", "n/a", "-", "none"})
_COMPARED = re.compile(r"(<=|>=|<|>|=)\s*([^\s,<>=]+)")
_COMPARISON = r"\s*(?:<=|>=|<|>|=)\s*[^\s,<>=]+\s*"
_COMPARISONS = re.compile(rf"{_COMPARISON}(?:,?{_COMPARISON})*")
_KINDS: Final = {">=": "introduced", ">": "after", "<": "fixed", "<=": "last_affected"}


def read_cve5(_name: str, data: bytes) -> Read:
    """Read the record of one file.

    Raises:
        Unreadable: it is none.
    """
    return Read(records=(checked(_advisory(decode(_DECODER, data))),))


def _advisory(written: _Record) -> Advisory:
    meta, cna = written.cve_metadata, written.containers.cna
    published = moment(meta.date_published, "datePublished") or moment(
        cna.date_public, "datePublic"
    )
    modified = moment(meta.date_updated, "dateUpdated") or published
    rejected = None
    if meta.state.upper() == "REJECTED":
        rejected = moment(meta.date_rejected, "dateRejected") or modified or _LONG_AGO
    english = [one.value for one in cna.descriptions or () if one.lang.lower().startswith("en")]
    others = written.containers.adp or ()
    metrics = cna.metrics or [one for adp in others for one in adp.metrics or ()]
    provider = cna.provider_metadata.short_name if cna.provider_metadata else None
    assigner = provider or meta.assigner_short_name or ""
    return Advisory(
        id=meta.cve_id,
        modified=modified,
        published=published,
        withdrawn=rejected,
        summary=one_line(cna.title or next(iter(english), "")),
        severity=tuple(_severities(metrics)),
        rating=next(_ratings(metrics), ""),
        affected=tuple(_affected(one, assigner) for one in cna.affected or ()),
    )


def _severities(metrics: Iterable[_Metric]) -> Iterator[Severity]:
    for one in metrics:
        pairs = (("CVSS_V4", one.v4), ("CVSS_V3", one.v31 or one.v30), ("CVSS_V2", one.v2))
        for kind, vector in pairs:
            if vector:
                yield Severity(type=kind, score=vector.vector_string)


def _ratings(metrics: Iterable[_Metric]) -> Iterator[str]:
    """Give the vendor's own words: text under `other`, as OpenSSL writes them."""
    for one in metrics:
        content = one.other.get("content") if isinstance(one.other, dict) else None
        text = content.get("text") if isinstance(content, dict) else None
        if isinstance(text, str) and text:
            yield one_line(text)[:40]


def _plain(name: str | None) -> str:
    return " ".join((name or "").lower().split())


def _keys(product: _Product, assigner: str) -> tuple[Key, ...]:
    vendor, name = _plain(product.vendor), _plain(product.product or product.package_name)
    keys: list[Key] = []
    if name and vendor and vendor == _plain(assigner):
        keys.append((VENDOR, name))
    elif name:
        keys.append(("CVE", f"{vendor}:{name}"))
    keys += [(CPE, key) for cpe in product.cpes or () if (key := cpe_key(cpe))]
    if (repo := git_key(product.repo or ""))[1]:
        keys.append(repo)
    return tuple(dict.fromkeys(keys))


def _affected(product: _Product, assigner: str) -> Affected:
    listed: list[str] = []
    ranges: list[Range] = []
    repo = git_key(product.repo or "")[1]
    for one in product.versions or ():
        if one.status == "unaffected":
            continue
        doubt = "" if one.status == "affected" else "the record does not say whether it is affected"
        single = one.less_than is None and one.less_than_or_equal is None
        if single and not doubt and _exact(one):
            listed.append(one.version or "")
        else:
            events, why = _events(one)
            ranges.append(_range(one, events, doubt or why, repo))
    if product.default_status != "unaffected":
        doubt = "" if product.default_status == "affected" else "the record says nothing of it"
        ranges.append(Range(type="ECOSYSTEM", events=tuple(_rest(product)), doubt=doubt))
    return Affected(keys=_keys(product, assigner), ranges=tuple(ranges), versions=tuple(listed))


def _exact(one: _Version) -> bool:
    text = one.version or ""
    return text.lower() not in _OPEN and not re.search(r"[\s<>=,]", text) and not one.changes


def _range(one: _Version, events: tuple[Event, ...], doubt: str, repo: str) -> Range:
    if one.version_type == "git":
        return Range(type="GIT", events=events, scheme="git", repo=repo, doubt=doubt)
    scheme = "pep440" if one.version_type == "python" else ""
    return Range(type="ECOSYSTEM", events=events, scheme=scheme, doubt=doubt)


def _events(one: _Version) -> tuple[tuple[Event, ...], str]:
    """Return one line's events, and why they are in doubt."""
    text = (one.version or "").strip()
    bounds = [one.less_than, one.less_than_or_equal]
    if bounds == [None, None]:
        if text.lower() in {"*", "all", "all versions"}:
            return (("introduced", "0"),), ""
        if _COMPARISONS.fullmatch(text):
            return _compared(text), ""
        if not one.changes:
            return (("introduced", "0"),), f"its versions are given as {text[:80]!r}"
    start = "0" if text.lower() in _OPEN else text
    events: list[Event] = [("introduced", start)]
    events += [
        ("introduced" if change.status == "affected" else "fixed", change.at)
        for change in one.changes or ()
    ]
    return (*events, *_end(one)), ""


def _end(one: _Version) -> tuple[Event, ...]:
    """Return the event that ends a line; none where it has no end."""
    if one.less_than is not None and one.less_than not in _OPEN:
        return (("fixed", one.less_than),)
    if one.less_than_or_equal is not None and one.less_than_or_equal not in _OPEN:
        return (("last_affected", one.less_than_or_equal),)
    return ()


def _compared(text: str) -> tuple[Event, ...]:
    """Return the events of `>= 1.0, < 1.4`, as some write a version."""
    events: list[Event] = []
    for sign, at in _COMPARED.findall(text):
        events += (
            [("introduced", at), ("last_affected", at)] if sign == "=" else [(_KINDS[sign], at)]
        )
    begins = any(kind in {"introduced", "after"} for kind, _ in events)
    return tuple(events) if begins else (("introduced", "0"), *events)


def _rest(product: _Product) -> Iterator[Event]:
    """Give the events of everything that the product's lines do not speak of."""
    yield "introduced", "0"
    for one in product.versions or ():
        if one.version_type == "git":
            continue
        single = one.less_than is None and one.less_than_or_equal is None
        text = one.version or ""
        if single and _exact(one):
            events: tuple[Event, ...] = (("introduced", text), ("last_affected", text))
        elif single and not one.changes:
            events, doubt = _events(one)
            events = () if doubt else events
        else:
            events = (*_events(one)[0][:1], *_end(one))
        for kind, at in events:
            yield _OPPOSITE[kind], at


_OPPOSITE: Final = {
    "introduced": "fixed",
    "after": "last_affected",
    "fixed": "introduced",
    "last_affected": "after",
}
