"""Which file tells the distribution's package of an external: its compiler, tool or library.

Facts of what distributions install, not of Spack. A package not named here is looked for as
`bin/NAME`. Where Spack's detection kept the paths of compilers, those come first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from peso.products.engines.spack.document import LockExternal

_PROGRAMS = {
    "binutils": ("ld",),
    "coreutils": ("ls", "cp"),
    "cuda": ("nvcc",),
    "diffutils": ("diff",),
    "findutils": ("find",),
    "gettext": ("msgfmt", "gettext"),
    "glib": ("gio",),
    "gmake": ("gmake", "make"),
    "hdf5": ("h5pcc", "h5cc", "h5dump"),
    "hwloc": ("hwloc-info", "lstopo"),
    "krb5": ("krb5-config",),
    "libfabric": ("fi_info",),
    "libtool": ("libtoolize", "libtool"),
    "llvm": ("clang", "llvm-config"),
    "mercurial": ("hg",),
    "mpich": ("mpichversion",),
    "ncurses": ("ncursesw6-config", "ncurses6-config", "tic"),
    "netcdf-c": ("nc-config", "ncdump"),
    "netcdf-fortran": ("nf-config",),
    "node-js": ("node", "nodejs"),
    "openjdk": ("java",),
    "openmpi": ("ompi_info",),
    "openssh": ("ssh",),
    "pmix": ("pmix_info",),
    "python": ("python3",),
    "r": ("R",),
    "rdma-core": ("ibv_devices",),
    "rust": ("rustc",),
    "slurm": ("sinfo", "srun"),
    "subversion": ("svn",),
    "texinfo": ("makeinfo",),
    "texlive": ("pdflatex", "tex"),
    "ucx": ("ucx_info",),
    "util-linux": ("lsblk",),
}
_LIBRARIES = {
    "fftw": ("libfftw3.so", "libfftw3.so.3"),
    "glibc": ("libc.so.6",),
    "hdf5": ("libhdf5.so", "libhdf5_openmpi.so", "libhdf5_mpich.so"),
    "mpich": ("libmpich.so", "libmpich.so.12"),
    "netlib-lapack": ("liblapack.so", "liblapack.so.3"),
    "openblas": ("libopenblas.so", "libopenblas.so.0", "libopenblas64_.so"),
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
    programs = _PROGRAMS.get(name) or (() if name in _LIBRARIES else (name,))
    if name == "python":
        yield str(prefix / "bin" / f"python{'.'.join(version.split('.')[:2])}")
    yield from (str(prefix / "bin" / one) for one in programs)
    roots = (prefix, PurePosixPath("/")) if str(prefix) == "/usr" else (prefix,)
    for library in _LIBRARIES.get(name, ()):
        for root in roots:
            yield from (str(root / one.format(family) / library) for one in _FOLDERS)
