"""Which recipes an environment is judged by, and what is said where some are not at hand."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.products.lint.conftest import BUILTIN, SITE, Lint

from peso.errors import BadInput
from peso.products.lint.record import LintReport, Severity

Write = Callable[[str], Path]
VERSION = '    version("2.0", sha256="' + "2" * 64 + '")\n'


def found(report: LintReport) -> list[tuple[str, Severity]]:
    return [(one.rule, one.severity) for one in report.findings]


def git(folder: Path, *words: str) -> str:
    argv = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    return subprocess.run(
        argv, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def history(tmp_path: Path) -> tuple[Path, str, str]:
    """Return a repository in git and two commits: in the second zlib has the version 2.0 too."""
    folder = tmp_path / "recipes"
    shutil.copytree(BUILTIN, folder)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    first = git(folder, "rev-parse", "HEAD")
    recipe = folder / "packages" / "zlib" / "package.py"
    recipe.write_text(
        recipe.read_text().replace('    version("1.3.1"', f'{VERSION}    version("1.3.1"')
    )
    git(folder, "commit", "-qam", "second")
    git(folder, "tag", "v2")
    return folder, first, git(folder, "rev-parse", "HEAD")


def test_without_recipes_packages_are_not_looked_up(lint: Lint, spack_yaml: Write) -> None:
    report = lint(spack_yaml("specs: [zlbi +nosuch]"), repos=())

    assert report.ok
    assert not report.findings
    assert "packages were not looked up: no recipe repository; give --repo" in map(
        str, report.unchecked
    )


def test_a_commit_is_honored(lint: Lint, spack_yaml: Write, history: tuple[Path, str, str]) -> None:
    folder, first, second = history
    file = spack_yaml("specs: ['zlib@2.0']")

    old = lint(file, repos=(f"{folder}@{first}",))
    new = lint(file, repos=(f"{folder}@{second}",))
    tagged = lint(file, repos=(f"{folder}@v2",))

    assert found(old) == [("unknown-version", Severity.ERROR)]
    assert found(new) == found(tagged) == []
    assert old.recipes[0].repository == f"{folder}@{first}"
    assert tagged.recipes[0].repository == f"{folder}@{second}"


@pytest.mark.parametrize("pin", ["commit", "tag"])
def test_what_an_environment_pins_is_honored(
    lint: Lint, spack_yaml: Write, history: tuple[Path, str, str], pin: str
) -> None:
    folder, first, _ = history
    git(folder, "tag", "v1", first)
    value = {"commit": first, "tag": "v1"}[pin]
    file = spack_yaml(
        f"repos: {{builtin: {{git: 'https://example.org/r.git', {pin}: {value}}}}}\n"
        "specs: ['zlib@2.0']"
    )

    report = lint(file, repos=(folder,))

    assert found(report) == [("unknown-version", Severity.ERROR)]
    assert report.recipes[0].repository == f"{folder}@{first}"
    assert report.recipes[0].why.startswith("pinned in")


def test_a_pin_that_is_not_at_hand_makes_errors_of_recipes_warnings(
    lint: Lint, spack_yaml: Write, history: tuple[Path, str, str]
) -> None:
    folder, _, _ = history
    file = spack_yaml(
        f"repos: {{builtin: {{git: 'https://example.org/r.git', commit: {'a' * 40}}}}}\n"
        "specs: ['zlib@7', zlbi]"
    )

    report = lint(file, repos=(folder,))

    assert found(report) == [("unknown-version", Severity.WARNING)]
    assert any("is not in" in one.reason for one in report.unchecked)
    assert any("whether there is a package zlbi" in one.what for one in report.unchecked)


def test_an_overlay_comes_first(lint: Lint, spack_yaml: Write) -> None:
    file = spack_yaml("specs: ['zlib@9.9', sitetool]")

    assert found(lint(file, repos=(SITE, BUILTIN))) == []
    assert found(lint(file, repos=(BUILTIN, SITE))) == [("unknown-version", Severity.ERROR)]


def test_an_overlay_of_the_environment_comes_before_what_is_given(
    lint: Lint, spack_yaml: Write
) -> None:
    file = spack_yaml(f"repos: {{site: '{SITE}'}}\nspecs: ['zlib@9.9', sitetool, cmake]")

    report = lint(file)

    assert found(report) == []
    assert [one.namespace for one in report.recipes] == ["site", "builtin"]


def test_what_is_given_stands_for_a_path_of_the_same_namespace(
    lint: Lint, spack_yaml: Write, history: tuple[Path, str, str]
) -> None:
    folder, first, _ = history
    file = spack_yaml(f"repos: {{builtin: '{folder}'}}\nspecs: ['zlib@2.0']")

    assert found(lint(file, repos=())) == []
    assert found(lint(file, repos=(f"{folder}@{first}",))) == [("unknown-version", Severity.ERROR)]


@pytest.mark.parametrize(
    "repos", ["{ours: ./not-there}", "{ours: {git: 'https://example.org/ours.git'}}"]
)
def test_a_name_is_no_fault_where_an_overlay_is_not_at_hand(
    lint: Lint, spack_yaml: Write, repos: str
) -> None:
    report = lint(spack_yaml(f"repos: {repos}\nspecs: [ourtool]"))

    assert "unknown-package" not in dict(found(report))
    assert any("ourtool" in one.what for one in report.unchecked)


def test_an_overlay_that_is_not_at_hand_may_say_otherwise(lint: Lint, spack_yaml: Write) -> None:
    report = lint(spack_yaml("repos: {ours: ./not-there}\nspecs: [zlib +nosuch]"))

    assert found(report) == [("unknown-variant", Severity.WARNING)]
    assert report.ok


def test_an_include_that_is_not_read_may_name_recipes(lint: Lint, spack_yaml: Write) -> None:
    report = lint(spack_yaml("include: ['https://example.org/repos.yaml']\nspecs: [ourtool]"))

    assert found(report) == [("include-unreached", Severity.WARNING)]


def test_the_catalog_last_indexed_is_used(lint: Lint, spack_yaml: Write, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    (cache / "peso" / "catalog").mkdir(parents=True)
    (cache / "peso" / "catalog" / "current.json").write_text(f'{{"repositories": ["{BUILTIN}"]}}')

    report = lint(spack_yaml("specs: [zlbi]"), repos=(), XDG_CACHE_HOME=str(cache))

    assert found(report) == [("unknown-package", Severity.ERROR)]
    assert report.recipes[0].why == "last indexed"


def test_the_recipes_of_a_spack_are_used(lint: Lint, spack_yaml: Write, tmp_path: Path) -> None:
    settings = tmp_path / "settings"
    settings.mkdir()
    (settings / "repos.yaml").write_text(f"repos::\n  builtin: {BUILTIN}\n")

    report = lint(
        spack_yaml("specs: [zlbi]"),
        repos=(),
        XDG_CACHE_HOME=str(tmp_path),
        PESO_SPACK="/opt/spack/bin/spack",
        SPACK_USER_CONFIG_PATH=str(settings),
    )

    assert found(report) == [("unknown-package", Severity.ERROR)]
    assert report.recipes[0].why.startswith("PESO_SPACK")


def test_what_is_no_repository_is_wrong_use(lint: Lint, spack_yaml: Write, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no recipe repository"):
        lint(spack_yaml("specs: [zlib]"), repos=(tmp_path,))


def test_the_old_layout_of_repositories_is_read(lint: Lint, spack_yaml: Write) -> None:
    old = BUILTIN.parent / "old_layout"

    report = lint(spack_yaml("specs: [old-tool@1.0, old-tool@2]"), repos=(old,))

    assert found(report) == [("unknown-version", Severity.ERROR)]
