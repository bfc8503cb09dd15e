from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class CmakePackageNotFound(CMakePackage):
    """Tiny project: cmake-package-not-found."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/cmake-package-not-found-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    depends_on("gmake", type="build")
