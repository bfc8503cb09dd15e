from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class RecipeSaysNo(MakefilePackage):
    """Tiny project: recipe-says-no."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/recipe-says-no-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    def edit(self, spec, prefix):
        raise InstallError("no settings are known for this machine: add one to the recipe")

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
