"""Inventory: one CycloneDX 1.6 and one SPDX 2.3 document of what a release ships.

Every unit of every part, Python and native alike, with purl, hashes, license expression and the
true dependency graph. What is not known is said in the documents and in the record, never left out.
Both documents are the same bytes for the same plan, files and moment; neither names a machine or an
index. What each part lists is in `python_items.py` and `native_items.py`.
"""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version

from peso.base.finding import Finding, Unknown
from peso.base.ledger import Blobs
from peso.base.record import Record
from peso.products.engines.port import Artifact
from peso.products.stack import Stack
from peso.services.assurance.bill import Bill, Item, State
from peso.services.assurance.native_items import native_items
from peso.services.assurance.python_items import python_items
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan


class Component(Record):
    """One thing a release ships, or that was needed for it, as the inventory knows it."""

    name: str
    version: str
    purl: str
    part: str
    license: str | Unknown
    sha256: str
    """Of the file that is shipped; empty for a native unit, which `unit` names."""
    path: str
    depends: tuple[str, ...]
    """purls of what it needs where it is used."""
    unit: str = ""
    """Spack's hash of a native unit; empty for a Python one."""
    state: State = "shipped"
    """`supplied` by the machine, needed for `building` only, or `missing`: none of them shipped."""
    also: tuple[str, ...] = ()
    """purls under which other indexes know the same thing."""
    external: bool = False
    """Whether the machine supplied it, whatever it is needed for."""


class Inventory(Record):
    """The inventory of a release; incomplete when a finding is more than a note."""

    made: datetime
    components: tuple[Component, ...]
    cyclonedx: Artifact
    spdx: Artifact
    findings: tuple[Finding, ...]


def inventory(stack: Stack, plan: Plan, build: Build, blobs: Blobs, *, now: datetime) -> Inventory:
    """Write down everything a release ships, in both formats.

    Raises:
        Outside: The store refused a document.
        PesoError: A document would not be valid; a fault of PESO.
    """
    # Imported when they are used: their libraries take most of a second, and a delivery in which
    # nothing changed writes no inventory.
    from peso.services.assurance import cyclonedx, spdx  # noqa: PLC0415

    listed = (python_items(plan, build), native_items(plan, build))
    items = tuple(item for one in listed for item in one.items)
    bill = Bill(
        name=stack.name,
        version=stack.version,
        title=stack.title,
        made=now,
        plan=plan.digest(),
        tools=_tools(plan, build),
        roots=tuple(ref for one in listed for ref in one.roots),
        items=items,
    )
    return Inventory(
        made=now,
        components=_components(items),
        cyclonedx=_store(cyclonedx.PATH, cyclonedx.MEDIA_TYPE, cyclonedx.write(bill), blobs),
        spdx=_store(spdx.PATH, spdx.MEDIA_TYPE, spdx.write(bill), blobs),
        findings=tuple(finding for one in listed for finding in one.findings),
    )


def _components(items: tuple[Item, ...]) -> tuple[Component, ...]:
    purls = {item.ref: item.purl for item in items}
    return tuple(
        Component(
            name=item.name,
            version=item.version,
            purl=item.purl,
            part=item.part,
            license=item.license,
            sha256=item.sha256 or "",
            path=item.path,
            depends=tuple(dict.fromkeys(purls[ref] for ref in item.needed)),
            unit=item.unit,
            state=item.state,
            also=item.also,
            external=item.external,
        )
        for item in items
    )


def _tools(plan: Plan, build: Build) -> tuple[tuple[str, str], ...]:
    """Return what resolved, built and wrote, each with its version."""
    named = {lock.tool for lock in plan.locks} | {part.tool for part in build.parts}
    own = ("peso", "cyclonedx-python-lib", "spdx-tools")
    tools = {(name, version(name)) for name in own}
    for tool in named:
        name, _, number = tool.rpartition(" ")
        tools.add((name, number) if name else (tool, "unknown"))
    return tuple(sorted(tools))


def _store(path: str, media_type: str, data: bytes, blobs: Blobs) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role="sbom", path=path, media_type=media_type, length=length, sha256=sha256)
