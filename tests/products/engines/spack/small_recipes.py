"""A few recipes of our own, without sources, for a real Spack: those that `broken.lock` is of."""

from __future__ import annotations

from pathlib import Path

_HEAD = """\
from spack_repo.builtin.build_systems.generic import Package
from spack.package import *


class {name}(Package):
    has_code = False
    version("1.0")
{depends}

    def install(self, spec, prefix):
        mkdirp(prefix.bin)
        {does}
        touch(join_path(prefix.bin, "{word}"))
"""
_HOLD = "import time; x = bytearray(b'x' * (256 << 20)); time.sleep(2)"
_RECIPES = {
    "good": ("", "pass"),
    "slow": ('depends_on("good", type="build")', 'which("sleep")("{seconds}")'),
    "hungry": ("", f'which("python3")("-c", "{_HOLD}")'),
    "broken": (
        'depends_on("good", type="run")',
        'which("sh")("-c", "echo broken.c:3:12: error: no such thing >&2; exit {status}")',
    ),
    "middle": ('depends_on("broken", type=("build", "link"))', "pass"),
    "top": ('depends_on("middle")', "pass"),
}


def write_recipes(folder: Path, *, seconds: float = 1.0, status: int = 1) -> Path:
    """Write the recipe repository `small`; return its folder.

    Args:
        folder: Where.
        seconds: How long `slow` takes.
        status: The exit status of what `broken` runs; 0 mends it.
    """
    root = folder / "spack_repo" / "small"
    (root / "packages").mkdir(parents=True, exist_ok=True)
    (root / "repo.yaml").write_text("repo:\n  namespace: small\n  api: v2.0\n")
    for word, (depends, does) in _RECIPES.items():
        place = root / "packages" / word
        place.mkdir(exist_ok=True)
        line = does.replace("{seconds}", str(seconds)).replace("{status}", str(status))
        text = _HEAD.format(
            name=word.capitalize(), word=word, depends=f"    {depends}" * bool(depends), does=line
        )
        (place / "package.py").write_text(text)
    return root
