"""The static site: every link in it leads to a file that is there, in a folder, below any path."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pytest
from tests.portal.look.reading import read
from tests.portal.small import ERROR_LINE, PESO, Live, run

URL = "https://example.org/below/portal"


@pytest.fixture(scope="module")
def site(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "site"
    argv = [*PESO, "portal", "export", str(folder), "--in", str(live.folder)]
    said = json.loads(run(*argv, "--url", URL, "--logs", "--json", cwd=live.folder))
    assert said["pages"] == len(list(folder.rglob("*.html")))
    assert said["largest_bytes"] < 150_000
    return folder


def test_no_link_is_dead_and_none_leaves_the_folder(site: Path) -> None:
    pages = {file: file.read_text() for file in site.rglob("*.html")}
    found = {file: read(text, str(file)) for file, text in pages.items()}
    for file, text in pages.items():
        for to, _ in dict.fromkeys(found[file].links):
            parts = urlsplit(to)
            if parts.scheme or to.startswith("//"):
                continue
            target = Path(unquote(parts.path))
            assert target.is_file(), (file, to)
            assert target.is_relative_to(site), (file, to)
            if parts.fragment:
                assert parts.fragment in found[target].ids, (file, to)
        assert 'href="/' not in text
        assert 'src="/' not in text
        assert "<form" not in text


def test_all_kinds_of_pages_are_there(site: Path) -> None:
    for name in (
        "index.html",
        "products/halden/index.html",
        "products/halden/codemeta.json",
        "recipes/mpi/index.html",
        "recipes/nowhere/index.html",
        "impact/openring/index.html",
        "releases/testing/north/26.11/index.html",
        "stacks/north/index.html",
        "robots.txt",
    ):
        assert (site / name).is_file(), name
    assert list(site.glob("products/q/area=*/index.html"))
    assert list(site.glob("compare/q/*/index.html"))


def test_a_red_cell_is_two_clicks_from_the_first_error_here_too(site: Path) -> None:
    file = site / "matrix" / "index.html"
    red = [to for to, words in read(file.read_text(), str(file)).links if "fail" in words]
    runs = Path(unquote(red[0]))
    first = [to for to, words in read(runs.read_text(), str(runs)).links if "first error" in words]

    assert len(red) == len(first) == 1
    assert urlsplit(first[0]).fragment == f"L{ERROR_LINE}"


def test_feeds_and_sitemaps_say_the_public_address(site: Path) -> None:
    feed = ET.parse(site / "feeds" / "releases.atom").getroot()
    hrefs = {one.get("href", "") for one in feed.iter("{http://www.w3.org/2005/Atom}link")}
    places = [one.text or "" for file in site.glob("sitemap*.xml") for one in ET.parse(file).iter()]
    named = [one.strip() for one in places if one.strip().startswith("http")]

    assert f"{URL}/releases/testing/north/26.11/" in hrefs
    for one in named:
        assert one.startswith(f"{URL}/"), one
        below = one.removeprefix(f"{URL}/")
        assert (site / below).is_file() or (site / below / "index.html").is_file(), one


def test_a_folder_of_something_else_is_left_alone(live: Live, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    program = (
        "from pathlib import Path; from peso.portal import export, serve;"
        f"export.export(serve.config_in(Path({str(live.folder)!r}), url='http://a.example'),"
        f" Path({str(tmp_path)!r}))"
    )
    with pytest.raises(AssertionError, match="not empty, and no export"):
        run("-c", program, cwd=live.folder)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
