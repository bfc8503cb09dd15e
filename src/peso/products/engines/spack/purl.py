"""The package URL of a unit, and of the distribution's package that an external is from.

`TYPE` is the one place that says which purl type names Spack's packages. None is registered: until
one is, they are `generic`, and qualifiers say that Spack made them and which one it is.
"""

from __future__ import annotations

from packageurl import PackageURL

from peso.products.engines.native import DistributionPackage

TYPE = "generic"


def unit_purl(*, name: str, version: str, namespace: str, hash_: str) -> str:
    """Return the package URL of a unit that Spack builds."""
    qualifiers = {"spack_hash": hash_, "spack_namespace": namespace}
    return PackageURL(TYPE, None, name, version, qualifiers).to_string()


def package_purl(package: DistributionPackage) -> str:
    """Return the package URL of a distribution's package.

    `upstream` names its source package, as other tools that write SBOMs do.
    """
    vendor = package.distribution.partition("-")[0]
    qualifiers = {"arch": package.architecture, "distro": package.distribution}
    if package.source or package.source_version:
        source = package.source or package.name
        other = f"@{package.source_version}" if package.source_version else ""
        qualifiers["upstream"] = f"{source}{other}"
    version = package.version
    if package.manager == "rpm" and ":" in version:
        qualifiers["epoch"], _, version = version.partition(":")
    kind = "deb" if package.manager == "dpkg" else "rpm"
    return PackageURL(kind, vendor, package.name, version, qualifiers).to_string()
