"""A recipe of the tests' own."""

from spack.package import *


class Hdf5(Package):
    """The package hdf5."""

    homepage = "https://example.org/hdf5"
    url = "https://example.org/hdf5-1.0.tar.gz"

    version("1.14.3", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.12.2", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("1.10.8", sha256="1111111111111111111111111111111111111111111111111111111111111111", deprecated=True)

    variant("mpi", default=True, description="Parallel")
    variant("cxx", default=False, description="C++")
    variant("threadsafe", default=False, description="Thread-safe")
    variant("api", default="default", values=("default", "v114", "v112"), multi=False)
    variant(
        "tools",
        default="h5dump",
        values=("h5dump", "h5ls", conditional("h5repack", when="@1.14:")),
        multi=True,
    )
    variant("level", default="1", values=int, description="Any number")
    variant("label", default="none", values=lambda value: True, description="Any text")
    variant(
        "parallel",
        values=disjoint_sets(("none",), ("subfiling", "async")).with_default("none"),
        description="Parallel features",
    )

    depends_on("mpi", when="+mpi")
    depends_on("zlib@1.2:")
    conflicts("+cxx", when="+mpi", msg="C++ and MPI exclude each other")
    conflicts("%gcc@:8", when="@1.14:")
    requires("+mpi", when="parallel=subfiling", msg="subfiling needs MPI")
    requires("api=v114", "api=default", policy="one_of", when="@1.14: +threadsafe")
