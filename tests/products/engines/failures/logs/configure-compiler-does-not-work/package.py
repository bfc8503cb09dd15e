from spack_repo.builtin.build_systems.autotools import AutotoolsPackage

from spack.package import *


class ConfigureCompilerDoesNotWork(AutotoolsPackage):
    """Tiny project: configure-compiler-does-not-work."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/configure-compiler-does-not-work-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("autoconf", type="build")
    depends_on("automake", type="build")
    depends_on("libtool", type="build")
    depends_on("m4", type="build")

    def configure_args(self):
        return ["LDFLAGS=-Wl,--no-such-option"]
