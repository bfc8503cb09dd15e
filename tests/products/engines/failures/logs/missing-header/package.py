from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class MissingHeader(MakefilePackage):
    """Tiny project: missing-header."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/missing-header-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
