"""Where archives are, beyond `url`: mirrors, lists, and what a recipe's own method gives."""

from __future__ import annotations

from pathlib import Path

from tests.products.recipes.repositories import HEAD, read, write_repository

from peso.products.recipes.record import Recipe

A = "a" * 64


def recipe(tmp_path: Path, text: str) -> Recipe:
    return read(write_repository(tmp_path, {"thing": f"{HEAD}{text}"}), "thing")


def test_a_list_of_urls(tmp_path: Path) -> None:
    text = (
        'class Thing(Package):\n    urls = ["https://a.test/t-1.tar", "https://b.test/t-1.tar"]\n'
    )
    found = recipe(tmp_path, text)
    assert found.urls == ("https://a.test/t-1.tar", "https://b.test/t-1.tar")
    assert not found.computes_url


def test_a_path_in_mirrors(tmp_path: Path) -> None:
    text = """
class Archive(Package):
    base_mirrors = ["https://a.test/", "https://b.test/gnu/"]

    @property
    def urls(self):
        return [join_url(one, self.gnu_mirror_path) for one in self.base_mirrors]


class Thing(Archive):
    gnu_mirror_path = "thing/thing-1.tar.gz"
"""
    found = recipe(tmp_path, text)
    assert found.urls == (
        "https://a.test/thing/thing-1.tar.gz",
        "https://b.test/gnu/thing/thing-1.tar.gz",
    )


COMPUTING = f"""
class Thing(Package):
    git = "https://x.test/thing.git"
    version("main", branch="main")
    version("3.1", sha256="{A}")
    version("2.0", sha256="{A}")
    version("1.0", sha256="{A}")
    version("0.1", sha256="{A}", url="https://x.test/own.tar.gz")

    def url_for_version(self, version):
        if version >= Version("3"):
            return super().url_for_version(version)
        ending = "xz" if version > Version("1.5") else "gz"
        return "https://x.test/%s/thing-%s.tar.%s" % (version.up_to(1), version, ending)
"""


def test_a_method_computes_them(tmp_path: Path) -> None:
    found = recipe(tmp_path, COMPUTING)
    assert found.computes_url
    assert {one.number: one.computed_url for one in found.versions} == {
        "main": "",
        "3.1": "",
        "2.0": "https://x.test/2/thing-2.0.tar.xz",
        "1.0": "https://x.test/1/thing-1.0.tar.gz",
        "0.1": "",
    }
    assert found.unread == ()


def test_a_method_that_never_ends_costs_only_its_urls(tmp_path: Path) -> None:
    text = f"""
class Thing(Package):
    version("1.0", sha256="{A}")

    def url_for_version(self, version):
        for one in range(10**6):
            for two in range(10**6):
                pass
"""
    found = recipe(tmp_path, text)
    assert found.versions[0].computed_url == ""
