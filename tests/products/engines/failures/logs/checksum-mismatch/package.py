from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class ChecksumMismatch(MakefilePackage):
    """Tiny project: checksum-mismatch."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/checksum-mismatch-1.0.tar.gz"

    version("1.0", sha256="cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd")

    depends_on("c", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
