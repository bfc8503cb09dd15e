"""uv as a tool: each command as an argv, and the environment it runs in.

Pure: builds words, starts nothing, reads no environment but the one it is given. The rules:

1. Only `compile_command` may reach a network. Every other command says `--offline` and `--no-index`
   and reads no configuration, so that nothing outside decides what is built or installed.
2. uv never downloads a Python, never asks, and keeps its cache where it is told.
3. Of the caller's environment uv sees the index settings and what any program needs (PATH, HOME,
   proxies, certificates), not variables that would change what is resolved or installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import uv

from peso.errors import Outside

_KEPT = {
    "UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
    "UV_INDEX_STRATEGY", "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_CONFIG_FILE",
    "UV_NATIVE_TLS", "UV_SYSTEM_CERTS", "UV_HTTP_TIMEOUT", "UV_HTTP_CONNECT_TIMEOUT",
    "UV_HTTP_RETRIES", "UV_CONCURRENT_DOWNLOADS", "UV_EXCLUDE_NEWER", "UV_CREDENTIALS_DIR",
}  # fmt: skip
_DROPPED = ("UV_", "PIP_", "PYTHON", "VIRTUAL_ENV", "CONDA_", "LD_PRELOAD")
WHEELS_ONLY = ("--only-binary", ":all:")
OFFLINE = ("--offline",)
_ALONE = ("--offline", "--no-index", "--no-config", "--no-python-downloads", "--no-progress")


def tool() -> str:
    """Return the tool and its version, e.g. `uv 0.13.9`; starts nothing."""
    try:
        return f"uv {version('uv')}"
    except PackageNotFoundError:
        return "uv of unknown version"


def binary() -> str:
    """Return the path of the uv that came with PESO.

    Raises:
        Outside: It is not there.
    """
    try:
        return uv.find_uv_bin()
    except FileNotFoundError as error:
        raise Outside(
            "uv is not installed beside PESO",
            where="uv",
            hint="install PESO again; it brings uv with it",
        ) from error


def uv_environment(
    environment: Mapping[str, str], *, cache: Path, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment uv runs in; `more` is added last."""
    kept = {
        name: value
        for name, value in environment.items()
        if name in _KEPT or name.startswith("UV_INDEX_") or not name.startswith(_DROPPED)
    }
    return {**kept, "UV_CACHE_DIR": str(cache / "uv"), "NO_COLOR": "1", **(more or {})}


def compile_command(
    requirements: Path,
    output: Path,
    python: Path,
    *,
    constraints: Path | None = None,
    arguments: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Resolve `requirements` for one interpreter on this machine to a `pylock.toml`."""
    return (
        binary(), "pip", "compile", str(requirements),
        "--output-file", str(output), "--format", "pylock.toml", "--no-header",
        "--python", str(python), "--no-python-downloads", "--no-progress", "--quiet",
        *(("--constraints", str(constraints)) if constraints else ()),
        *arguments,
    )  # fmt: skip


def build_command(
    source: Path, output: Path, python: Path, *, wheels: Path, hashes: Path
) -> tuple[str, ...]:
    """Build a wheel of an unpacked sdist, alone, with exactly the wheels of a folder."""
    return (
        binary(), "build", "--wheel", *_ALONE, "--no-sources", "--no-create-gitignore",
        "--find-links", str(wheels), "--build-constraints", str(hashes), "--require-hashes",
        "--no-build", "--force-pep517",
        "--python", str(python), "--out-dir", str(output), str(source),
    )  # fmt: skip


def venv_command(prefix: Path, python: Path) -> tuple[str, ...]:
    """Make an empty virtual environment; what is in the folder already stays."""
    return (
        binary(), "venv", *_ALONE, "--quiet", "--no-project", "--allow-existing",
        "--python", str(python), str(prefix),
    )  # fmt: skip


def sync_command(document: Path, prefix: Path) -> tuple[str, ...]:
    """Make an environment hold exactly what a `pylock.toml` names, from the files it names."""
    return (
        binary(), "pip", "sync", *_ALONE, "--quiet", "--preview-features", "pylock",
        "--no-build", "--require-hashes", "--strict",
        "--python", str(prefix / "bin" / "python"), str(document),
    )  # fmt: skip
