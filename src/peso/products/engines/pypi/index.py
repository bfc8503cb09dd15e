"""Where this machine gets its packages from, in uv's words.

PESO names no index of its own, and keeps no password: one is handed to the index it is for, when a
file is fetched, and stands in no lock. The rules, in order:

1. Where uv is told of an index (`UV_*` or a `uv.toml`), uv's own settings stand and pip's are left.
2. Else pip's settings are translated: the `pip.conf` files in pip's own order (machine, user,
   environment of the interpreter, `PIP_CONFIG_FILE`), then `PIP_*`; the later one wins, per key.
3. pip takes the best version of all its indexes, so uv is asked to do the same.
4. A local folder that is not there, or has no package, says nothing about the other indexes.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, unquote, urlsplit

_UV_KNOWS = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
_UV_KEYS = {"index", "index-url", "extra-index-url", "find-links", "no-index"}
_LOGIN = re.compile(rb"""(["']https?://)[^/"'\s]*@""")
_TRUE = {"1", "true", "yes", "on", "y", "t"}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """What uv must be told, beside what it finds by itself."""

    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    arguments: tuple[str, ...] = ()


def index_settings(
    environment: Mapping[str, str], *, root: Path = Path("/"), site: Path | None = None
) -> IndexSettings:
    """Return the machine's index settings in uv's words.

    Args:
        environment: The environment variables of the caller.
        root: Where the machine's own configuration files start.
        site: The prefix whose `pip.conf` counts too, as it does for the pip installed there.
    """
    if any(environment.get(name) for name in _UV_KNOWS) or _uv_file_names_an_index(
        environment, root
    ):
        return IndexSettings()
    told = _pip_settings(environment, root, site)
    said: dict[str, str] = {}
    if default := told.get("index-url", "").strip():
        said["UV_DEFAULT_INDEX"] = default
    if extra := " ".join(_usable(told.get("extra-index-url", ""))):
        said["UV_INDEX"] = extra
    if links := ",".join(_usable(told.get("find-links", ""))):
        said["UV_FIND_LINKS"] = links
    if said:
        said["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if hosts := ",".join(told.get("trusted-host", "").split()):
        said["UV_INSECURE_HOST"] = hosts
    if (cert := told.get("cert", "").strip()) and not environment.get("SSL_CERT_FILE"):
        said["SSL_CERT_FILE"] = cert
    alone = told.get("no-index", "").strip().lower() in _TRUE
    return IndexSettings(environment=said, arguments=("--no-index",) if alone else ())


def addressing(environment: Mapping[str, str]) -> Callable[[str], str]:
    """Return what turns a locked file's URL into the one this machine asks for."""
    settings = index_settings(environment, site=Path(sys.prefix))
    told = {**environment, **settings.environment}
    return lambda url: with_login(url, told)


def with_login(url: str, environment: Mapping[str, str]) -> str:
    """Return a file's URL with the user name and password that uv is given for its index, if any.

    Args:
        url: Where the file is.
        environment: What uv is run with, index settings included.
    """
    file = urlsplit(url)
    for place in _places(environment):
        name, _, rest = (
            place.partition("=") if "=" in place.partition("://")[0] else ("", "", place)
        )
        index = urlsplit(rest)
        if (index.scheme, _host(index.netloc)) != (file.scheme, _host(file.netloc)):
            continue
        login = index.netloc.rpartition("@")[0] or _named_login(name, environment)
        if login:
            return file._replace(netloc=f"{login}@{_host(file.netloc)}").geturl()
    return url


def without_logins(document: bytes) -> bytes:
    """Return a lock without the user names and passwords that its URLs may hold."""
    return _LOGIN.sub(rb"\1", document)


def _places(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _UV_KNOWS:
        yield from environment.get(name, "").replace(",", " ").split()


def _host(netloc: str) -> str:
    return netloc.rpartition("@")[2].lower()


def _named_login(name: str, environment: Mapping[str, str]) -> str:
    """Return the login uv takes for a named index, as it stands in a URL."""
    key = re.sub(r"[^A-Z0-9]", "_", name.upper())
    user = environment.get(f"UV_INDEX_{key}_USERNAME", "")
    password = environment.get(f"UV_INDEX_{key}_PASSWORD", "")
    return f"{quote(user, safe='')}:{quote(password, safe='')}" if name and user + password else ""


def _usable(places: str) -> Iterator[str]:
    """Leave out local folders that are not there: uv stops at them, pip does not."""
    for place in places.split():
        local = Path(unquote(urlsplit(place).path)) if place.startswith("file:") else Path(place)
        if ("://" in place and not place.startswith("file:")) or local.expanduser().exists():
            yield place


def _home(environment: Mapping[str, str], name: str, otherwise: str) -> Path | None:
    if folder := environment.get(name):
        return Path(folder)
    home = environment.get("HOME")
    return Path(home) / otherwise if home else None


def _uv_file_names_an_index(environment: Mapping[str, str], root: Path) -> bool:
    named = environment.get("UV_CONFIG_FILE")
    user = _home(environment, "XDG_CONFIG_HOME", ".config")
    files = [Path(named)] if named else [root / "etc/uv/uv.toml", root / "etc/xdg/uv/uv.toml"]
    if user and not named:
        files.append(user / "uv/uv.toml")
    for file in files:
        try:
            told = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # uv itself says what is wrong with its file
        if _UV_KEYS & (told.keys() | told.get("pip", {}).keys()):
            return True
    return False


def _pip_settings(
    environment: Mapping[str, str], root: Path, site: Path | None
) -> Mapping[str, str]:
    told: dict[str, str] = {}
    for file in _pip_files(environment, root, site):
        reader = RawConfigParser()
        try:
            reader.read(file, encoding="utf-8")
        except (ConfigError, OSError, ValueError):
            continue  # a file pip cannot read either; the resolver will miss its index by name
        for section in ("global", "install"):
            if reader.has_section(section):
                told |= {key.replace("_", "-"): value for key, value in reader.items(section)}
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            told[name.removeprefix("PIP_").lower().replace("_", "-")] = value
    return told


def _pip_files(environment: Mapping[str, str], root: Path, site: Path | None) -> Iterator[Path]:
    named = environment.get("PIP_CONFIG_FILE")
    if named == "/dev/null":
        return
    shared = environment.get("XDG_CONFIG_DIRS")
    for folder in shared.split(":") if shared else [str(root / "etc/xdg")]:
        yield Path(folder) / "pip/pip.conf"
    yield root / "etc/pip.conf"
    if home := environment.get("HOME"):
        yield Path(home) / ".pip/pip.conf"
    if user := _home(environment, "XDG_CONFIG_HOME", ".config"):
        yield user / "pip/pip.conf"
    if site:
        yield site / "pip.conf"
    if named:
        yield Path(named)
