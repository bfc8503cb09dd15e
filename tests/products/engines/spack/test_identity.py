"""What decides a lock, in one text: it changes with each of them, and starts no Spack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.products.engines.spack.sites import PretendingSpack
from tests.products.engines.spack.test_checkouts import repository

from peso.products.engines.spack.identity import checkouts, identity
from peso.products.engines.spack.scope import Mirror, Recipes


def test_each_of_them_changes_it(tmp_path: Path) -> None:
    spack = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    place = repository(tmp_path / "recipes")
    site = replace(spack.site, recipes=(Recipes(namespace="site", folder=place),))
    said = [identity(site)]

    def changed(**what: object) -> bool:
        said.append(identity(replace(site, **what)))  # type: ignore[arg-type]
        return len(set(said)) == len(said)

    assert identity(site) == said[0]
    assert changed(recipes=())
    assert changed(mirrors=(Mirror(name="a", place="b"),))
    assert changed(spack=replace(site.spack, commit="6" * 40))
    assert changed(environment={**site.environment, "PATH": "/bin"})
    (place / "new.py").write_text("a change that is not committed\n")
    assert changed()
    (tmp_path / "home" / ".spack").mkdir(parents=True)
    (tmp_path / "home" / ".spack" / "config.yaml").write_text("config: {}\n")
    assert changed()
    assert spack.asked == ()


def test_spack_comes_first_then_the_recipes(tmp_path: Path) -> None:
    spack = PretendingSpack(tmp_path / "spack", tmp_path / "home")
    place = repository(tmp_path / "recipes")
    site = replace(spack.site, recipes=(Recipes(namespace="site", folder=place),))

    assert [one.name for one in checkouts(site)] == ["spack", "site"]
