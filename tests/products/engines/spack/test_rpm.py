"""rpm's answers: name, version with its epoch, architecture; files of no package; no rpm."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage
from peso.products.engines.spack.packages_here import packages_here
from peso.products.engines.spack.purl import package_purl
from peso.products.engines.spack.rpm import Rpm, read_answer

ANSWERS = """\
#!/bin/sh
for last; do :; done
case "$last" in
  /usr/bin/gcc-real) printf 'gcc\\t0\\t11.4.1-3.el9\\tx86_64\\n' ;;
  /usr/bin/perl) printf 'perl-interpreter\\t4\\t5.32.1-481.el9\\tx86_64\\n' ;;
  /usr/bin/broken) echo 'the database is locked' >&2; exit 3 ;;
  *) echo "file $last is not owned by any package"; exit 1 ;;
esac
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "usr/bin").mkdir(parents=True)
    for name in ("gcc-real", "perl", "mine", "broken"):
        (tmp_path / "usr/bin" / name).write_text("")
    (tmp_path / "usr/bin/gcc").symlink_to("gcc-real")
    rpm = tmp_path / "usr/bin/rpm"
    rpm.write_text(ANSWERS)
    rpm.chmod(rpm.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def ask(root: Path, path: str) -> DistributionPackage | Unknown:
    return Rpm("rocky-9.4", root, str(root / "usr/bin/rpm")).owner_of(path)


def test_a_link_is_followed(root: Path) -> None:
    found = ask(root, "/usr/bin/gcc")
    assert isinstance(found, DistributionPackage)
    assert (found.name, found.version, found.manager) == ("gcc", "11.4.1-3.el9", "rpm")
    assert found.file == "/usr/bin/gcc-real"
    assert package_purl(found) == ("pkg:rpm/rocky/gcc@11.4.1-3.el9?arch=x86_64&distro=rocky-9.4")


def test_an_epoch(root: Path) -> None:
    found = ask(root, "/usr/bin/perl")
    assert isinstance(found, DistributionPackage)
    assert found.version == "4:5.32.1-481.el9"
    assert package_purl(found) == (
        "pkg:rpm/rocky/perl-interpreter@5.32.1-481.el9?arch=x86_64&distro=rocky-9.4&epoch=4"
    )


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/usr/bin/mine", "of no package of rpm"),
        ("/usr/bin/none", "there is no file"),
        ("/usr/bin/broken", "the database is locked"),
    ],
)
def test_not_known(root: Path, path: str, why: str) -> None:
    found = ask(root, path)
    assert isinstance(found, Unknown)
    assert why in found.unknown


def test_no_rpm(root: Path) -> None:
    found = Rpm("rocky-9.4", root, str(root / "usr/bin/norpm")).owner_of("/usr/bin/perl")
    assert isinstance(found, Unknown)


def test_it_is_found_on_the_path(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{root}/usr/bin:/usr/bin:/bin")
    assert isinstance(packages_here(root).owner_of("/usr/bin/gcc"), DistributionPackage)


@pytest.mark.parametrize(
    "text", ["", "file /x is not owned by any package\n", "a\tb\n", "\t\t\t\n"]
)
def test_no_answer(text: str) -> None:
    assert read_answer(text) is None
