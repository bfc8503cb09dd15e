"""Records of a scan: what the advisories say of components, and of which they say nothing.

A scan that an older PESO filed is read too: its findings are plain ones, without witnesses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from peso.base.finding import Finding, Unknown
from peso.base.record import Record
from peso.services.assurance.advisories.source import Source
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.matching.coverage import Coverage
from peso.services.assurance.matching.evaluate import Answer
from peso.services.assurance.vex.record import Stated

Exploited = Literal["known", "not known", "not looked up"]


class Witness(Record):
    """What one record of one source says of a component."""

    source: str
    record: str
    """The record's id."""
    key: str
    """By what the component was found, e.g. `CPE openssl:openssl`."""
    version: str
    """As it was asked for under that key."""
    confidence: Confidence
    answer: Answer
    reason: str = ""
    """Why it is unknown."""
    fixed: str = ""
    """The lowest version above it that the record says is fixed."""


class Vulnerability(Finding):
    """A finding of a scan: `rule` is the advisory's id, `subject` the component's purl."""

    confidence: Confidence
    """Of the surest witness against it; where none can decide, of the surest that cannot."""
    witnesses: tuple[Witness, ...]
    """Everyone who was heard, those that say otherwise too; the surest first."""
    fixed: tuple[str, ...] = ()
    """Versions with a fix, as the witnesses against it say; that of the surest first."""
    exploited: Exploited
    """Whether a catalog knows that it is exploited; not looked up where there is no catalog."""
    published: datetime | Unknown
    """When the first of the records was published."""


def _nothing(stated: tuple[Stated, ...]) -> bool:
    """Leave it out of scans on which nobody stated anything: their digests stay as they were."""
    return not stated


class Scan(Record):
    """What the advisories say of an inventory, or of a lock."""

    made: datetime
    inventory: str
    """Digest of the document that was scanned: the CycloneDX one of an inventory, or the lock."""
    sources: tuple[Source, ...]
    findings: tuple[Vulnerability | Finding, ...]
    """`level` is from CVSS, or unknown. A plain `Finding` is of a scan by an older PESO."""
    coverage: tuple[Coverage, ...]
    overruled: tuple[Vulnerability, ...] = ()
    """What others say against a version that the project itself calls not affected."""
    vex: tuple[Stated, ...] = Field(default=(), exclude_if=_nothing)
    """What people state of these very components; it hides no finding."""
