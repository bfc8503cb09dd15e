from spack_repo.builtin.build_systems.autotools import AutotoolsPackage

from spack.package import *


class ConfigureMissingDependency(AutotoolsPackage):
    """Tiny project: configure-missing-dependency."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/configure-missing-dependency-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("autoconf", type="build")
    depends_on("automake", type="build")
    depends_on("libtool", type="build")
    depends_on("m4", type="build")
