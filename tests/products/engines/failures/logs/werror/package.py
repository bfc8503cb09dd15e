from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class Werror(MakefilePackage):
    """Tiny project: werror."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/werror-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    keep_werror = "all"

    depends_on("c", type="build")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
