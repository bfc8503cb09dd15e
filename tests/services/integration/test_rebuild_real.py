"""`explain rebuild` on the two locks of E4S, each expected value looked up in the raw files.

How it was looked up, with nothing of PESO: both locks were unpacked and read as JSON, and
`concrete_specs` was searched by `name`. For each unit the two nodes were laid side by side:
`version`, `parameters` (without flags that are empty), `package_hash`, `patches`, `external.path`,
and `dependencies` by name. Of several of one name, the one belongs to the other that the same units
(`dependencies` of all other nodes that name its hash) or the root list asks for. Causes of a unit
were followed by hand over dependencies whose hashes differ and that both nodes have.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from peso.api.named_units import NamedUnits, Trusted, named_units
from peso.services.integration.rebuild import FreshUnit, Rebuilt, rebuild

pytestmark = pytest.mark.shared_data

LOCKS = Path(__file__).parents[4] / "shared" / "data" / "e4s" / "locks"
OLD, NEW = "x86_64-gnu-cpu-25.11.spack.lock.gz", "x86_64-gnu-cpu-2026-08.spack.lock.gz"
COMPILING = {"compiler-wrapper", "gcc", "gcc-runtime", "glibc"}
"""What every unit that is compiled stands on; all four differ between the locks."""


def opened(name: str) -> NamedUnits:
    if not (LOCKS / name).is_file():
        pytest.skip(f"the real inputs are not at {LOCKS}")
    return named_units(LOCKS / name, Trusted())


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress((LOCKS / name).read_bytes()))
    return found


@pytest.fixture(scope="module")
def found() -> Rebuilt:
    return rebuild(opened(OLD), opened(NEW))


def unit(found: Rebuilt, label: str) -> FreshUnit:
    return next(one for one in found.fresh if one.unit.label == label)


EXPECTED = [
    # One of the name in both locks, and the same by itself: name, version, parameters,
    # package_hash and patches are equal, dependencies are not.
    ("argobots@1.2/zrtfwkq", "3koulg7", "only", [], COMPILING | {"gmake"}),
    ("lz4@1.10.0/rowvn6w", "iayumpn", "only", [], COMPILING | {"gmake"}),
    # bzip2 has diffutils beside (build), which was built and is an external now.
    ("bzip2@1.0.8/vjysts6", "zpwdnyn", "only", [], COMPILING | {"gmake", "diffutils"}),
    # Only package_hash differs: fdf6b3… and 7p5z2b…, 57qcdp… and ewtsuc…, xd4q6q… and x2vff7….
    ("aml@0.2.1/wlxx3je", "ymwwily", "only", ["recipe"], None),
    ("libiconv@1.18/ss756a3", "f4bgilk", "only", ["recipe"], COMPILING | {"gmake", "libiconv"}),
    ("papi@7.2.0/swcidlt", "ppcx7mc", "only", ["recipe"], COMPILING | {"gmake", "perl", "papi"}),
    # It depends on gcc (build) and glibc (link); its package_hash differs too.
    (
        "gcc-runtime@12.2.0/ivkcqei",
        "iwxnaxb",
        "only",
        ["recipe"],
        {"gcc", "glibc", "gcc-runtime"},
    ),
    # Externals: gcc has two other parameters, mpich version and path. gmake, m4 and diffutils
    # were built in 25.11 and are at /usr now, in other versions.
    ("gcc@12.2.0/hpstbft", "qibsvtu", "only", ["variant", "variant"], {"gcc"}),
    ("mpich@5.0.1/3tso566", "4r2d4tj", "only", ["version", "external"], {"mpich"}),
    ("gmake@4.3/4a3hfev", "gsntna6", "only", ["version", "external"], {"gmake"}),
    ("m4@1.4.19/dljm5ab", "ast4rcq", "only", ["version", "external"], {"m4"}),
    ("diffutils@3.8/5khxyju", "fkeas5b", "only", ["version", "external"], {"diffutils"}),
    # glibc: the two nodes are the same, to the letter, but for the hash.
    ("glibc@2.36/zirfsst", "ksegdsi", "only", [], {"glibc"}),
    # New versions. compiler-wrapper depends on nothing.
    ("compiler-wrapper@1.1.0/ern2rvi", "jrtxylm", "only", ["version"], {"compiler-wrapper"}),
    ("xz@5.8.3/2hglfxm", "u2fgtl4", "only", ["version"], COMPILING | {"gmake", "xz"}),
    # numactl: autoconf, automake, libtool and m4 (build) are externals now.
    (
        "numactl@2.0.19/4jjsoto",
        "2fibs7v",
        "only",
        ["version"],
        COMPILING | {"gmake", "numactl", "autoconf", "automake", "libtool", "m4"},
    ),
    # superlu: cmake 3.31.9 was built and is 3.25.1 at /usr; metis, another recipe; openblas.
    (
        "superlu@7.0.1/aevtrnk",
        "boznzsh",
        "only",
        ["version"],
        COMPILING | {"gmake", "superlu", "cmake", "metis", "openblas"},
    ),
    # legion: commit, cuda_arch, network and papi differ or are gone; realm is needed now.
    (
        "legion@26.03.0/ytndnfl",
        "5acksng",
        "only",
        ["version", "variant", "variant", "variant", "variant", "dependency"],
        COMPILING | {"gmake", "zlib-ng", "cmake", "legion"},
    ),
    ("ascent@0.9.5/mrafbw4", "rrtd73y", "only", ["variant"], None),
    # Of 12 boosts those that trilinos and datatransferkit use, that cgal and openfoam use, that
    # precice uses, and the root; their parameters differ in what recipes added and dropped.
    ("boost@1.86.0/f5kc3b6", "rdmotby", "role", ["variant"] * 5, None),
    ("boost@1.86.0/qnvvrsz", "nn3znom", "role", ["variant"] * 5, None),
    ("boost@1.86.0/x6g6ey5", "5qyu2j7", "role", ["variant"] * 5, None),
    ("boost@1.90.0/tnnqrnn", "3anddq7", "role", None, COMPILING | {"boost"}),
    # Used by ascent, axom and chai; two of them have one and the same version now.
    ("umpire@2025.03.1/xrxhppf", "3rh4jou", "role", None, None),
    ("umpire@2025.12.0/j7e2vns", "lgzzyaj", "role", None, None),
    ("umpire@2025.12.0/ev2qte7", "dtjyj42", "role", None, None),
    # Used by aluminum and lbann; the other one by aml, gromacs, hpx, llvm and more.
    ("hwloc@2.13.0/6gcvklj", "hg2nr24", "role", ["version", "patches"], None),
    ("hwloc@2.13.0/c4e2nyv", "uv2kg7h", "role", ["version", "patches"], None),
    # Three now, two before: the third is told beside the nearest, that differs in the recipe.
    ("metis@5.1.0/mcvqqcy", "mwy5du3", "beside", ["recipe"], None),
    ("metis@5.1.0/iygdozn", "mwy5du3", "role", ["recipe"], COMPILING | {"gmake", "cmake", "metis"}),
    # No cairo in 25.11; harfbuzz asks for both.
    ("cairo@1.18.4/esxuize", "", "added", [], set()),
]


@pytest.mark.parametrize(("label", "before", "how", "own", "causes"), EXPECTED)
def test_a_unit_as_it_was_looked_up(  # noqa: PLR0917 - the columns of the table
    found: Rebuilt,
    label: str,
    before: str,
    how: str,
    own: list[str] | None,
    causes: set[str] | None,
) -> None:
    one = unit(found, label)

    assert (one.before.hash[:7] if one.before else "", one.how) == (before, how)
    if own is not None:
        assert [each.kind for each in one.own] == own
    if causes is not None:
        by_number = {each.number: each for each in found.causes}
        assert {by_number[each].package for each in one.causes} == causes


def test_the_whole_as_it_was_counted(found: Rebuilt) -> None:
    # Keys of `concrete_specs`: 832 and 906, of which 3 are in both.
    assert (found.units, found.kept, len(found.fresh)) == (906, 3, 903)
    # 15 nodes of the newer lock have `external`, none of them is in both.
    assert (found.cost.units, sum(one.external for one in found.fresh)) == (888, 15)
    assert (found.cost.measured, found.cost.not_known) == (0, 888)


def test_a_cause_rebuilds_what_reaches_it_in_the_raw_lock(found: Rebuilt) -> None:
    """Units that reach mpich over `dependencies`, and whose name was there before.

    For compiler-wrapper there are 667. Eight of them reach it by a dependency only that their
    counterpart has not, which is a cause of its own: 659.
    """
    nodes = raw(NEW)["concrete_specs"]
    known = {one["name"] for one in raw(OLD)["concrete_specs"].values()}
    reaching = {
        name: sum(
            "external" not in node and node["name"] in known and target in _reached(nodes, hash_)
            for hash_, node in nodes.items()
        )
        for name, target in (
            (one["name"], hash_)
            for hash_, one in nodes.items()
            if one["name"] in {"mpich", "compiler-wrapper"}
        )
    }
    causes = {one.package: one.rebuilds.units for one in found.causes}

    assert reaching == {"mpich": 155, "compiler-wrapper": 667}
    assert causes["mpich"] == 155
    without = {"py-python-dateutil", "py-prompt-toolkit", "py-wcwidth", "py-jsonschema"}
    without |= {"py-warlock", "py-isoduration", "py-arrow", "py-pydantic"}
    wrapper = next(one for one in found.causes if one.package == "compiler-wrapper")
    told = {one.unit.name for one in found.fresh if wrapper.number in one.causes}
    assert causes["compiler-wrapper"] == 667 - len(without)
    assert not {"py-python-dateutil", "py-warlock", "py-arrow", "py-pydantic"} & told


def test_a_lock_of_e4s_and_itself_differ_in_nothing() -> None:
    lock = opened(NEW)
    found = rebuild(lock, lock)

    assert (found.fresh, found.causes, found.removed) == ((), (), ())


def _reached(nodes: dict[str, Any], top: str) -> set[str]:
    seen, waiting = {top}, [top]
    while waiting:
        new = {one["hash"] for one in nodes[waiting.pop()].get("dependencies", ())} - seen
        seen |= new
        waiting.extend(new)
    return seen
