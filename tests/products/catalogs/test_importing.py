"""An import is merged field by field: upstream's changes come in, people's edits stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.yamls import load
from peso.errors import BadInput
from peso.products.catalogs.importing import Imported, import_catalog
from peso.products.catalogs.merge import CONFLICTS
from peso.products.product import load_product


def _rules(done: Imported) -> list[str]:
    return [one.rule for one in done.findings]


def _files(workspace: Path) -> dict[str, bytes]:
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for path in sorted(workspace.rglob("*"))
        if path.is_file()
    }


def _replace(file: Path, was: str, now: str) -> None:
    text = file.read_text()
    assert was in text
    file.write_text(text.replace(was, now))


def test_a_catalog_becomes_files_of_the_workspace(ponds: Path, workspace: Path) -> None:
    done = import_catalog(workspace, "cass", ponds)
    product = load_product(workspace / "products" / "heron.yaml")

    assert done.entries == {
        "products": 2,
        "members": 1,
        "officers": 1,
        "terms": 1,
        "people": 2,
        "foundations": 1,
        "areas": 2,
        "working-groups": 1,
        "events": 1,
        "stories": 1,
    }
    assert len(done.made) == 13
    assert product.spack == ("heron",)
    assert (workspace / "consortium" / "events" / "evenings" / "croak.yaml").is_file()


def test_the_mirror_is_the_catalog_byte_for_byte(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)

    assert _files(workspace / "consortium" / "upstream" / "cass") == _files(ponds)


def test_the_same_import_again_changes_nothing(ponds: Path, workspace: Path) -> None:
    first = import_catalog(workspace, "cass", ponds)
    before = _files(workspace)
    second = import_catalog(workspace, "cass", ponds)

    assert _files(workspace) == before
    assert (second.made, second.updated, second.same, second.mirrored) == ((), (), 13, 0)
    assert second.findings == first.findings


def test_what_the_catalog_changed_comes_in_and_an_edit_stays(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    ours = workspace / "products" / "heron.yaml"
    _replace(ours, "license: BSD-3-Clause", "license: MIT  # asked the authors")
    _replace(ponds / "_software" / "heron.md", "spack_name: heron", "spack_name: grey-heron")
    done = import_catalog(workspace, "cass", ponds)
    product = load_product(ours)

    assert done.updated == ("products/heron.yaml",)
    assert (product.license, product.spack) == ("MIT", ("grey-heron",))
    assert "# asked the authors" in ours.read_text()
    assert "catalog.conflict" not in _rules(done)


def test_a_change_of_lines_only_moves_the_sources(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    _replace(ponds / "_software" / "heron.md", "name: Heron\n", "# more\nname: Heron\n")
    import_catalog(workspace, "cass", ponds)
    product = load_product(workspace / "products" / "heron.yaml")

    assert next(product.said("name")) == ("cass", "_software/heron.md", 4)


def _conflict(ponds: Path, workspace: Path) -> Imported:
    import_catalog(workspace, "cass", ponds)
    _replace(workspace / "products" / "heron.yaml", "license: BSD-3-Clause", "license: MIT")
    _replace(ponds / "_software" / "heron.md", '"BSD-3-Clause"', "Apache-2.0")
    return import_catalog(workspace, "cass", ponds)


def test_a_conflict_is_a_finding_until_it_is_decided(ponds: Path, workspace: Path) -> None:
    done = _conflict(ponds, workspace)
    (said,) = [one for one in done.findings if one.rule == "catalog.conflict"]
    line = load(workspace / "products" / "heron.yaml")[1].at(("license",))[0]

    assert load_product(workspace / "products" / "heron.yaml").license == "MIT"
    assert said.where == f"products/heron.yaml:{line}"
    assert said.level == "high"
    assert "catalog.conflict" in _rules(import_catalog(workspace, "cass", ponds))


def test_a_conflict_ends_when_the_workspace_follows(ponds: Path, workspace: Path) -> None:
    _conflict(ponds, workspace)
    _replace(workspace / "products" / "heron.yaml", "license: MIT", "license: Apache-2.0")

    assert "catalog.conflict" not in _rules(import_catalog(workspace, "cass", ponds))
    assert not (workspace / CONFLICTS).exists()


def test_a_conflict_ends_when_the_catalog_follows(ponds: Path, workspace: Path) -> None:
    _conflict(ponds, workspace)
    _replace(ponds / "_software" / "heron.md", "Apache-2.0", "MIT")

    assert "catalog.conflict" not in _rules(import_catalog(workspace, "cass", ponds))


def test_a_conflict_struck_from_the_list_is_decided(ponds: Path, workspace: Path) -> None:
    _conflict(ponds, workspace)
    (workspace / CONFLICTS).unlink()

    assert "catalog.conflict" not in _rules(import_catalog(workspace, "cass", ponds))
    assert load_product(workspace / "products" / "heron.yaml").license == "MIT"


def test_a_field_can_be_blanked_and_filled_upstream(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    ours = workspace / "products" / "heron.yaml"
    _replace(ponds / "_software" / "heron.md", "spack_name: heron", "spack_name:")
    import_catalog(workspace, "cass", ponds)

    assert load_product(ours).spack == ()
    assert "\nspack:" not in ours.read_text()

    _replace(ponds / "_software" / "heron.md", "spack_name:", "spack_name: heron")
    import_catalog(workspace, "cass", ponds)

    assert load_product(ours).spack == ("heron",)


def test_a_product_removed_here_stays_removed(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    (workspace / "products" / "stork.yaml").unlink()
    done = import_catalog(workspace, "cass", ponds)

    assert "catalog.removed-here" in _rules(done)
    assert not (workspace / "products" / "stork.yaml").exists()


def test_a_product_gone_upstream_stays_here(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    (ponds / "_software" / "stork.md").unlink()
    done = import_catalog(workspace, "cass", ponds)

    assert "catalog.gone-upstream" in _rules(done)
    assert (workspace / "products" / "stork.yaml").is_file()
    assert not (workspace / "consortium/upstream/cass/_software/stork.md").exists()


def test_a_file_that_is_no_product_is_left_alone(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    ours = workspace / "products" / "heron.yaml"
    _replace(ours, "name: Heron", "nane: Heron")
    before = ours.read_bytes()
    _replace(ponds / "_software" / "heron.md", "spack_name: heron", "spack_name: grey-heron")
    done = import_catalog(workspace, "cass", ponds)

    assert ours.read_bytes() == before
    assert [one.where for one in done.findings if one.rule == "catalog.not-a-record"] == [
        "products/heron.yaml:1",
        "products/heron.yaml:2",
    ]


def test_a_product_written_by_hand_before_is_filled_in(ponds: Path, workspace: Path) -> None:
    ours = workspace / "products" / "heron.yaml"
    ours.parent.mkdir()
    ours.write_text("schema: peso.product/1\nname: Heron  # ours\nlicense: MIT\n")
    done = import_catalog(workspace, "cass", ponds)
    product = load_product(ours)

    assert (product.spack, product.license) == (("heron",), "MIT")
    assert "# ours" in ours.read_text()
    assert "catalog.conflict" in _rules(done)


def test_a_file_in_braces_is_written_anew(ponds: Path, workspace: Path) -> None:
    ours = workspace / "products" / "heron.yaml"
    ours.parent.mkdir()
    ours.write_text("{schema: peso.product/1, name: Heron}\n")
    import_catalog(workspace, "cass", ponds)

    assert load_product(ours).spack == ("heron",)


def test_an_import_killed_before_the_mirror_is_repeated(ponds: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    old = (workspace / "consortium/upstream/cass/_software/heron.md").read_bytes()
    _replace(ponds / "_software" / "heron.md", "spack_name: heron", "spack_name: grey-heron")
    import_catalog(workspace, "cass", ponds)
    (workspace / "consortium/upstream/cass/_software/heron.md").write_bytes(old)
    done = import_catalog(workspace, "cass", ponds)

    assert "catalog.conflict" not in _rules(done)
    assert load_product(workspace / "products" / "heron.yaml").spack == ("grey-heron",)


def test_a_folder_without_a_catalog_is_bad_input(workspace: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing of the catalog"):
        import_catalog(workspace, "cass", workspace)
    with pytest.raises(BadInput, match="no such folder"):
        import_catalog(workspace, "cass", tmp_path / "nowhere")
    with pytest.raises(BadInput, match="no catalog 'npm'"):
        import_catalog(workspace, "npm", workspace)


def test_a_link_and_a_large_file_are_left_out_and_said(ponds: Path, workspace: Path) -> None:
    (ponds / "_software" / "link.md").symlink_to("heron.md")
    (ponds / "_software" / "loop").symlink_to(".")
    (ponds / "_software" / "large.md").write_bytes(b"---\nname: x\n---\n" + b"x" * (600 << 10))
    done = import_catalog(workspace, "cass", ponds)
    said = {one.where: one.rule for one in done.findings}

    assert said[f"{ponds}/_software/link.md:1"] == "catalog.not-read"
    assert said[f"{ponds}/_software/large.md:1"] == "catalog.unreadable"


def test_e4s_adds_to_what_the_consortium_says(ponds: Path, e4s: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    done = import_catalog(workspace, "e4s", e4s)
    heron = load_product(workspace / "products" / "heron.yaml")
    gull = load_product(workspace / "products" / "gull.yaml")
    tern = load_product(workspace / "products" / "tern.yaml")
    owl = load_product(workspace / "products" / "owl.yaml")

    assert heron.areas == ("Wading birds", "Fishing")
    assert heron.e4s == ("HERON",)
    assert heron.kept["e4s"]["docs"] == ["README.md", {"doc": "LICENSE", "chars": 40}]
    assert [catalog for catalog, _, _ in heron.said("description")] == ["cass", "e4s"]
    assert (gull.spack, gull.areas, gull.description) == (("py-gull",), ("Birds",), "Another bird")
    assert gull.links[0].url == "https://example.org/birds/gull"
    assert gull.kept["e4s"]["Colour"] == "white"
    assert (tern.e4s, owl.description) == (("tern",), "Only here")
    assert {"catalog.key-unknown", "catalog.no-metadata", "catalog.no-product"} <= set(_rules(done))
    assert import_catalog(workspace, "e4s", e4s).updated == ()
    assert import_catalog(workspace, "cass", ponds).updated == ()


def test_the_roots_of_e4s_environments_are_kept_by_package(e4s: Path, workspace: Path) -> None:
    import_catalog(workspace, "e4s", e4s)
    data, _ = load(workspace / "consortium" / "e4s-roots.yaml")

    assert data["environments"] == ["x86_64/cpu"]
    assert sorted(data["packages"]) == ["heron", "plover", "stork"]


def test_a_root_no_product_has_is_said_at_its_line(ponds: Path, e4s: Path, workspace: Path) -> None:
    import_catalog(workspace, "cass", ponds)
    done = import_catalog(workspace, "e4s", e4s)

    assert [one.where for one in done.findings if one.rule == "catalog.no-product"] == [
        f"{e4s}/environments/x86_64/cpu/spack.yaml:6"
    ]


def test_two_products_with_one_package_are_told_apart_by_name(
    ponds: Path, e4s: Path, workspace: Path
) -> None:
    page = (ponds / "_software" / "heron.md").read_text()
    other = page.replace("name: Heron", "name: Heronry").replace("e4s_product: HERON", "")
    (ponds / "_software" / "heronry.md").write_text(other)
    _replace(ponds / "_software" / "heron.md", "e4s_product: HERON", "e4s_product:")
    import_catalog(workspace, "cass", ponds)
    done = import_catalog(workspace, "e4s", e4s)

    assert "catalog.ambiguous" not in _rules(done)
    assert load_product(workspace / "products" / "heron.yaml").e4s == ("heron",)
    assert load_product(workspace / "products" / "heronry.yaml").e4s == ()


def test_the_order_of_imports_does_not_matter(ponds: Path, e4s: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, order in ((one, ("cass", "e4s")), (two, ("e4s", "cass"))):
        folder.mkdir()
        for name in order:
            import_catalog(folder, name, ponds if name == "cass" else e4s)

    first, second = (load_product(folder / "products" / "heron.yaml") for folder in (one, two))
    assert first == second


def test_e4s_repositories_are_imported_one_by_one(e4s: Path, workspace: Path) -> None:
    import_catalog(workspace, "e4s", e4s)
    before = _files(workspace)
    for part in ("data", "environments", "_data"):
        alone = e4s.parent / f"only-{part}"
        (alone / part).parent.mkdir()
        (e4s / part).rename(alone / part)
        done = import_catalog(workspace, "e4s", alone)

        assert (done.made, done.updated, done.mirrored) == ((), (), 0)
        assert all(str(alone) in (one.where or "") for one in done.findings)
    assert _files(workspace) == before
