"""`explain cache` on the two locks of E4S: the newer one, as if the older one were cached.

How expected values were looked up, with nothing of PESO: as in `test_rebuild_real.py`, the raw
nodes of one name were laid side by side. A distance is then added up by the table in `distance.py`:
200 for the version, 20 for a parameter, 10 for patches, 5 for `package_hash` where version and
parameters are the same, 10 for a dependency that one of the two has (2 if it only builds), and 1
for each dependency both have whose hashes differ.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from peso.api.named_units import NamedUnits, Trusted, named_units
from peso.products.engines.native import Edge, NativeUnit
from peso.services.integration.cache_misses import CacheExplained, Miss, explain_misses
from peso.services.integration.cached import CachedUnits, Caches
from peso.services.integration.host_fit import HostFacts

pytestmark = pytest.mark.shared_data

LOCKS = Path(__file__).parents[4] / "shared" / "data" / "e4s" / "locks"
OLD, NEW = "x86_64-gnu-cpu-25.11.spack.lock.gz", "x86_64-gnu-cpu-2026-08.spack.lock.gz"
HOST = HostFacts(
    name="host",
    platform="linux",
    system="debian12",
    target="haswell",
    libc="glibc 2.36",
    there=lambda path: path == "/usr",
)


def opened(name: str) -> NamedUnits:
    if not (LOCKS / name).is_file():
        pytest.skip(f"the real inputs are not at {LOCKS}")
    return named_units(LOCKS / name, Trusted())


def nodes(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((LOCKS / name).read_bytes()))
    specs: dict[str, Any] = found["concrete_specs"]
    return specs


def cached(units: tuple[NativeUnit, ...]) -> Caches:
    held = frozenset(one.hash for one in units if one.external is None)
    return Caches([CachedUnits(where="25.11", units=units, held=held)])


@pytest.fixture(scope="module")
def found() -> CacheExplained:
    return explain_misses(opened(NEW), cached(opened(OLD).units), host=HOST)


def miss(found: CacheExplained, label: str) -> Miss:
    return next(one for one in found.misses if one.unit.label == label)


EXPECTED = [
    # The same in themselves; so many dependencies have another hash.
    ("argobots@1.2/zrtfwkq", "3koulg7", 1, 5, []),
    ("lz4@1.10.0/rowvn6w", "iayumpn", 1, 5, []),
    ("bzip2@1.0.8/vjysts6", "zpwdnyn", 1, 6, []),
    ("adios@1.13.1/iiykply", "nvbrkjx", 1, 16, []),
    # Two of them: the one without, the other with programs, as the two before.
    ("zstd@1.5.7/cpllisz", "m2fljox", 2, 5, []),
    ("zstd@1.5.7/yjbhwmq", "kpa6tfq", 2, 5, []),
    # Another recipe, 5, and 8, 5, 6 and 2 other dependencies.
    ("aml@0.2.1/wlxx3je", "ymwwily", 1, 13, ["recipe"]),
    ("libiconv@1.18/ss756a3", "f4bgilk", 1, 10, ["recipe"]),
    ("papi@7.2.0/swcidlt", "ppcx7mc", 1, 11, ["recipe"]),
    ("gcc-runtime@12.2.0/ivkcqei", "iwxnaxb", 1, 7, ["recipe"]),
    # Another version, 200, and 0, 5, 8, 8, 9 and 7 other dependencies.
    ("compiler-wrapper@1.1.0/ern2rvi", "jrtxylm", 1, 200, ["version"]),
    ("xz@5.8.3/2hglfxm", "u2fgtl4", 1, 205, ["version"]),
    ("superlu@7.0.1/aevtrnk", "boznzsh", 1, 208, ["version"]),
    ("arborx@2.1/dehwm5x", "plj34ev", 1, 208, ["version"]),
    ("numactl@2.0.19/4jjsoto", "2fibs7v", 1, 209, ["version"]),
    ("nccmp@1.11.0.0/xncvak3", "ggjevi4", 1, 207, ["version"]),
    # catalyst is a parameter that is new, 20; 11 other dependencies.
    ("ascent@0.9.5/mrafbw4", "rrtd73y", 1, 31, ["variant"]),
    # 200, four parameters, realm (build,link) 10, 7 other dependencies.
    (
        "legion@26.03.0/ytndnfl",
        "5acksng",
        1,
        297,
        ["version", "variant", "variant", "variant", "variant", "dependency"],
    ),
    # 200, seven parameters, 13 other dependencies.
    ("axom@0.14.0/tm6prk4", "2ixzoin", 1, 353, ["version", *["variant"] * 7]),
    # Two of hwloc, both 200, one patch more and 9 other dependencies. They differ in the zlib-ng of
    # their libxml2 alone, and zlib-ng has a new version either way: the first by its hash.
    ("hwloc@2.13.0/c4e2nyv", "hg2nr24", 2, 219, ["version", "patches"]),
    ("hwloc@2.13.0/6gcvklj", "hg2nr24", 2, 219, ["version", "patches"]),
    # Two of metis, both another recipe and 6 other dependencies; they differ in their cmake.
    ("metis@5.1.0/56z7x2e", None, 2, 11, ["recipe"]),
    # Nothing of the name in 25.11.
    ("cairo@1.18.4/esxuize", "", 0, None, []),
    ("proj@8.1.0/2sysyjz", "", 0, None, []),
]


@pytest.mark.parametrize(("label", "nearest", "held", "distance", "own"), EXPECTED)
def test_a_miss_as_it_was_looked_up(  # noqa: PLR0917 - the columns of the table
    found: CacheExplained,
    label: str,
    nearest: str | None,
    held: int,
    distance: int | None,
    own: list[str],
) -> None:
    one = next(each for each in found.misses if each.unit.label.startswith(label))

    assert one.held == held
    if not held:
        assert one.nearest is None
        return
    assert one.nearest is not None
    assert [each.kind for each in one.nearest.own] == own
    if nearest is not None:
        assert one.nearest.unit.hash[:7] == nearest
    if distance is not None:
        assert one.nearest.distance == distance


def test_the_whole_as_it_was_counted(found: CacheExplained) -> None:
    # 906 nodes, 15 with `external`, 3 hashes in both locks; 122 of a name that 25.11 has not.
    assert (found.units, found.externals, found.hits, len(found.misses)) == (906, 15, 3, 888)
    assert found.none_of_the_name == 122


def test_what_could_run_where_there_is_neither_mpich_nor_the_python(found: CacheExplained) -> None:
    """806 units of 25.11 have a name that is needed; 352 of them reach one of the two at run time.

    Both are externals below /opt; they were followed in the raw lock over link and run edges.
    """
    old, new = nodes(OLD), nodes(NEW)
    names = {one["name"] for one in new.values() if "external" not in one}
    looked = [hash_ for hash_, one in old.items() if "external" not in one and one["name"] in names]
    gone = {
        hash_
        for hash_, one in old.items()
        if one.get("external", {}).get("path", "").startswith("/opt/")
    }
    cannot = sum(not gone.isdisjoint(_used(old, one)) for one in looked)

    assert found.host is not None
    assert (len(looked), cannot) == (806, 352)
    assert (found.host.units, found.host.cannot, found.host.could) == (806, 352, 454)
    assert {one.reason.partition(" ")[0] for one in found.host.obstacles} == {"mpich", "python"}


def test_what_can_be_taken_as_it_is_counted_in_another_way(found: CacheExplained) -> None:
    old, new = nodes(OLD), nodes(NEW)
    taken = sum(
        any(_alike(old, new, one, hash_) for one in old if old[one]["name"] == node["name"])
        for hash_, node in new.items()
        if "external" not in node and hash_ not in old
    )

    assert found.gains.as_it_is == taken


def test_a_lock_for_another_target_gains_everything_by_the_target() -> None:
    """The newer lock against itself for zen4: every one of its 891 built units is gained."""
    units = opened(NEW).units
    found = explain_misses(
        NamedUnits(where="", units=tuple(map(_for_zen4, units)), roots=()), cached(units)
    )

    first = found.gains.gains[0]
    assert [(one.kind, one.value) for one in first.choices] == [("target", "x86_64_v3")]
    assert (first.units, len(found.gains.gains)) == (891, 1)
    assert found.host is None


def _for_zen4(unit: NativeUnit) -> NativeUnit:
    depends = tuple(
        Edge(hash=_other(one.hash), name=one.name, types=one.types, virtuals=one.virtuals)
        for one in unit.depends
    )
    return unit.model_copy(update={"hash": _other(unit.hash), "target": "zen4", "depends": depends})


def _other(hash_: str) -> str:
    return hash_[::-1]


def _used(specs: dict[str, Any], top: str) -> set[str]:
    seen, waiting = {top}, [top]
    while waiting:
        edges = specs[waiting.pop()].get("dependencies", ())
        new = {one["hash"] for one in edges if _runs(one)} - seen
        seen |= new
        waiting.extend(new)
    return seen


def _runs(edge: dict[str, Any]) -> bool:
    return not {"link", "run"}.isdisjoint(edge["parameters"]["deptypes"])


def _alike(old: dict[str, Any], new: dict[str, Any], one: str, other: str) -> bool:
    """Say whether two raw nodes are the same at run time, by the rules that `choices.py` says."""
    a, b = old[one], new[other]
    if one == other:
        return True
    if a["name"] == "glibc":
        return bool(a["version"] == b["version"])
    if "external" in a or "external" in b:
        return bool(a["version"] == b["version"] and a.get("external") == b.get("external"))
    mine, theirs = a["parameters"], b["parameters"]
    both = (mine.keys() & theirs.keys()) - {"patches"}
    ours = {e["name"]: e["hash"] for e in a.get("dependencies", ()) if _runs(e)}
    others = {e["name"]: e["hash"] for e in b.get("dependencies", ()) if _runs(e)}
    return (
        a["version"] == b["version"]
        and all(_text(mine[k]) == _text(theirs[k]) for k in both)
        and _compiled(old, a) == _compiled(new, b)
        and all(name.endswith("-runtime") for name in ours.keys() ^ others.keys())
        and all(_alike(old, new, ours[k], others[k]) for k in ours.keys() & others.keys())
    )


def _text(value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _compiled(specs: dict[str, Any], node: dict[str, Any]) -> dict[str, str]:
    return {
        virtual: f"{edge['name']}@{specs[edge['hash']]['version']}"
        for edge in node.get("dependencies", ())
        for virtual in edge["parameters"]["virtuals"]
        if virtual in {"c", "cxx", "fortran"}
    }
