"""A recipe of the tests' own."""

from spack.package import *


class Sitetool(Package):
    """The package sitetool."""

    homepage = "https://example.org/sitetool"
    url = "https://example.org/sitetool-1.0.tar.gz"

    version("2.0", sha256="1111111111111111111111111111111111111111111111111111111111111111")
