"""The pages' structure, text and links, without a browser."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from peso.services.delivery.pages import page

NOW = datetime(2026, 11, 23, 14, 2, 11, tzinfo=UTC)
ROOT = "0123456789abcdef" * 4
VOID = {"meta", "link", "br"}
HOSTILE = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"


class Outline(HTMLParser):
    """Reads a page's elements; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str) -> list[tuple[str, dict[str, str]]]:
        return [element for element in self.elements if element[0] in tags]


def commands(text: str) -> dict[str, str]:
    found = re.findall(r'<pre data-peso-command="(\w+)"><code>([^<]*)</code></pre>', text)
    return {name: command.replace("&#39;", "'") for name, command in found}


def render(*views: page.ReleaseView, **changes: Any) -> dict[str, str]:  # noqa: ANN401
    arguments: dict[str, Any] = {"root_sha256": ROOT, "development": False, "made": NOW}
    pages = page.render(views, **(arguments | changes))
    return {one.path: one.data.decode() for one in pages}


def test_one_page_for_all_and_one_for_each(pages: dict[str, str]) -> None:
    assert set(pages) == {
        "index.html",
        "releases/testing/hpc-ai-26.11.html",
        "releases/testing/hpc-ai-26.10.html",
        "releases/testing/bad-26.11.html",
        "releases/stable/blind-26.11.html",
    }


def test_equal_input_gives_equal_bytes_in_any_order(several: tuple[page.ReleaseView, ...]) -> None:
    made = {
        tuple(sorted(render(*order).items()))
        for order in (several, several[::-1], several[2:] + several[:2])
    }
    assert len(made) == 1


def test_times_are_utc_wherever_the_page_is_made(several: tuple[page.ReleaseView, ...]) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    assert "2026-11-23 14:02 UTC" in render(several[0], made=elsewhere)["index.html"]


def test_outline_of_every_page(pages: dict[str, str]) -> None:
    titles = set()
    for path, text in pages.items():
        outline = Outline(text)
        assert text.startswith("<!doctype html>"), path
        assert outline.elements[0] == ("html", {"lang": "en"})
        assert len(outline.all("h1")) == len(outline.all("main")) == 1
        assert len(outline.all("header")) == len(outline.all("footer")) == 1
        levels = [int(tag[1]) for tag, _ in outline.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels)), path
        ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        titles.add(re.findall(r"<title>(.*?)</title>", text)[0])
    assert len(titles) == len(pages)


def test_tables_can_be_understood_and_scrolled(pages: dict[str, str]) -> None:
    for text in pages.values():
        outline = Outline(text)
        assert len(outline.all("table")) == len(outline.all("caption"))
        assert all(head.get("scope") in {"col", "row"} for _, head in outline.all("th"))
        regions = [one for _, one in outline.elements if one.get("role") == "region"]
        labels = [one["aria-label"] for one in regions]
        assert len(regions) == len(outline.all("table"))
        assert all(one["tabindex"] == "0" for one in regions)
        assert len(labels) == len(set(labels))


def test_nothing_comes_from_outside_and_nothing_runs(pages: dict[str, str]) -> None:
    for text in pages.values():
        outline = Outline(text)
        assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
        assert not re.search(r"https?:|//\w|@import|url\(", text)
        assert not outline.all("script", "img", "iframe", "form", "object", "svg")
        assert not [one for _, one in outline.elements if any(k.startswith("on") for k in one)]
        assert [one["href"] for _, one in outline.all("link")] == ["data:,"]


def test_every_link_ends_at_a_named_file(
    pages: dict[str, str], several: tuple[page.ReleaseView, ...]
) -> None:
    blobs = {
        f"blobs/sha256/{file.sha256[:2]}/{file.sha256}"
        for view in several
        for file in view.manifest.files
    }
    for path, text in pages.items():
        outline = Outline(text)
        ids = {one["id"] for _, one in outline.elements if "id" in one}
        links = [one for _, one in outline.all("a")]
        assert links
        for link in links:
            href = link["href"]
            if href.startswith("#"):
                assert href[1:] in ids
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), href))
            assert target in (blobs if "download" in link else pages), (path, href)


def test_downloads_have_names_a_person_can_keep(pages: dict[str, str]) -> None:
    outline = Outline(pages["releases/testing/hpc-ai-26.11.html"])
    names = {one["download"] for _, one in outline.all("a") if "download" in one}
    assert "hpc-ai-26.11-bom.cdx.json" in names
    assert "hpc-ai-26.11-bom.spdx.json" in names
    assert "hpc-ai-26.11-provenance.dsse.json" in names
    assert "hpc-ai-26.11-ring-4.stdout.txt" in names
    assert "numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl" in names


def test_what_is_not_shipped_is_not_linked(release: Callable[..., Any]) -> None:
    sample = release()
    kept = tuple(file for file in sample.manifest.files if file.role != "log")
    view = page.view(sample.manifest.model_copy(update={"files": kept}), sample.read)
    text = render(view)[view.path]
    assert "(not shipped)" in text
    assert "stdout.txt" not in text


def test_hostile_text_stays_text(release: Callable[..., Any]) -> None:
    view = release(title=HOSTILE, summary=HOSTILE).view()
    for text in render(view).values():
        assert "<script" not in text
        assert "{{ 7 * 7 }}" in Outline(text).text
        assert not [one for _, one in Outline(text).elements if "alert(1)" in one]


def test_development_keys_are_said_on_every_page(several: tuple[page.ReleaseView, ...]) -> None:
    for development in (True, False):
        for text in render(*several, development=development).values():
            assert ("Signed with development keys" in text) is development
            for name, command in commands(text).items():
                flag = "--unsafe-development-keys" in shlex.split(command)
                assert flag is (development and name in {"verify", "install"})


def test_commands_of_the_only_release(release: Callable[..., Any]) -> None:
    view = release().view()
    assert commands(render(view, development=True)[view.path]) == {
        "digest": "sha256sum public.root.json",
        "verify": "peso verify public --root public.root.json --unsafe-development-keys",
        "install": "peso install public --prefix hpc-ai-26.11 --root public.root.json "
        "--unsafe-development-keys",
        "use": "hpc-ai-26.11/bin/python --version",
        "pin": f"peso trust add public.root.json --sha256 {ROOT}",
    }


def test_install_names_the_release_where_there_are_several(release: Callable[..., Any]) -> None:
    views = [
        release(version=version, channel=channel).view()
        for version, channel in (("26.10", "testing"), ("26.11", "testing"), ("26.11", "stable"))
    ]
    pages = render(*views)
    install = {path: commands(text)["install"] for path, text in pages.items() if "/" in path}
    start = "peso install public --release hpc-ai"
    assert install == {
        "releases/testing/hpc-ai-26.10.html": f"{start}@26.10 --prefix hpc-ai-26.10 "
        "--root public.root.json",
        "releases/testing/hpc-ai-26.11.html": f"{start}@26.11 --channel testing "
        "--prefix hpc-ai-26.11 --root public.root.json",
        "releases/stable/hpc-ai-26.11.html": f"{start}@26.11 --channel stable "
        "--prefix hpc-ai-26.11 --root public.root.json",
    }


def test_commands_are_quoted_for_a_shell(release: Callable[..., Any]) -> None:
    text = render(release().view(), publication="the releases")["index.html"]
    verify = commands(text)["verify"]
    assert shlex.split(verify)[2:] == ["the releases", "--root", "the releases.root.json"]


def test_trust_and_freshness_are_said(pages: dict[str, str], release: Callable[..., Any]) -> None:
    for text in pages.values():
        said = Outline(text).text
        assert "Compare it with one you got another way" in said
        assert "signed anew every 7 days" in said
    assert "signed anew every 3 days" in render(release().view(), fresh_days=3)["index.html"]


def test_a_release_says_what_is_in_it(pages: dict[str, str]) -> None:
    said = Outline(pages["releases/testing/hpc-ai-26.11.html"]).text
    assert "Message passing, parallel files" in said
    assert "For CPython 3.11 on Linux x86_64 with glibc 2.28 or newer." in said
    assert "44 units, 135 MB 11 named by the stack, 33 pulled in" in said
    assert "h5py: The HDF5 in this wheel is a serial build" in said
    assert "built from parsl-2026.11.16.tar.gz" in said
    assert "? Unknown the metadata names none" in said
    assert said.index("Products the stack names") < said.index("What they pull in")
    assert "index.invalid" not in said


def test_a_release_says_what_was_tested(pages: dict[str, str]) -> None:
    said = Outline(pages["releases/testing/hpc-ai-26.11.html"]).text
    assert "12 of 12 runs passed 9 tests" in said
    assert "64 \u00d7 x86_64" in said
    assert "glibc 2.36" in said
    assert "node17" not in said  # the host's own name is nobody's business
    assert "residual < 1e-10 ✓ 3.1825e-13 as expected" in said
    assert "latency_us kept 1.27 1.27" in said
    assert "python tests/sparse_solve.py --seed 2611" in said


def test_failures_are_said_in_words(pages: dict[str, str]) -> None:
    said = Outline(pages["releases/testing/bad-26.11.html"]).text
    assert "✗ Fail 5 of 6 rules of policy default met" in said
    assert "✗ 3.2 not as expected" in said
    assert "✗ not printed" in said
    assert "left running: python -m parsl.worker --id 7" in said
    assert "1 process was still running when the test ended" in said


def test_coverage_findings_and_waivers(pages: dict[str, str]) -> None:
    said = Outline(pages["releases/testing/hpc-ai-26.11.html"]).text
    assert "38 of 44 units are covered by an advisory source" in said
    assert "No source has a record on these 6 units" in said
    assert "zfpy 1.0.1" in said[said.index("Not covered") :]
    assert "GHSA-9wx4-h78v-vm56 also CVE-2024-47081, PYSEC-2024-233 medium" in said
    assert "waived, until 2026-12-31" in said
    assert "A. Steward, security working group Parsl uses it" in said


def test_no_source_is_never_no_vulnerability(pages: dict[str, str]) -> None:
    said = Outline(pages["releases/stable/blind-26.11.html"]).text
    assert "No advisory source was read. Nothing is known" in said
    assert "No source has a record that speaks" not in said
    assert "not scanned" in Outline(pages["index.html"]).text


def test_an_older_release_points_to_the_newer_one(pages: dict[str, str]) -> None:
    newer = "There is a newer release of this stack in this channel"
    assert newer in pages["releases/testing/hpc-ai-26.10.html"]
    assert newer not in pages["releases/testing/hpc-ai-26.11.html"]


def test_newer_is_by_version_not_by_date(release: Callable[..., Any]) -> None:
    patch = release(version="26.9.1").view()
    newest = release(version="26.10", created=NOW - timedelta(days=9)).view()
    pages = render(patch, newest)
    newer = "There is a newer release of this stack in this channel"
    assert newer in pages[patch.path]
    assert newer not in pages[newest.path]


def test_the_index_lists_newest_first_with_verdicts(pages: dict[str, str]) -> None:
    said = Outline(pages["index.html"]).text
    assert said.index("hpc-ai 26.11") < said.index("hpc-ai 26.10")
    assert all(word in said for word in ("✓ Pass", "✗ Fail", "? Unknown"))


@pytest.mark.parametrize("development", [True, False])
def test_a_publication_without_releases_has_an_index(*, development: bool) -> None:
    pages = render(development=development)
    assert list(pages) == ["index.html"]
    assert "Nothing is published here yet." in pages["index.html"]
