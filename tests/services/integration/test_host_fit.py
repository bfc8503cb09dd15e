from __future__ import annotations

from collections.abc import Callable

from tests.services.integration.made_dags import Made, made

from peso.services.integration.cached import CachedUnits, Caches
from peso.services.integration.host_fit import HostFacts, HostFit, HostLook

UNITS = [
    Made("glibc", "2.36", prefix="/usr"),
    Made("mpich", "5.0", prefix="/opt/mpich"),
    Made("zlib", needs={0: ("link",)}),
    Made("hdf5", needs={1: ("link",), 2: ("link",)}),
    Made("fast", target="zen4", needs={0: ("link",)}),
    Made("builds", needs={4: ("build",)}),
]


def fit(
    units: list[Made],
    *,
    system: str = "debian12",
    target: str = "haswell",
    libc: str = "glibc 2.36",
    there: Callable[[str], bool | None] = lambda _path: True,
) -> HostFit:
    lock = made(units)
    held = frozenset(one.hash for one in lock.units if one.external is None)
    host = HostFacts(
        name="host", platform="linux", system=system, target=target, libc=libc, there=there
    )
    caches = Caches([CachedUnits(where="cache", units=lock.units, held=held)])
    return HostLook(caches, host).fit(frozenset(one.name for one in units))


def counts(found: HostFit) -> tuple[int, int, int, int]:
    return found.units, found.could, found.cannot, found.unknown


def test_what_was_made_for_an_ancestor_of_the_target_runs() -> None:
    found = fit(UNITS)

    assert counts(found) == (4, 3, 1, 0)
    [obstacle] = found.obstacles
    assert obstacle.reason == "it is for zen4, which haswell does not run"
    assert [one.partition("/")[0] for one in obstacle.examples] == ["fast@1.0"]


def test_another_system_runs_nothing() -> None:
    found = fit(UNITS, system="rhel9")

    assert counts(found) == (4, 0, 4, 0)
    assert ("it is for debian12, the host is rhel9", 4) in [
        (one.reason, one.units) for one in found.obstacles
    ]


def test_an_older_c_library_runs_nothing_that_uses_it() -> None:
    found = fit(UNITS, libc="glibc 2.28")

    assert ("it needs glibc 2.36; the host has 2.28", 3) in [
        (one.reason, one.units) for one in found.obstacles
    ]
    assert fit(UNITS, libc="musl 1.2").could == 1  # builds: it uses none


def test_an_external_that_is_not_there_and_one_of_which_nothing_is_known() -> None:
    gone = fit(UNITS, target="zen4", there=lambda _path: False)
    assert counts(gone) == (4, 3, 1, 0)
    assert gone.obstacles[0].reason == "mpich 5.0 at /opt/mpich is not on the host"

    unknown = fit(UNITS, target="zen4", there=lambda _path: None)
    assert counts(unknown) == (4, 3, 0, 1)
    assert unknown.doubts[0].units == 1


def test_a_target_nobody_knows_is_unknown_and_not_a_no() -> None:
    found = fit([Made("odd", target="x900")])
    assert counts(found) == (1, 0, 0, 1)
    assert fit([Made("odd", target="x900")], target="x900").could == 1
    assert fit([Made("odd")], target="").unknown == 1
    assert fit([Made("odd")], libc="").could == 1
