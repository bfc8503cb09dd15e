from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class CmakeTooOld(CMakePackage):
    """Tiny project: cmake-too-old."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/cmake-too-old-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("gmake", type="build")
