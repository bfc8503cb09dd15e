"""Promise: what goes wrong on the way is told before Spack is asked, and the next try goes on.

The other threats to binaries (swapped pairs, an older one, an index, a changed archive, a timestamp
that has run out) are in `attacks/test_binaries.py`; here a mirror gives less than it promised, or
stops in the middle. The publication is real; an engine that takes note stands for Spack.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.facility import serve
from tests.services.delivery.conftest import make_keys
from tests.services.delivery.facility.test_install_units import Machine, Published, published
from tests.spack_cache_files import BASE, TOP

from peso.errors import Outside, PesoError, Reason, Refused
from peso.services.delivery.layout.places import blob_path
from peso.services.delivery.publication import publish

KINDS = ("manifest", "spec", "archive")


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Published:
    home = tmp_path_factory.mktemp("honest")
    return published(home, make_keys(home / "keys"), python=False)


@pytest.fixture
def machine(honest: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return Machine(home=tmp_path / "machine", root=publish.root_file(honest.folder))


def untouched(machine: Machine) -> None:
    """Spack was not asked, and nothing stands where units go."""
    assert machine.spack.brought == []
    assert not machine.prefix.exists()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [0, 100])
def test_a_truncated_download(honest: Published, machine: Machine, kind: str, given: int) -> None:
    place = blob_path(getattr(honest.unit(TOP), kind))
    with serve(honest.folder) as server:
        server.cut[place] = given
        with pytest.raises(PesoError) as no:
            machine.install(server.url)
        assert isinstance(no.value, (Outside, Refused))
        if isinstance(no.value, Refused):
            assert no.value.reason in {Reason.CHANGED, Reason.MISSING}
        untouched(machine)

        server.cut.clear()
        machine.install(server.url)

    assert machine.spack.brought == [TOP, BASE]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mirror_that_stops_in_the_middle(honest: Published, machine: Machine, kind: str) -> None:
    place = blob_path(getattr(honest.unit(TOP), kind))
    with serve(honest.folder) as server:
        server.hangs[place] = 50
        with pytest.raises(Outside):
            machine.install(server.url)
        untouched(machine)


def test_what_was_fetched_before_it_stopped_is_not_fetched_again(
    honest: Published, machine: Machine
) -> None:
    """The last unit's archive is late; the first one's is there, proven, and stays."""
    late, early = (blob_path(honest.unit(one).archive) for one in (BASE, TOP))
    with serve(honest.folder) as server:
        server.hangs[late] = 50
        with pytest.raises(Outside):
            machine.install(server.url)
        assert early in server.asked
        untouched(machine)
    with serve(honest.folder) as server:
        machine.install(server.url)
        assert late in server.asked
        assert early not in server.asked
    assert machine.spack.brought == [TOP, BASE]


def test_a_mirror_that_loses_a_file(honest: Published, machine: Machine, tmp_path: Path) -> None:
    place = blob_path(honest.unit(BASE).archive)
    with serve(honest.folder) as server:
        hidden = tmp_path / "hidden"
        (honest.folder / place).rename(hidden)
        try:
            with pytest.raises(Refused) as no:
                machine.install(server.url)
        finally:
            hidden.rename(honest.folder / place)
        assert (no.value.reason, no.value.where) == (Reason.MISSING, place)
        untouched(machine)
        machine.install(server.url)
    assert machine.spack.brought == [TOP, BASE]
