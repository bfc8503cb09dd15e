"""Fixtures of the linter's tests: recipes of our own, and a run over a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import peso
from peso.products.lint.record import LintReport

HERE = Path(__file__).parent
BUILTIN = HERE / "recipes" / "builtin"
SITE = HERE / "recipes" / "site"

Lint = Callable[..., LintReport]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder for all tests: what is in it is keyed by content."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def lint(cache: Path) -> Lint:
    """Lint paths with the tests' own recipes."""

    def run(
        *paths: Path, repos: tuple[str | Path, ...] = (BUILTIN,), host: bool = False, **more: str
    ) -> LintReport:
        variables = {"XDG_CACHE_HOME": str(cache), "HOME": str(cache), **more}
        return peso.lint(paths, repos=repos, host=host, environment=variables)

    return run


@pytest.fixture
def spack_yaml(tmp_path: Path) -> Callable[[str], Path]:
    """Write an environment; what is given stands under `spack:`."""

    def write(text: str) -> Path:
        file = tmp_path / "spack.yaml"
        body = "".join(f"  {line}\n" for line in text.splitlines())
        file.write_text(f"spack:\n{body}")
        return file

    return write
