"""What a wheel says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.metadata import RawMetadata, parse_email
from tests.loopback_index import zipped

from peso.base.finding import Unknown
from peso.errors import BadInput
from peso.products.engines.pypi.metadata import license_of, read_wheel

HEAD = "Metadata-Version: 2.4\nName: A.b_C\nVersion: 1.0\n"
MIT = "Classifier: License :: OSI Approved :: MIT License\n"
BSD = "Classifier: License :: OSI Approved :: BSD License\n"


def raw(text: str) -> RawMetadata:
    return parse_email(HEAD + text)[0]


def wheel(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "any"
    path.write_bytes(zipped(files, "a-1.dist-info/RECORD"))
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("License-Expression: mit OR apache-2.0\n", "MIT OR Apache-2.0"),
        ("License-Expression: LicenseRef-Own\n", "LicenseRef-Own"),
        ("License: bsd-3-clause\n", "BSD-3-Clause"),
        ("License: MIT\n" + BSD, "MIT"),
        ("License: see the file\n" + MIT, "MIT"),
        (MIT + "Classifier: License :: OSI Approved\n", "MIT"),
    ],
)
def test_a_license_that_is_stated(text: str, expected: str) -> None:
    assert license_of(raw(text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the metadata states no license"),
        ("License-Expression: FREE\n" + MIT, "License-Expression 'FREE' is not SPDX"),
        (BSD, "ambiguous license classifiers: BSD License"),
        (BSD + MIT, "ambiguous license classifiers: BSD License, MIT License"),
        ("License: ours\n", "the License field is not an SPDX expression: 'ours'"),
    ],
)
def test_a_license_that_nobody_can_tell(text: str, reason: str) -> None:
    assert license_of(raw(text)) == Unknown(unknown=reason)


def test_a_wheel(tmp_path: Path) -> None:
    text = HEAD + "Requires-Dist: numpy>=2; python_version>'3'\n"
    files = {"a-1.dist-info/METADATA": text, "a/vendored-2.dist-info/METADATA": "Name: vendored\n"}
    told = read_wheel(wheel(tmp_path, files), where="a.whl")
    assert (told.name, told.version) == ("a-b-c", "1.0")
    assert [need.name for need in told.needs] == ["numpy"]


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": ""},
        {"a-1.dist-info/METADATA": HEAD, "b-1.dist-info/METADATA": HEAD},
        {"a-1.dist-info/METADATA": "Version: 1\n"},
        {"a-1.dist-info/METADATA": HEAD + "Requires-Dist: ???\n"},
    ],
)
def test_a_wheel_that_cannot_be_read_says_which(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(BadInput) as seen:
        read_wheel(wheel(tmp_path, files), where="a-1-py3-none-any.whl")
    assert seen.value.where == "a-1-py3-none-any.whl"


def test_a_file_that_is_no_wheel(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"PK not really")
    with pytest.raises(BadInput, match="not a wheel"):
        read_wheel(tmp_path / "a", where="a.whl")
