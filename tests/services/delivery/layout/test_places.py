from __future__ import annotations

from pathlib import Path

from tuf.api.metadata import TargetFile

from peso.services.delivery.layout.places import (
    NOT_PAGES,
    blob_path,
    root_file,
    statement_path,
    target_path,
)

SHA256 = "ab" + "0" * 62


def test_where_each_file_lies() -> None:
    target = TargetFile(1, {"sha256": SHA256}, "any")
    release, pages = "testing/a-1.manifest.json", "pages.manifest.json"
    assert blob_path(SHA256) == f"blobs/sha256/ab/{SHA256}"
    assert target_path(release, target) == f"targets/testing/{SHA256}.a-1.manifest.json"
    assert target_path(pages, target) == f"targets/{SHA256}.pages.manifest.json"
    assert statement_path("scan") == "attestations/scan.dsse.json"


def test_the_root_lies_beside_the_publication() -> None:
    assert root_file(Path("there/public")) == Path("there/public.root.json")


def test_no_page_may_lie_among_what_is_signed() -> None:
    assert {"metadata", "targets", "blobs"} == NOT_PAGES
