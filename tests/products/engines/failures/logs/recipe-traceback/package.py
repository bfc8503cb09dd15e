from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class RecipeTraceback(MakefilePackage):
    """Tiny project: recipe-traceback."""

    homepage = "https://example.org"
    url = "file://@SOURCES@/recipe-traceback-1.0.tar.gz"

    version("1.0", sha256="@SHA256@")

    depends_on("c", type="build")

    def edit(self, spec, prefix):
        settings = {"blas": "openblas"}
        FileFilter("Makefile").filter("-O1", settings["lapack"])

    def install(self, spec, prefix):
        make("install", f"PREFIX={prefix}")
