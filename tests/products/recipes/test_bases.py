"""What base classes, mixins, other recipes and other repositories bring."""

from __future__ import annotations

from pathlib import Path

from tests.products.recipes.repositories import read, read_any, write_repository

from peso.products.recipes.record import Unreadable

USES_BASES = """
    from spack_repo.small.build_systems.accelerator import AcceleratorPackage
    from spack_repo.small.build_systems.maker import MakerPackage

    from spack.package import *


    class Thing(MakerPackage, AcceleratorPackage):
        version("1", sha256="a")
        variant("build_type", default="Debug", values=("Debug", "Release", "Fast"))
        depends_on("own")

        def test_own(self):
            pass
"""


def test_base_classes_bring_their_directives_with_their_place(tmp_path: Path) -> None:
    recipe = read(write_repository(tmp_path, {"thing": USES_BASES}), "thing")

    assert recipe.bases == ("MakerPackage", "AcceleratorPackage")
    # As in Spack: of several bases the last comes first, the own directives come last.
    assert [(one.spec, one.file) for one in recipe.dependencies] == [
        ("driver kind=a1", "build_systems/accelerator.py"),
        ("driver kind=a2", "build_systems/accelerator.py"),
        ("gmake", "build_systems/maker.py"),
        ("own", ""),
    ]
    assert recipe.dependencies[2].when == ("build_system=maker",)
    assert recipe.dependencies[2].line == 9
    assert [(one.name, one.file) for one in recipe.tests] == [
        ("test_own", ""),
        ("test_inherited", "build_systems/maker.py"),
    ]
    assert recipe.unread == ()


def test_an_own_variant_takes_the_place_of_an_inherited_one(tmp_path: Path) -> None:
    recipe = read(write_repository(tmp_path, {"thing": USES_BASES}), "thing")
    types = [one for one in recipe.variants if one.name == "build_type"]

    assert [one.default for one in types] == ["Debug"]
    assert types[0].file == ""


def test_what_two_bases_share_is_said_once(tmp_path: Path) -> None:
    text = """
    from spack_repo.small.build_systems.maker import MakerPackage

    from spack.package import *


    class Left(MakerPackage):
        depends_on("left")


    class Right(MakerPackage):
        depends_on("right")


    class Thing(Left, Right):
        pass
    """
    recipe = read(write_repository(tmp_path, {"thing": text}), "thing")

    assert recipe.bases == ("Left", "Right", "MakerPackage")
    assert [one.name for one in recipe.dependencies] == ["gmake", "right", "left"]


def test_attributes_computed_from_the_class(tmp_path: Path) -> None:
    text = """
    from spack_repo.small.build_systems.snake import SnakePackage

    from spack.package import *


    class SnThing(SnakePackage):
        shelf = "thing/thing-1.tgz"
    """
    recipe = read(write_repository(tmp_path, {"sn_thing": text}), "sn-thing")

    assert recipe.homepage == "https://shelf.test/thing/"
    assert [one.name for one in recipe.dependencies] == ["python", "python-venv"]
    assert [one.name for one in recipe.extensions] == ["python"]


def test_other_recipes_lend_constants_classes_and_versions(tmp_path: Path) -> None:
    lender = """
    from spack.package import *

    FLAGS = ["+a"]


    class Lender(Package):
        flags = "+flag"
        version("1.2", sha256="a")
        version("1.1", sha256="b")
        depends_on("lent")
    """
    borrower = """
    from spack.package import *

    from ..lender import package as lender
    from ..lender.package import FLAGS, Lender

    FLAGS.append("+b")


    class Thing(Lender):
        for version_ in Lender.versions:
            version(str(version_), **Lender.versions[version_])
        depends_on("lender " + Lender.flags + "".join(FLAGS))
        depends_on("other" + lender.Lender.flags)
    """
    root = write_repository(tmp_path, {"lender": lender, "thing": borrower})
    recipe = read(root, "thing")

    assert recipe.unread == ()
    assert [one.spec for one in recipe.dependencies] == ["lent", "lender +flag+a+b", "other+flag"]
    assert [(one.number, one.checksum) for one in recipe.versions] == [("1.2", "a"), ("1.1", "b")]
    assert recipe.build_systems == ("generic",)
    assert recipe.versions[0].file == ""


def test_a_base_class_that_is_not_there_is_said(tmp_path: Path) -> None:
    text = """
    from spack_repo.nowhere.build_systems.x import XPackage

    from spack.package import *


    class Thing(XPackage):
        depends_on("own")
    """
    recipe = read(write_repository(tmp_path, {"thing": text}), "thing")

    assert [one.name for one in recipe.dependencies] == ["own"]
    assert recipe.unread[0].directive == "*"
    assert "XPackage" in recipe.unread[0].reason


def test_a_class_that_inherits_from_itself_and_files_in_a_circle(tmp_path: Path) -> None:
    circle = """
    from spack.package import *

    from ..{other}.package import {name}


    class {own}({name}):
        depends_on("own")
    """
    root = write_repository(
        tmp_path,
        {
            "one": circle.format(other="two", name="Two", own="One"),
            "two": circle.format(other="one", name="One", own="Two"),
            "me": "from spack.package import *\nclass Me(Me):\n    version('1')\n",
        },
    )

    assert [one.directive for one in read(root, "one").unread] != []
    assert [one.number for one in read(root, "me").versions] == ["1"]


def test_version_1_of_the_package_api(tmp_path: Path) -> None:
    names = "from .maker import MakerPackage\n"
    builtin = write_repository(
        tmp_path, {}, namespace="builtin", bases={**_bases(), "_package_api_v1": names}
    )
    old = write_repository(
        tmp_path,
        {
            "my-thing": "from spack.package import *\nclass MyThing(MakerPackage):\n    pass\n",
            "3d": "from spack.package import *\nclass _3d(Package):\n    pass\n",
            "user": (
                "from spack.package import *\nfrom spack.pkg.old.my_thing import MyThing\n"
                "class User(MyThing):\n    pass\n"
            ),
        },
        namespace="old",
        api="v1.0",
    )

    assert read(old, "my-thing", builtin).bases == ("MakerPackage",)
    assert read(old, "3d", builtin).build_systems == ("generic",)
    assert read(old, "user", builtin).bases == ("MyThing", "MakerPackage")
    alone = read(old, "my-thing")
    assert alone.unread[0].directive == "*"


def _bases() -> dict[str, str]:
    return {
        "maker": "from spack.package import *\nclass MakerPackage(PackageBase):\n"
        "    build_system('maker')\n"
    }


def test_the_class_must_have_the_package_s_name(tmp_path: Path) -> None:
    root = write_repository(tmp_path, {"thing": "class Other:\n    pass\n"})
    recipe = read_any(root, "thing")

    assert isinstance(recipe, Unreadable)
    assert recipe.reason == "it does not define the class Thing"
    assert recipe.path == "packages/thing/package.py"
