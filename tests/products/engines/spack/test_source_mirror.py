"""What a mirror must hold for units, and where Spack looks for it."""

from __future__ import annotations

import pytest

from peso.base.finding import Unknown
from peso.products.engines.native import External, NativeUnit, SourceFile
from peso.products.engines.spack.source_mirror import wanted_by

A, B = "a" * 64, "b" * 64
URL = "https://x.test/thing-1.0.tar.gz"
COMMIT = "1" * 40


def unit(
    *sources: SourceFile, name: str = "thing", unknown: str = "", external: bool = False
) -> NativeUnit:
    return NativeUnit(
        hash=(name + "a" * 32)[:32],
        name=name,
        version="1.0",
        namespace="small",
        variants=(),
        platform="linux",
        system="debian12",
        target="x86_64_v3",
        external=External(prefix="/usr", package=Unknown(unknown="no")) if external else None,
        purl="pkg:generic/thing@1.0",
        sources=Unknown(unknown=unknown) if unknown else sources,
        license="MIT",
    )


def paths(source: SourceFile, *more: str) -> tuple[str, ...]:
    return wanted_by([unit(source)])[0].paths(more)


def test_an_archive() -> None:
    source = SourceFile(kind="archive", url=URL, sha256=A, ending="tar.gz")
    assert paths(source, "tar.xz") == (f"_source-cache/archive/aa/{A}.tar.gz",)
    assert paths(SourceFile(kind="archive", url="https://x.test/run.sh", sha256=A)) == (
        f"_source-cache/archive/aa/{A}",
    )


def test_an_archive_whose_url_is_not_known() -> None:
    source = SourceFile(kind="archive", url="", sha256=A, ending="tar.gz")
    assert paths(source, "tar.xz") == (
        f"_source-cache/archive/aa/{A}.tar.gz",
        f"_source-cache/archive/aa/{A}.tar.xz",
    )
    bare = SourceFile(kind="archive", url="", sha256=A)
    assert paths(bare) == (f"_source-cache/archive/aa/{A}",)
    assert paths(bare, "zip") == (f"_source-cache/archive/aa/{A}.zip",)


def test_what_has_no_sha256() -> None:
    git = SourceFile(kind="git", url="https://x.test/a/thing.git", other=f"commit:{COMMIT}")
    assert paths(git) == (f"_source-cache/git/a/thing.git/{COMMIT}.tar.gz",)
    weak = SourceFile(kind="archive", url=URL, other=f"md5:{'5' * 32}", ending="tar.gz")
    assert paths(weak) == (f"_source-cache/archive/55/{'5' * 32}.tar.gz",)
    branch = SourceFile(kind="git", url="https://x.test/thing.git", other="branch:main")
    assert paths(branch) == ()


@pytest.mark.parametrize(
    "source",
    [
        SourceFile(kind="archive", url=URL, sha256="../../../up"),
        SourceFile(kind="archive", url=URL, sha256=A.upper()),
        SourceFile(kind="archive", url=URL, other="md5:../../up"),
        SourceFile(kind="git", url="https://x.test/../../up", other=f"commit:{COMMIT}"),
        SourceFile(kind="git", url="https://x.test/t.git", other="commit:../up"),
    ],
)
def test_a_recipe_cannot_name_a_place_outside(source: SourceFile) -> None:
    assert paths(source) == ()


@pytest.mark.parametrize("ending", ["/../../up", "tar.gz/x", "a b", "x" * 20])
def test_an_odd_ending_counts_for_nothing(ending: str) -> None:
    source = SourceFile(kind="archive", url=URL, sha256=A, ending=ending)
    assert paths(source) == (f"_source-cache/archive/aa/{A}",)


def test_what_several_units_need_is_wanted_once() -> None:
    one = SourceFile(kind="archive", url=URL, sha256=A, ending="tar.gz")
    other = SourceFile(kind="archive", url="https://y.test/t.tgz", sha256=A, ending="tgz")
    (wanted,) = wanted_by([unit(one), unit(one, name="b"), unit(other, name="c")])
    assert list(wanted.units) == ["thing@1.0/thingaa", "b@1.0/baaaaaa", "c@1.0/caaaaaa"]
    assert list(wanted.urls) == [URL, "https://y.test/t.tgz"]
    assert [path.rpartition(A)[2] for path in wanted.paths()] == [".tar.gz", ".tgz"]


def test_externals_and_bundles_need_nothing() -> None:
    assert wanted_by([unit(external=True), unit()]) == ()


def test_what_is_not_known_stays_on_the_list() -> None:
    wanted = wanted_by([unit(unknown="no recipe"), unit(name="b", unknown="no recipe")])
    assert [(one.kind, one.why, list(one.units)) for one in wanted] == [
        ("not-known", "no recipe", ["thing@1.0/thingaa"]),
        ("not-known", "no recipe", ["b@1.0/baaaaaa"]),
    ]


def test_a_patch_beside_its_recipe_has_no_place() -> None:
    assert paths(SourceFile(kind="patch", url="", sha256=A)) == ()
    found = SourceFile(kind="patch", url="https://x.test/p.patch", sha256=B)
    assert paths(found) == (f"_source-cache/archive/bb/{B}",)
