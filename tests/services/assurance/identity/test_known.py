"""Lists of others: what they say of names and addresses, and what of them is refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from peso.errors import BadInput
from peso.services.assurance.identity.keys import SubjectKey
from peso.services.assurance.identity.known import Claimed, read_known

RECORD = {
    "id": "X-1",
    "affected": [
        {
            "package": {"ecosystem": "OSS-Fuzz", "name": "heron", "purl": "pkg:generic/heron"},
            "ranges": [{"type": "GIT", "repo": "https://github.com/Heron/nest.git"}],
        },
        {"ranges": [{"type": "GIT", "repo": "https://github.com/nobody/names-it"}]},
    ],
}


def _purls(folder: Path) -> Path:
    place = folder / "purls" / "heronworks" / "heron"
    place.mkdir(parents=True)
    lines = ("pkg:github/Heron/nest", "pkg:pypi/Heron", "pkg:deb/debian/heron")
    (place / "purls.yml").write_text("purls:\n" + "".join(f"  - {one}\n" for one in lines))
    (place / "cpes.yml").write_text("cpes: []\n")
    return folder / "purls"


def test_a_folder_of_purl_lists_claims_products_of_cpe(tmp_path: Path) -> None:
    known = read_known([_purls(tmp_path)])

    key = SubjectKey("CPE", "heronworks:heron")
    assert known.claims == (
        Claimed(key, "github.com/heron/nest", "purls"),
        Claimed(key, "pypi.org/project/heron", "purls"),
    )
    assert known.unread == 0


@pytest.mark.parametrize("form", ["folder", "zip", "yaml"])
def test_records_claim_the_repositories_of_their_ranges(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    name = "X-1.yaml" if form == "yaml" else "X-1.json"
    (folder / name).write_text(json.dumps(RECORD))
    place = folder
    if form == "zip":
        place = tmp_path / "records.zip"
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("deep/X-1.json", json.dumps(RECORD))

    claims = read_known([place]).claims

    assert [(str(one.key), one.address) for one in claims] == [
        ("OSS-Fuzz heron", "github.com/heron/nest")
    ]


def test_lines_of_key_and_address(tmp_path: Path) -> None:
    file = tmp_path / "list.tsv"
    file.write_text("# ours\nCPE a:b\tpkg:github/A/B  # why\n\nBitnami c\thttps://c.example/c\n")

    claims = read_known([file]).claims

    assert [(str(one.key), one.address) for one in claims] == [
        ("CPE a:b", "github.com/a/b"),
        ("Bitnami c", "c.example/c"),
    ]


@pytest.mark.parametrize("line", ["CPE a:b", "a:b\thttps://x.example/y", "\thttps://x.example/y"])
def test_a_line_that_is_no_claim_says_where(tmp_path: Path, line: str) -> None:
    file = tmp_path / "list.txt"
    file.write_text(f"# first\n{line}\n")

    with pytest.raises(BadInput, match="no claim") as error:
        read_known([file])
    assert error.value.where == f"{file}:2"


def test_records_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(RECORD))
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "wrong.json").write_text('{"affected": 3}')
    (tmp_path / "deep.json").write_text("[" * 200_000)
    (tmp_path / "deep.yaml").write_text("[" * 200_000)
    (tmp_path / "long.json").write_text('{"x": "' + "a" * (5 << 20) + '"}')

    known = read_known([tmp_path])

    assert len(known.claims) == 1
    assert known.unread == 5


def test_links_and_hidden_folders_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(RECORD))
    (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "bad.json").write_text("{")

    assert read_known([tmp_path]).unread == 0


def test_what_says_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_known([tmp_path / "nowhere"])
    with pytest.raises(BadInput, match="no name with an address"):
        read_known([tmp_path])
    (tmp_path / "damaged.zip").write_bytes(b"PK\3\4 and no more")
    with pytest.raises(BadInput, match="damaged"):
        read_known([tmp_path / "damaged.zip"])
