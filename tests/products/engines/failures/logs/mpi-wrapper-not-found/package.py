from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class MpiWrapperNotFound(MakefilePackage):
    """Tiny project: mpi-wrapper-not-found."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/mpi-wrapper-not-found-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("mpi")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
