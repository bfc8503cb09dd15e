from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class MissingPatch(MakefilePackage):
    """Tiny project: missing-patch."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/missing-patch-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    patch("file://@SOURCES@/gone.patch", sha256="abababababababababababababababababababababababababababababababab")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
