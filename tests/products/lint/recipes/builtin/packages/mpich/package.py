"""A recipe of the tests' own."""

from spack.package import *


class Mpich(Package):
    """The package mpich."""

    homepage = "https://example.org/mpich"
    url = "https://example.org/mpich-1.0.tar.gz"

    version("5.0.1", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("4.1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")

    variant("cuda", default=False, description="CUDA")

    provides("mpi")
