from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class FetchNoSource(MakefilePackage):
    """Tiny project: fetch-no-source."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/fetch-no-source-1.0.tar.gz"

    version("1.0", sha256="efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef")

    depends_on("c", type="build")

    url = "https://downloads.invalid/fetch-no-source-1.0.tar.gz"

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
