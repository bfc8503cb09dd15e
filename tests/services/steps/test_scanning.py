"""The scan step: people's statements decide it, and are put beside what was found."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.services.assurance.advisory_files import V3_CRITICAL, advisory, folder_of
from tests.services.assurance.releases import NOW, Piece, release_of
from tests.services.assurance.vex.making import DAY, statement

from peso.base.ledger import Blobs
from peso.errors import BadInput
from peso.services.assurance.advisories.importing import import_advisories
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.vex.record import Product
from peso.services.assurance.vex.shelf import add_statement
from peso.services.steps.assuring import do_scan, scan_inputs
from peso.services.steps.port import Life, Ports


@pytest.fixture
def life(tmp_path: Path) -> Life:
    release = release_of(Blobs(tmp_path / "blobs"), Piece("a", root=True))
    seen = release.quick_inventory()
    return Life(stack=release.stack(), definition=(), records={Inventory: seen})


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    store = tmp_path / "advisories"
    folder = folder_of(tmp_path / "ours", advisory("CVE-1", "a", vector=V3_CRITICAL))
    import_advisories(folder, store, name="ours", now=NOW)
    plain = SimpleNamespace(advisories=store, workspace=tmp_path, clock=lambda: NOW)
    return cast("Ports", plain)


def state(folder: Path, **changes: object) -> None:
    one = statement(made=NOW, expires=NOW + 30 * DAY, **changes)
    add_statement(one, folder, lock=folder / "lock", now=NOW, tooling="peso")


def unseen(_progress: object) -> None:
    """See nothing."""


def test_statements_are_beside_what_was_found(life: Life, ports: Ports, tmp_path: Path) -> None:
    before = scan_inputs(life, ports)
    assert do_scan(life, ports, unseen).vex == ()
    state(tmp_path)
    state(tmp_path, vulnerability="CVE-9", products=(Product(purl="pkg:pypi/other@1.0"),))
    after = scan_inputs(life, ports)
    assert {name for name in after if name not in before} == {
        "statements vex/CVE-1.security-team.openvex.json",
        "statements vex/CVE-9.security-team.openvex.json",
    }
    found = do_scan(life, ports, unseen)
    assert [one.rule for one in found.findings] == ["CVE-1"]
    assert [(one.subject, one.statement.vulnerability) for one in found.vex] == [
        ("pkg:pypi/a@1.0", "CVE-1")
    ]


def test_a_file_is_named_by_its_digest(life: Life, ports: Ports, tmp_path: Path) -> None:
    sha256 = life.of(Inventory).components[0].sha256
    state(tmp_path, products=(Product(sha256=sha256),))
    assert len(do_scan(life, ports, unseen).vex) == 1


def test_statements_that_cannot_be_read_stop_the_delivery(
    life: Life, ports: Ports, tmp_path: Path
) -> None:
    (tmp_path / "vex").mkdir()
    (tmp_path / "vex" / "one.openvex.json").write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        do_scan(life, ports, unseen)


def test_a_delivery_without_a_workspace_has_no_statements(life: Life, ports: Ports) -> None:
    plain = cast("SimpleNamespace", ports)
    bare = cast("Ports", SimpleNamespace(**{**vars(plain), "workspace": None}))
    assert do_scan(life, bare, unseen).vex == ()
