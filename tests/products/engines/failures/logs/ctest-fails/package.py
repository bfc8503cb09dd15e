from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class CtestFails(CMakePackage):
    """Tiny project: ctest-fails."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/ctest-fails-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("gmake", type="build")
