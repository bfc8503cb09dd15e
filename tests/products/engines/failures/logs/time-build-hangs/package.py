from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class TimeBuildHangs(MakefilePackage):
    """Tiny project: time-build-hangs."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/time-build-hangs-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
