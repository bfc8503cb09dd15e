"""How Spack is run for a workspace: what `peso.yaml` says becomes a site, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.products.engines.spack.test_checkouts import repository
from tests.products.engines.spack.test_head import git
from tests.products.engines.spack.test_tool import write_spack

from peso.base.yamls import parse_record
from peso.errors import BadInput
from peso.products.engines.spack.scope import Mirror, Recipes
from peso.products.engines.spack.site import Site
from peso.workspace_settings import Settings
from peso.workspace_spack import spack_site


def site(root: Path, text: str, **environment: str) -> Site:
    file = root / "peso.yaml"
    file.write_text(f"schema: peso.workspace/1\n{text}")
    return spack_site(parse_record(Settings, file), root, {"PATH": "/bin", **environment})


def test_paths_are_relative_to_the_workspace(tmp_path: Path) -> None:
    root = tmp_path / "work"
    (root / "site").mkdir(parents=True)
    write_spack(tmp_path / "spack")
    place = repository(tmp_path / "recipes")

    made = site(
        root,
        "recipes: [../recipes/repos/site]\n"
        "spack:\n  root: ../spack\n  config: [site]\n"
        "  mirrors: {disk: sources, net: 'https://mirror.example.org', cache: 'oci://x.org/y'}\n",
        PESO_SPACK="/nowhere",
    )

    assert made.spack.root == tmp_path / "spack"
    assert made.recipes == (Recipes(namespace="site", folder=place),)
    assert made.config == (root / "site",)
    assert made.mirrors == (
        Mirror(name="disk", place=str(root / "sources")),
        Mirror(name="net", place="https://mirror.example.org"),
        Mirror(name="cache", place="oci://x.org/y"),
    )


def test_recipes_at_a_commit_have_to_be_a_checkout_of_it(tmp_path: Path) -> None:
    spack = str(write_spack(tmp_path / "spack"))
    place = repository(tmp_path / "recipes")
    head = git(place, "rev-parse", "HEAD")

    made = site(tmp_path, f"recipes: ['{place}@{head}']\n", PESO_SPACK=spack)
    assert made.recipes[0].folder == place

    with pytest.raises(BadInput, match="is at another commit") as caught:
        site(tmp_path, f"recipes: ['{place}@{'0' * 40}']\n", PESO_SPACK=spack)
    assert "checkout" in str(caught.value.hint)


@pytest.mark.parametrize("text", ["recipes: [gone]\n", "spack: {config: [gone]}\n"])
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path, text: str) -> None:
    spack = str(write_spack(tmp_path / "spack"))

    with pytest.raises(BadInput, match="is no folder") as caught:
        site(tmp_path, text, PESO_SPACK=spack)
    assert caught.value.where == str(tmp_path / "peso.yaml")


def test_a_name_of_a_mirror_is_a_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        site(tmp_path, "spack: {mirrors: {'a b': x}}\n")
