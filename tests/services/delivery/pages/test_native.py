"""Pages of a release with a native part: what they say, where they link, what stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.products.engines.spack.tiny import tiny_entry
from tests.services.delivery.pages.natives import Native, with_many
from tests.services.delivery.pages.test_page import HOSTILE, Outline, commands, render
from tests.spack_cache_files import TOP

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.products.engines.native import (
    DistributionPackage,
    External,
    FirstError,
    Variant,
)
from peso.services.delivery.pages import page

PATH = "releases/testing/mixed-26.11.html"
BIDI = "\u202e"


@pytest.fixture
def view(release: Callable[..., Any], native: Native) -> page.ReleaseView:
    view: page.ReleaseView = release(name="mixed", native=native).view()
    return view


@pytest.fixture
def said(view: page.ReleaseView) -> str:
    return Outline(render(view)[PATH]).text


def test_both_parts_are_on_one_page(said: str) -> None:
    assert "Native products" in said
    assert "Python products the stack names" in said
    assert "44 units, 135 MB 11 named by the stack, 33 pulled in" in said
    assert "7 of 10 units are there ✗ Not whole" in said
    assert "Built without GPUs." in said


def test_products_have_version_variants_compiler_and_license(said: str) -> None:
    row = said[said.index("hypre /hyxxxxx") :]
    assert row.startswith(
        "hypre /hyxxxxx 2.26.0 ✓ Built +mpi precision=double c=gcc@12.2.0 x86_64_v3 "
        "Apache-2.0 OR MIT"
    )


def test_an_external_is_the_machines_own_and_never_built(view: page.ReleaseView) -> None:
    said = Outline(render(view)[PATH]).text
    own = said[said.index("What the machine had already") : said.index("Made with")]
    assert "openmpi /mpxxxxx 4.1.4 openmpi-bin 4.1.4-3+b1 amd64, debian-12" in own
    assert "cmake /cmxxxxx 3.25.1 ? Unknown no package has its file /usr" in own
    for row in view.natives[0].externals:
        assert row.built.outcome == "external"
    assert "openmpi /mpxxxxx 4.1.4 \u2013 External" in said


def test_a_failure_says_where_to_start_to_read(said: str) -> None:
    failed = said[said.index("What failed") : said.index("What was not tried")]
    assert "error: no matching function for call to 'unw_step' line 412, phase build" in failed
    assert "compile 24 B 33.1 s 1" in failed
    assert "libunwind /lixxxxx 1 parsec" in said[said.index("What was not tried") :]


def test_the_log_of_a_failure_is_linked(view: page.ReleaseView) -> None:
    links = [one for tag, one in Outline(render(view)[PATH]).elements if tag == "a"]
    labels = {one.get("aria-label", "") for one in links}
    assert "log of libunwind, 24 B" in labels


def test_a_unit_the_account_does_not_name_is_not_known(said: str, view: page.ReleaseView) -> None:
    assert "? Unknown lost@1.0/loxxxxx: the account of the build does not name it." in said
    assert dict(view.natives[0].counts)["not-known"] == 1


def test_what_cannot_be_used_together_is_said_first_within_one_product(said: str) -> None:
    together = said[said.index("1 of these products needs two units") :]
    assert "hypre 2.26.0/hyxxxxx zlib-ng linked into one process" in together
    assert "hypre@2.26.0/hyxxxxx → openblas@0.3.21/opxxxxx → zlib-ng@2.2.4/zmxxxxx" in together
    assert "They differ in variant opt." in together


def test_suites_say_of_which_unit_each_result_is(said: str) -> None:
    suite = said[said.index("Suite e4s: 1 passed, 1 failed") :]
    assert suite.index("hdf5 ✗ Fail") < suite.index("hypre ✓ Pass")
    assert "run ✗ exit 2" in suite
    assert "hypre@2.26.0 /hyxxxxx +mpi~cuda" in suite
    assert "parsec A. Steward, math team Its test needs a GPU: issue 12 2027-02-01" in suite
    assert "2026-11-01 past: it was run" in suite


def test_a_release_without_binaries_is_built_from_its_lock(
    release: Callable[..., Any], native: Native
) -> None:
    build = (
        f"cp public/blobs/sha256/{native.lock.document.sha256[:2]}/{native.lock.document.sha256} "
        "spack.lock && spack env create --without-view -d built spack.lock && "
        "spack -e ./built install --only-concrete"
    )
    mixed = render(release(name="mixed", native=native).view())[PATH]
    assert commands(mixed.replace("&amp;", "&"))["build"] == build
    assert "peso install leaves it out and says so" in Outline(mixed).text
    alone = render(release(name="mixed", native=native, python=False).view())[PATH]
    assert set(commands(alone)) == {"digest", "verify", "build", "pin"}
    assert "peso install refuses it and says so" in Outline(alone).text
    assert "Python products" not in Outline(alone).text


def test_binaries_are_counted_and_what_has_none_is_told(
    release: Callable[..., Any], native: Native, tmp_path: Path
) -> None:
    bare = Outline(render(release(name="mixed", native=native).view())[PATH]).text
    assert "Binaries none" in bare
    assert "Without a binary" not in bare
    entry = tiny_entry(TOP, Blobs(tmp_path))
    units = tuple(
        one.model_copy(update={"not_shipped": "its license <forbids> it"})
        if one.name == "hypre"
        else one
        for one in native.build.units
    )
    build = native.build.model_copy(update={"cache": (entry,), "units": units})
    page_ = render(release(name="mixed", native=replace(native, build=build)).view())[PATH]
    said = Outline(page_).text
    assert re.search(r"Binaries 1 unit, 3\.44 kB, as a build cache of Spack; the signed", said)
    assert "Without a binary" in said
    assert "hypre /hyxxxxx 2.26.0: its license <forbids> it" in said


def test_many_units_have_pages_of_their_own(release: Callable[..., Any], native: Native) -> None:
    pages = render(release(name="mixed", native=with_many(native)).view())
    assert set(pages) == {
        "index.html",
        PATH,
        "releases/testing/units/mixed-26.11.html",
        "releases/testing/interoperability/mixed-26.11.html",
    }
    units = Outline(pages["releases/testing/units/mixed-26.11.html"])
    rows = [one["id"] for tag, one in units.elements if tag == "tr" and "id" in one]
    assert len(rows) == len(set(rows)) == 151
    assert "lib99" not in Outline(pages[PATH]).text
    apart = Outline(pages["releases/testing/interoperability/mixed-26.11.html"]).text
    assert "lib19: 2 units" in apart


def test_a_version_made_of_a_lock_has_links_that_hold(
    release: Callable[..., Any], native: Native
) -> None:
    """A plus sign in an address is a space to some servers."""
    version = "0+a1b2c3d4e5f6"
    pages = render(release(name="bare", version=version, native=with_many(native)).view())
    path = f"releases/testing/bare-{version}.html"
    assert path in pages
    links = [
        one["href"]
        for text in pages.values()
        for tag, one in Outline(text).elements
        if tag == "a" and "bare" in one["href"]
    ]
    assert quote(path) in links
    assert links
    assert not [link for link in links if "+" in link]


def test_equal_views_give_equal_bytes(release: Callable[..., Any], native: Native) -> None:
    one, two = (render(release(native=native).view()) for _ in range(2))
    assert one == two


class TestHostile:
    """What a lock, a log, a suite or a spec says is text, however long, whatever it holds."""

    @pytest.fixture
    def pages(self, release: Callable[..., Any], native: Native) -> dict[str, str]:
        bad = HOSTILE + BIDI + "x" * 10_000
        units = tuple(
            unit.model_copy(
                update={
                    "name": bad,
                    "version": bad,
                    "variants": (Variant(name=bad, value=bad), Variant(name="m", value=bad)),
                    "compilers": (bad,),
                    "target": bad,
                    "system": bad,
                    "namespace": bad,
                    "license": Unknown(unknown=bad) if at % 2 else bad,
                    "hash": f"{at}<script>alert(1)</script>",
                    "depends": (),
                    "patches": (bad,),
                    "root": True,
                    "external": _hostile_external(bad, known=at % 2 == 0) if at < 3 else None,
                }
            )
            for at, unit in enumerate(native.lock.units)
        )
        checkout = native.lock.checkouts[0].model_copy(
            update={"name": bad, "version": bad, "commit": Unknown(unknown=bad)}
        )
        requires = native.lock.requires.model_copy(
            update={"platform": bad, "system": bad, "targets": (bad,) * 99}
        )
        lock = native.lock.model_copy(
            update={"units": units, "checkouts": (checkout,), "requires": requires}
        )
        error = FirstError(line=1, text=bad, phase=bad, kind="other")
        became = tuple(
            one.model_copy(
                update={
                    "hash": units[at].hash,
                    "name": bad,
                    "version": bad,
                    "because": bad,
                    "error": error if one.outcome == "failed" else None,
                }
            )
            for at, one in enumerate(native.build.units)
        )
        build = native.build.model_copy(update={"units": became, "requires": requires})
        made = Native(lock=lock, build=build)
        return render(release(name="mixed", native=made).view())

    def test_it_stays_text(self, pages: dict[str, str]) -> None:
        for text in pages.values():
            assert "<script" not in text
            assert BIDI not in text
            assert not [
                one
                for _, one in Outline(text).elements
                if any("alert(1)" in value for name, value in one.items() if name in {"id", "href"})
            ]

    def test_it_is_cut_to_a_length_and_says_so(self, pages: dict[str, str]) -> None:
        for path, text in pages.items():
            assert "x" * 1100 not in text, path
            assert len(text) < 400_000, path
        assert "characters)" in pages[PATH]

    def test_the_page_is_still_whole(self, pages: dict[str, str]) -> None:
        for text in pages.values():
            outline = Outline(text)
            ids = [one["id"] for _, one in outline.elements if "id" in one]
            assert len(ids) == len(set(ids))
            assert not [one for one in ids if not re.fullmatch(r"[\w.-]+", one)]


def _hostile_external(bad: str, *, known: bool) -> External:
    package = DistributionPackage(
        manager="dpkg", name=bad, version=bad, architecture=bad, distribution=bad, file=bad
    )
    return External(
        prefix=bad, modules=(bad,) * 9, package=package if known else Unknown(unknown=bad)
    )
