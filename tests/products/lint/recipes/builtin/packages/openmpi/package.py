"""A recipe of the tests' own."""

from spack.package import *


class Openmpi(Package):
    """The package openmpi."""

    homepage = "https://example.org/openmpi"
    url = "https://example.org/openmpi-1.0.tar.gz"

    version("5.0.8", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("4.1.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")

    variant("cuda", default=False, description="CUDA")

    provides("mpi")
