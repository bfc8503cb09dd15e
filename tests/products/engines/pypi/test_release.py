"""The install document."""

from __future__ import annotations

import pytest

from peso.errors import BadInput, Reason, Refused
from peso.products.engines.port import Artifact, Made, Requires
from peso.products.engines.pypi.release import read_document, release_document

REQUIRES = Requires(python="==3.11.*", implementation="cpython", platforms=())
SHA = "cd" * 32


def made(name: str, path: str) -> Made:
    return Made(
        unit=name,
        version="1.0",
        artifact=Artifact(
            role="artifact", path=path, media_type="application/zip", length=3, sha256=SHA
        ),
        source_filename=path,
        source_sha256=SHA,
        built_here=False,
        license="MIT",
    )


def test_what_is_written_is_read_back() -> None:
    wheels = [
        made("b", "wheels/b-1.0-py3-none-any.whl"),
        made("a", "wheels/a-1.0-py3-none-any.whl"),
    ]
    data = release_document(wheels, REQUIRES, where="pylock.release.toml")
    told = read_document(data, where="x")
    assert told.python == "==3.11.*"
    assert [wheel.path for wheel in told.wheels] == [
        "wheels/a-1.0-py3-none-any.whl",
        "wheels/b-1.0-py3-none-any.whl",
    ]
    assert (told.wheels[0].length, told.wheels[0].sha256) == (3, SHA)
    assert b"://" not in data


def test_a_document_in_a_folder_names_its_wheels_from_there() -> None:
    wheel = made("a", "python/wheels/a-1.0-py3-none-any.whl")
    data = release_document([wheel], REQUIRES, where="python/pylock.release.toml")
    assert read_document(data, where="x").wheels[0].path == "wheels/a-1.0-py3-none-any.whl"


def test_a_name_that_could_break_out_of_its_quotes() -> None:
    with pytest.raises(BadInput):
        release_document([made("a", 'wheels/a"\n-1.0-py3-none-any.whl')], REQUIRES, where="x")


NAMED = 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\nversion = "1.0"\n'


@pytest.mark.parametrize(
    "file",
    [
        'wheels = [{ url = "https://x/a-1-py3-none-any.whl", size = 1, hashes = {sha256 = "0"} }]',
        'wheels = [{ path = "a-1.0-py3-none-any.whl", hashes = {sha256 = "0"} }]',
        'wheels = [{ path = "a-1.0-py3-none-any.whl", size = 1, hashes = {md5 = "0"} }]',
        'sdist = { path = "a-1.0.tar.gz", size = 1, hashes = {sha256 = "0"} }',
        'vcs = { type = "git", url = "https://x.example/a", commit-id = "0" }',
    ],
)
def test_a_document_that_names_something_else_is_refused(file: str) -> None:
    with pytest.raises(BadInput, match="not one wheel by path"):
        read_document(f"{NAMED}{file}\n".encode(), where="x")


@pytest.mark.parametrize("path", ["../a-1.0-py3-none-any.whl", "/a-1.0-py3-none-any.whl"])
def test_a_path_that_leaves_its_folder_is_refused(path: str) -> None:
    file = f'wheels = [{{ path = "{path}", size = 1, hashes = {{sha256 = "0"}} }}]\n'
    with pytest.raises(Refused) as seen:
        read_document((NAMED + file).encode(), where="x")
    assert seen.value.reason is Reason.UNSAFE_PATH
