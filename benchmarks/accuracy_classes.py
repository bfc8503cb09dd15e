"""Disagreements for `accuracy.py`: whose fault each is, as looked up by hand or shown.

1. A CVE that no source has a record of, under any of the product's names, is silence. Whether a
   record of it is there under other names is looked up in the store, over all records: that would
   be a name the identity lacks, or a record of another product that contains this one.
2. Every other disagreement is looked up by hand; `accuracy_classes.yaml` holds what was found. One
   that is not in it is `not looked up`, and is counted so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import yaml

from peso.services.assurance.advisories.record import Advisory

CLASSES = Path(__file__).with_suffix(".yaml")
SILENT, ELSEWHERE, OPEN = "source silent", "source silent; names other products", "not looked up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """One CVE of which the sources say for some versions what the vendor does not."""

    product: str
    cve: str
    truth: str
    said: str
    versions: tuple[str, ...]
    said_by: str
    """Who says it, and of which versions it says that they have the fix."""
    kind: str = OPEN
    why: str = ""


def classed(several: Iterable[Apart], silent: Mapping[str, str]) -> tuple[Apart, ...]:
    """Say of each disagreement whose fault it is; `silent` are CVEs without a record."""
    looked = {
        (one["product"], one["cve"], one["truth"], one["said"]): one
        for one in yaml.safe_load(CLASSES.read_text("utf-8"))
    }
    return tuple(_classed(one, looked, silent) for one in several)


def _classed(
    one: Apart,
    looked: Mapping[tuple[str, str, str, str], Mapping[str, str]],
    silent: Mapping[str, str],
) -> Apart:
    kind, why = OPEN, ""
    if one.cve in silent:
        kind, why = (ELSEWHERE, silent[one.cve]) if silent[one.cve] else (SILENT, "")
    elif found := looked.get((one.product, one.cve, one.truth, one.said)):
        kind, why = found["class"], found["why"]
    return Apart(
        product=one.product,
        cve=one.cve,
        truth=one.truth,
        said=one.said,
        versions=one.versions,
        said_by=one.said_by,
        kind=kind,
        why=why,
    )


def elsewhere(database: Path, cves: frozenset[str]) -> dict[str, str]:
    """Return of each CVE under which names the store has records of it; empty: it has none."""
    decoder = msgspec.json.Decoder(Advisory)
    names: dict[str, set[str]] = {cve: set() for cve in cves}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        for (body,) in opened.execute("SELECT body FROM record"):
            record = decoder.decode(body)
            for id_ in cves.intersection((record.id, *record.aliases, *record.upstream)):
                names[id_].update(" ".join(one) for one in record.keys)
    return {cve: ", ".join(sorted(found)) for cve, found in names.items()}
