"""pip's settings in uv's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.products.engines.pypi.index import index_settings, with_login, without_logins

INDEX = "https://index.example/simple"


def conf(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_machine_that_says_nothing(tmp_path: Path) -> None:
    told = index_settings({}, root=tmp_path)
    assert (told.environment, told.arguments) == ({}, ())


@pytest.mark.parametrize("name", ["UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_FIND_LINKS"])
def test_where_uv_is_told_pip_is_left_aside(tmp_path: Path, name: str) -> None:
    environment = {name: INDEX, "PIP_INDEX_URL": "https://other.example/simple"}
    assert index_settings(environment, root=tmp_path).environment == {}


@pytest.mark.parametrize(
    "text", [f'index-url = "{INDEX}"', f'[[index]]\nurl = "{INDEX}"', "[pip]\nno-index = true"]
)
def test_a_uv_file_that_names_an_index_stands(tmp_path: Path, text: str) -> None:
    conf(tmp_path / "etc/uv/uv.toml", text)
    assert index_settings({"PIP_INDEX_URL": INDEX}, root=tmp_path).environment == {}


def test_a_uv_file_that_names_none_changes_nothing(tmp_path: Path) -> None:
    conf(tmp_path / "home/.config/uv/uv.toml", 'link-mode = "copy"')
    environment = {"HOME": str(tmp_path / "home"), "PIP_INDEX_URL": INDEX}
    assert index_settings(environment, root=tmp_path).environment["UV_DEFAULT_INDEX"] == INDEX


def test_the_environment_of_pip(tmp_path: Path) -> None:
    links = tmp_path / "links"
    links.mkdir()
    told = index_settings(
        {
            "PIP_INDEX_URL": INDEX,
            "PIP_EXTRA_INDEX_URL": "https://a.example/simple https://b.example/simple",
            "PIP_FIND_LINKS": f"{links} https://c.example/links",
            "PIP_CERT": "/certs.pem",
            "PIP_TRUSTED_HOST": "a.example b.example",
        },
        root=tmp_path,
    )
    assert told.environment == {
        "UV_DEFAULT_INDEX": INDEX,
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_FIND_LINKS": f"{links},https://c.example/links",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INSECURE_HOST": "a.example,b.example",
        "SSL_CERT_FILE": "/certs.pem",
    }


def test_a_certificate_file_of_the_machine_wins(tmp_path: Path) -> None:
    environment = {"PIP_CERT": "/pip.pem", "SSL_CERT_FILE": "/machine.pem"}
    assert index_settings(environment, root=tmp_path).environment == {}


def test_pip_files_in_pips_order(tmp_path: Path) -> None:
    """Machine, user, interpreter, then the environment; the later one wins, key by key."""
    home = tmp_path / "home"
    conf(
        tmp_path / "etc/pip.conf",
        "[global]\nindex-url = https://machine/\nextra-index-url = https://more/\n",
    )
    conf(home / ".pip/pip.conf", "[global]\nindex-url = https://legacy/\n")
    environment = {"HOME": str(home)}

    def default() -> str:
        told = index_settings(environment, root=tmp_path, site=tmp_path / "site")
        assert told.environment["UV_INDEX"] == "https://more/"
        return told.environment["UV_DEFAULT_INDEX"]

    assert default() == "https://legacy/"
    conf(home / ".config/pip/pip.conf", "[global]\nindex-url = https://user/\n")
    assert default() == "https://user/"
    conf(tmp_path / "site/pip.conf", "[install]\nindex-url = https://site/\n")
    assert default() == "https://site/"
    environment["PIP_CONFIG_FILE"] = str(
        conf(tmp_path / "x", "[global]\nindex_url = https://named/\n")
    )
    assert default() == "https://named/"
    environment["PIP_INDEX_URL"] = "https://variable/"
    assert default() == "https://variable/"


def test_pip_is_told_to_read_no_file(tmp_path: Path) -> None:
    conf(tmp_path / "etc/pip.conf", f"[global]\nindex-url = {INDEX}\n")
    assert index_settings({"PIP_CONFIG_FILE": "/dev/null"}, root=tmp_path).environment == {}


def test_a_file_pip_cannot_read_either(tmp_path: Path) -> None:
    conf(tmp_path / "etc/pip.conf", "no section = here\n")
    assert index_settings({}, root=tmp_path).environment == {}


def test_local_folders_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    there = tmp_path / "an index"
    there.mkdir()
    url = f"file://{str(there).replace(' ', '%20')}"
    environment = {
        "PIP_EXTRA_INDEX_URL": f"{url} file://{tmp_path}/gone",
        "PIP_FIND_LINKS": str(tmp_path / "gone"),
    }
    told = index_settings(environment, root=tmp_path)
    assert told.environment == {"UV_INDEX": url, "UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_no_index(tmp_path: Path) -> None:
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    assert index_settings(environment, root=tmp_path).arguments == ("--no-index",)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "https://x.example/f/a.whl"),
        ({"UV_DEFAULT_INDEX": "https://me:pw@x.example/s"}, "https://me:pw@x.example/f/a.whl"),
        ({"UV_INDEX": "https://y/ https://me@X.example"}, "https://me@x.example/f/a.whl"),
        ({"UV_DEFAULT_INDEX": "https://me:pw@y.example/s"}, "https://x.example/f/a.whl"),
        ({"UV_DEFAULT_INDEX": "http://me:pw@x.example/s"}, "https://x.example/f/a.whl"),
        (
            {
                "UV_INDEX": "our-own=https://x.example/s",
                "UV_INDEX_OUR_OWN_USERNAME": "me",
                "UV_INDEX_OUR_OWN_PASSWORD": "p/w",
            },
            "https://me:p%2Fw@x.example/f/a.whl",
        ),
    ],
)
def test_a_login_goes_to_its_own_index_only(environment: dict[str, str], expected: str) -> None:
    assert with_login("https://x.example/f/a.whl", environment) == expected


def test_a_lock_keeps_no_login() -> None:
    told = b'url = "https://me:p@w@x.example/a@1.whl", other = "https://x.example/a@b"'
    assert without_logins(told) == (
        b'url = "https://x.example/a@1.whl", other = "https://x.example/a@b"'
    )
