"""A recipe of the tests' own."""

from spack.package import *


class Gcc(Package):
    """The package gcc."""

    homepage = "https://example.org/gcc"
    url = "https://example.org/gcc-1.0.tar.gz"

    version("14.2.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")
    version("13.3.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")

    variant("languages", default="c,c++", values=("c", "c++", "fortran"), multi=True)

    provides("c", when="languages=c")
    provides("cxx", when="languages=c++")
