"""Small recipe repositories, written for each test; nothing of them is anybody else's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

from peso.products.recipes.library import Library
from peso.products.recipes.reader import read_recipe
from peso.products.recipes.record import Recipe, Unreadable
from peso.products.recipes.repository import Repositories, open_repository
from peso.products.recipes.source import FolderSource

BASES = {
    "maker": """
        from spack.package import *


        class MakerPackage(PackageBase):
            build_system("maker")
            variant("build_type", default="Release", values=("Debug", "Release"))
            with when("build_system=maker"):
                depends_on("gmake", type="build")

            def test_inherited(self):
                pass
    """,
    "accelerator": """
        from spack.package import PackageBase, any_combination_of, conflicts, depends_on, variant


        class AcceleratorPackage(PackageBase):
            kinds = ("a1", "a2")
            variant("accelerator", default=False, description="Use one")
            variant(
                "kind", values=any_combination_of(*kinds), when="+accelerator", sticky=True
            )
            for _kind in kinds:
                depends_on(f"driver kind={_kind}", when=f"+accelerator kind={_kind}")
            conflicts("kind=none", when="+accelerator")
    """,
    "snake": """
        from spack.package import PackageBase, classproperty, extends, build_system


        def _homepage(cls):
            if cls.shelf:
                name = cls.shelf.split("/")[0]
                return f"https://shelf.test/{name}/"
            return None


        class SnakePackage(PackageBase):
            shelf = None
            build_system("snake")
            extends("python")
            homepage = classproperty(_homepage)
    """,
}


def write_repository(
    root: Path,
    recipes: Mapping[str, str],
    *,
    namespace: str = "small",
    api: str = "v2.0",
    bases: Mapping[str, str] = BASES,
) -> Path:
    """Write a repository with recipes by folder name; returns its folder."""
    place = root / "spack_repo" / namespace if api.startswith("v2") else root / namespace
    place.mkdir(parents=True, exist_ok=True)
    (place / "repo.yaml").write_text(f"repo:\n  namespace: {namespace}\n  api: {api}\n")
    for folder, text in recipes.items():
        file = place / "packages" / folder / "package.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
    for name, text in bases.items():
        file = place / "build_systems" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text))
    return place


def read_any(root: Path, name: str, *more: Path) -> Recipe | Unreadable:
    """Read one package of a repository, with other repositories after it."""
    ordered = tuple(
        open_repository(FolderSource(one), number) for number, one in enumerate((root, *more))
    )
    library = Library(Repositories(ordered))
    return read_recipe(library, ordered[0], name, ordered[0].file_of(name)).recipe


def read(root: Path, name: str, *more: Path) -> Recipe:
    """Read one package that can be read."""
    recipe = read_any(root, name, *more)
    assert isinstance(recipe, Recipe), recipe
    return recipe


HEAD = "from spack.package import *\n"


def read_class(tmp_path: Path, body: str, before: str = "") -> Recipe:
    """Read a package `thing` whose class has this body, after other top-level code."""
    inside = indent(dedent(body).strip(), "    ")
    text = f"{HEAD}{dedent(before).strip()}\nclass Thing(PackageBase):\n{inside}\n"
    return read(write_repository(tmp_path, {"thing": text}), "thing")


def read_text(tmp_path: Path, text: bytes) -> Recipe | Unreadable:
    """Read a package `thing` whose recipe is these bytes."""
    root = write_repository(tmp_path, {"thing": ""})
    (root / "packages" / "thing" / "package.py").write_bytes(text)
    return read_any(root, "thing")
