"""A ledger and a workspace written by somebody who wants to harm readers of the portal.

`poisoned` takes a record that PESO wrote and puts hostile text wherever the record's own schema
lets any text stand: what is tried is not a list of fields that we thought of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import yaml
from pydantic import ValidationError
from tests.products.recipes.repositories import write_repository

import peso
from peso.base.digest import canonical_json
from peso.base.ledger import Ledger
from peso.base.record import Record
from peso.services.assurance.gate import GateVerdict
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.matching.record import Scan
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan
from peso.services.integration.results import TestRun
from peso.services.pipeline import Delivery

R = TypeVar("R", bound=Record)

EVIL: Final = (
    "'\"><peso-evil evilattr=\"1\" onerror=alert(1) style='x:y'>&lt;</a></td></pre></script>"
    "<script>alert('peso')</script>{{ 7|add:7 }}{% now 'Y' %}javascript:alert(1)//"
    "\u202e\u2066gnidih\u2069\u200f\x1b[31m\x07\x00\x85\ufeff${7*7}"
)
"""Ends attributes, elements and scripts, is a template, turns letters round, and rings a bell."""
LINKS: Final = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//evil.example/",
    "https://example.org/\"onmouseover=alert(1) x='",
    "https://user:pass@example.org/",
    "HTTPS://example.org/fine",
)
LONG: Final = "A long text. " * 80_000
"""About 1 MB."""
LOG: Final = (
    b"\x1b[31mred\x1b[0m <script>alert(1)</script>\r\n\x00\x01\xff\xfe binary\n"
    b"\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07\n"
    + "\u202eturned\n".encode()
    + b"x.c:1:2: error: <peso-evil evilattr='1'>\n"
    + b"L" * 3_000_000
    + b"\nlast\n"
)
_ADDRESS: Final = frozenset({"hash", "sha256", "channel", "stack", "version", "key", "step"})
"""What is part of an address; tried by itself."""
_RECORDS: Final[tuple[tuple[str, type[Record]], ...]] = (
    ("plan", Plan),
    ("build", Build),
    ("test", TestRun),
    ("inventory", Inventory),
    ("scan", Scan),
    ("gate", GateVerdict),
)


def poisoned(kind: type[R], data: Any, said: str = EVIL, *, once: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Return a record's JSON with hostile text at every place where any text may stand.

    Args:
        kind: The record.
        data: Its JSON.
        said: The text.
        once: Only at the first place of each key.
    """
    data = json.loads(json.dumps(data))
    done: set[str] = set()
    for holder, key in list(_leaves(data)):
        name = str(key)
        if name in _ADDRESS or (once and name in done):
            continue
        before = holder[key]
        holder[key] = said
        try:
            kind.parse(json.dumps(data))
            done.add(name)
        except ValidationError:
            holder[key] = before
    assert done, f"no text of a {kind.__name__} is free"
    return data


def _leaves(data: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - JSON
    several = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in several:
        if isinstance(value, str):
            yield data, key
        elif isinstance(value, dict | list):
            yield from _leaves(value)


def hostile_ledger(real: Path, folder: Path, said: str = EVIL, *, once: bool = False) -> Path:
    """Write a ledger with the newest delivery of a real one, poisoned; returns its folder."""
    ours, theirs = Ledger(real), Ledger(folder)
    log, length = theirs.blobs.put(LOG)
    account = _newest(ours)
    keys = {one["step"]: one["key"] for one in account["steps"] if one["did"] != "failed"}
    for step, kind in _RECORDS:
        payload = ours.read(step, keys[step])
        assert payload is not None
        envelope = json.loads(payload)
        envelope["record"] = _with_log(
            poisoned(kind, envelope["record"], said, once=once), log, length
        )
        kind.parse(json.dumps(envelope["record"]))
        theirs.append(step, keys[step], canonical_json(envelope), made=datetime.now(UTC))
    evil = poisoned(Delivery, account, said, once=once) | {
        "version": f"{account['version']}.{'1' if once else '0'}"
    }
    file_account(theirs, evil)
    return folder


def file_account(ledger: Ledger, account: dict[str, Any]) -> None:
    """File an account of a delivery as `pipeline.run` does."""
    record = Delivery.parse(json.dumps(account))
    ledger.append("delivery", record.digest(), record.canonical(), made=record.finished)


def newest_account(ledger: Path) -> dict[str, Any]:
    """Return the newest account of a ledger, as JSON."""
    return _newest(Ledger(ledger))


def _newest(ledger: Ledger) -> dict[str, Any]:
    data = ledger.read("delivery", ledger.list("delivery")[-1].key)
    assert data is not None
    said: dict[str, Any] = json.loads(data)
    return said


def _with_log(data: Any, sha256: str, length: int) -> Any:  # noqa: ANN401 - JSON
    """Let every log be the hostile one."""
    if isinstance(data, list):
        return [_with_log(one, sha256, length) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("role") == "log":
        return data | {"sha256": sha256, "length": length}
    return {key: _with_log(value, sha256, length) for key, value in data.items()}


def _hostile_consortium(folder: Path, said: str) -> None:
    """Write people, a group, an office, a liaison and rules that are hostile."""
    link = {"label": said, "url": LINKS[0], "note": said}
    files = {
        "people/evil.yaml": {
            "schema": "peso.person/1",
            "name": said,
            "affiliation": said,
            "homepage": LINKS[0],
            "github": LINKS[5],
            "linkedin": LINKS[9],
        },
        "working-groups/evil.yaml": {
            "schema": "peso.working-group/1",
            "name": said,
            "description": said,
            "chairs": [said],
            "purpose": f"[{said}]({LINKS[0]})",
            "lifetime": said,
            "meeting_schedule": said,
            "status": said,
            "status_date": said,
            "links": [link],
        },
        "officers/evil.yaml": {
            "schema": "peso.officer/1",
            "position": said,
            "name": said,
            "elected": said,
        },
        "liaisons/evil.yaml": {
            "schema": "peso.liaison/1",
            "person": said,
            "organization": "evil",
            "to": said,
            "target": "product-community",
            "topic": said,
            "funding": said,
        },
    }
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(yaml.safe_dump(data))


def hostile_workspace(folder: Path) -> Path:
    """Write a workspace whose catalog, recipes and stacks are hostile; returns its folder."""
    peso.init(folder)
    said = EVIL.replace("\0", "").replace("\x07", "").replace("\x1b", "")  # YAML takes none
    product = {
        "schema": "peso.product/1",
        "name": said,
        "description": said,
        "long_description": said,
        "audience": said,
        "areas": [said, "Birds"],
        "members": [said],
        "spack": ["evil", "nothing"],
        "license": said,
        "links": [
            {"label": said, "url": link.strip("\x01"), "note": said, "icon": said} for link in LINKS
        ],
        "kept": {"cass": {said: said}},
    }
    (folder / "products").mkdir(exist_ok=True)
    (folder / "products" / "evil.yaml").write_text(yaml.safe_dump(product))
    members = folder / "consortium" / "members"
    members.mkdir(parents=True, exist_ok=True)
    member: dict[str, object] = {
        "schema": "peso.member/1",
        "short_name": "EVIL",
        "name": said,
        "website": LINKS[0],
    }
    member |= {"level": said, "focus_area": said, "leads": [said], "joined": said}
    (members / "evil.yaml").write_text(yaml.safe_dump(member))
    _hostile_consortium(folder / "consortium", said)
    quoted = repr(EVIL)
    recipe = (
        "from spack.package import *\n\n\nclass Evil(Package):\n"
        f"    __doc__ = {quoted}\n    homepage = 'javascript:alert(1)'\n    license({quoted})\n"
        f"    maintainers({quoted})\n    tags = [{quoted}]\n    version('1.0')\n"
        f"    variant('evil', default=True, description={quoted})\n"
        f"    variant('many', default='a', values=('a', {quoted}))\n"
        f"    depends_on('evil-two', when='+evil')\n    provides('evilness')\n"
        f"    conflicts('+evil', msg={quoted})\n    requires('+evil', msg={quoted})\n"
    )
    doc = EVIL.replace("\0", "")
    two = f'from spack.package import *\n\n\nclass EvilTwo(Package):\n    """{doc}"""\n\n'
    two += "    homepage = 'data:text/html,x'\n    version('2')\n    depends_on('evil')\n"
    repository = write_repository(
        folder / "recipes", {"evil": recipe, "evil_two": two}, bases={}, namespace="evil"
    )
    peso.index_catalog(repository, folder=folder)
    stacks = {
        "evil": f"spack:\n  specs:\n  - evil\n  - {json.dumps(said)}\n  - evil@9 +nosuch\n",
        "broken": f"spack:\n  specs: [{said}",
    }
    for name, text in stacks.items():
        (folder / "stacks" / name).mkdir(parents=True)
        (folder / "stacks" / name / "spack.yaml").write_text(text)
    return folder
