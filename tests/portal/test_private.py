"""No e-mail address is shown anywhere: in a page, a feed, an answer of the API, a static export.

A federation is written with an address in every text of every file that may hold one, and the
portal that is filled from it is walked through whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from pydantic import ValidationError
from tests.partnerships.consortium.conftest import FILES
from tests.portal import standing
from tests.portal.addresses import visit, walk
from tests.portal.small import PESO, run
from tests.portal.standing import Portal

import peso
from peso.base.record import Record
from peso.partnerships.consortium.facts import OWN
from peso.partnerships.consortium.making import contacts_of
from peso.partnerships.consortium.reading import read_consortium
from peso.portal.ingest.run import ingest
from peso.products.catalogs.upstream import model_of

HOST = "planted.example"
FORMS = (
    "{name}@planted.example",
    "Write to <{name}@planted.example>.",
    "[mail](mailto:{name}@planted.example)",
    "https://example.org/?to={name}%40planted.example",
    "{name} (at) planted.example",
    "{name} @ planted.example",
)
_FIXED = frozenset({"schema", "level", "kind", "target", "since", "until", "elected", "status"})
"""What decides what a file is; planted it would be another file, or none."""
WALKED = ("/", "/consortium/", "/consortium/due/", "/consortium/people/", "/groups/", "/status/")
MACHINES = (
    *("/api/v1/consortium", "/api/v1/consortium/organizations", "/api/v1/consortium/people"),
    *("/api/v1/consortium/due", "/api/v1/groups", "/api/v1/products", "/api/v1/sources"),
    *("/feeds/releases.atom", "/feeds/findings.atom", "/sitemap.xml", "/sitemap-consortium.xml"),
)


def planted(folder: Path) -> Path:
    """Write a workspace with an address at every place where a file takes any text."""
    peso.init(folder)
    places = 0
    for number, (path, text) in enumerate(FILES.items()):
        model = model_of(f"consortium/{path}") or OWN[path.split("/")[0]]
        data = _filled(model, yaml.safe_load(text))
        said, count = _planted(model, data, number)
        places += count
        file = folder / "consortium" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(said, allow_unicode=True))
    assert places > 100
    bad = folder / "consortium" / "people" / "bad.yaml"
    bad.write_text(f"schema: peso.person/1\nname: Bad\nbad@{HOST}: bad@{HOST}\n")
    return folder


def _filled(model: type[Record], data: dict[str, Any]) -> dict[str, Any]:
    """Return a file's values with those it leaves out, so that they can be planted too."""
    whole = json.loads(model.model_validate_json(json.dumps(data)).model_dump_json(by_alias=True))
    filled = {key: ["x"] if value == [] else value for key, value in whole.items()}
    for key in list(filled):
        try:
            model.model_validate_json(json.dumps(filled))
        except ValidationError:
            filled[key] = whole[key]
    return filled


def _planted(model: type[Record], data: dict[str, Any], number: int) -> tuple[dict[str, Any], int]:
    count = 0
    for key, value in data.items():
        if key in _FIXED or key in {"sources", "kept"}:
            continue
        form = FORMS[(number + count) % len(FORMS)].format(name=f"n{number}x{count}")
        new = [form] if isinstance(value, list) else form
        try:
            model.model_validate_json(json.dumps({**data, key: new}))
        except ValidationError:
            continue
        data = {**data, key: new}
        count += 1
    return data, count


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted(tmp_path_factory.mktemp("planted") / "eco")


@pytest.fixture(scope="module")
def filled(portal: Portal, workspace: Path) -> Iterator[Portal]:
    with standing.rolled_back():
        done = ingest([workspace], portal.ways(workspace / "trust"))
        assert [one.place for one in done.taken if one.state == "refused"] == [
            "consortium/people/bad.yaml"
        ]
        yield portal


def _told(text: str) -> list[str]:
    """Return where a text tells of an address, however it is escaped."""
    plain = unquote(unescape(unescape(text))).casefold()
    return [plain[max(0, at - 60) : at + 40] for at in _places(plain, HOST)]


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def test_the_files_have_them_and_the_record_does_not(workspace: Path) -> None:
    read = read_consortium(workspace)

    assert len(read.consortium.organizations) == 6
    assert len(read.consortium.groups) == 2
    assert any(one.terms for one in read.consortium.offices)
    assert any(HOST in one.email for one in contacts_of(read.facts))
    assert _told(read.consortium.canonical().decode()) == []


def test_no_page_feed_or_answer_shows_one(filled: Portal) -> None:
    client = filled.client()
    seen = list(walk(client, [*WALKED, *MACHINES], limit=300))
    details = [
        f"/api/v1/consortium/{kind}/{one['slug']}"
        for kind in ("organizations", "people")
        for one in client.get(f"/api/v1/consortium/{kind}").json()["items"]
    ]
    details += [
        f"/api/v1/groups/{one['slug']}" for one in client.get("/api/v1/groups").json()["items"]
    ]
    seen += [visit(client, path) for path in details]

    assert len(seen) > 50
    assert {one.path: _told(one.body.decode()) for one in seen if _told(one.body.decode())} == {}
    about = [one for one in seen if one.path.startswith(("/consortium/", "/groups/", "/api/v1/c"))]
    assert len(about) > 20
    assert [one.path for one in about if "@" in one.body.decode()] == []


def test_no_static_export_shows_one(workspace: Path, tmp_path: Path) -> None:
    eco = shutil.copytree(workspace, tmp_path / "eco")
    (eco / "consortium" / "people" / "bad.yaml").unlink()
    argv = [*PESO, "portal"]
    run(*argv, "ingest", str(eco), "--in", str(eco), cwd=eco)
    run(*argv, "export", str(tmp_path / "site"), "--in", str(eco), cwd=eco)
    files = [one for one in (tmp_path / "site").rglob("*") if one.suffix in {".html", ".xml"}]

    assert (tmp_path / "site" / "consortium" / "people" / "index.html").is_file()
    assert len(files) > 20
    assert {str(one): _told(one.read_text()) for one in files if _told(one.read_text())} == {}


def test_no_command_shows_one(workspace: Path) -> None:
    for words in (("show",), ("due",), ("show", "ada-frog")):
        said = (
            peso.show_consortium(*words[1:], folder=workspace)
            if words[0] == "show"
            else (peso.due_in_consortium(folder=workspace))
        )
        assert _told(said.canonical().decode()) == []
