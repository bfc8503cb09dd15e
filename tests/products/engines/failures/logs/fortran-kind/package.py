from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class FortranKind(MakefilePackage):
    """Tiny project: fortran-kind."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/fortran-kind-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")
    depends_on("fortran", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
