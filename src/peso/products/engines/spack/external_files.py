"""Which file tells the distribution's package of an external: its compiler, tool or library.

Facts of what distributions install, not of Spack. A package not named here is looked for as
`bin/NAME`. Where Spack's detection kept the paths of compilers, those come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from peso.products.engines.spack.document import LockExternal

_PROGRAMS = {
    "autoconf": ("autoconf",),
    "gettext": ("gettext", "msgfmt"),
    "glib": ("gio",),
    "gmake": ("gmake", "make"),
    "groff": ("groff", "nroff"),
    "hdf5": ("h5pcc", "h5cc", "h5dump"),
    "libtool": ("libtoolize", "libtool"),
    "llvm": ("clang", "llvm-config"),
    "mpich": ("mpichversion",),
    "ncurses": ("ncursesw6-config", "tic"),
    "ninja": ("ninja",),
    "openjdk": ("java",),
    "openmpi": ("ompi_info",),
    "openssh": ("ssh",),
    "pkgconf": ("pkgconf",),
    "python": ("python3",),
    "ruby": ("ruby",),
    "texinfo": ("makeinfo",),
    "xz": ("xz",),
}
_LIBRARIES = {
    "glibc": ("libc.so.6",),
    "musl": ("libc.musl-x86_64.so.1",),
    "openblas": ("libopenblas.so", "libopenblas.so.0", "libopenblas64_.so"),
    "hdf5": ("libhdf5.so", "libhdf5_openmpi.so", "libhdf5_mpich.so"),
    "mpich": ("libmpich.so", "libmpich.so.12"),
    "zlib": ("libz.so", "libz.so.1"),
}
_FOLDERS = (
    "lib/{}-linux-gnu",
    "lib64",
    "lib",
    "lib/{}-linux-gnu/openblas-pthread",
)


def files_of(name: str, version: str, external: LockExternal, family: str) -> Iterator[str]:
    """Yield files that an external may be known by, the most telling first.

    Args:
        name: the package.
        version: its version.
        external: where it is.
        family: the machine's family, e.g. `x86_64`.
    """
    attributes = external.extra_attributes
    if attributes:
        yield from attributes.compilers.values()
    prefix = PurePosixPath(external.path or "/nowhere")
    if not prefix.is_absolute():
        return
    programs = _PROGRAMS.get(name, () if name in _LIBRARIES else (name,))
    if name == "python":
        yield str(prefix / "bin" / f"python{'.'.join(version.split('.')[:2])}")
    yield from (str(prefix / "bin" / one) for one in programs)
    roots = (prefix, PurePosixPath("/")) if str(prefix) == "/usr" else (prefix,)
    for library in _LIBRARIES.get(name, ()):
        for root in roots:
            yield from (str(root / one.format(family) / library) for one in _FOLDERS)
