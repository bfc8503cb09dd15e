"""How Spack is run here: its environment and its folders."""

from __future__ import annotations

from pathlib import Path

from tests.products.engines.spack.sites import PretendingSpack, bench_in

from peso.products.engines.spack.site import for_spack, system_path


def test_path_leaves_out_what_is_a_persons() -> None:
    environment = {"HOME": "/home/ada", "VIRTUAL_ENV": "/srv/venv", "CONDA_PREFIX": "/opt/conda"}
    path = "/home/ada/.pyenv/shims:/srv/venv/bin:/opt/conda/bin:/usr/local/bin::/usr/bin"

    assert system_path(path, environment) == "/usr/local/bin:/usr/bin"
    assert system_path("/usr/bin:/bin", {"HOME": "/"}) == "/usr/bin:/bin"


def test_spack_keeps_its_own_configuration_and_no_active_environment() -> None:
    said = for_spack(
        {
            "HOME": "/home/ada",
            "PATH": "/usr/bin:/bin",
            "SPACK_USER_CONFIG_PATH": "/cfg",
            "SPACK_PYTHON": "/py",
            "SPACK_ENV": "/active",
            "SPACK_LOADED_HASHES": "abc",
            "MAKEFLAGS": "-j8",
        }
    )

    assert said == {
        "HOME": "/home/ada",
        "PATH": "/usr/bin:/bin",
        "SPACK_USER_CONFIG_PATH": "/cfg",
        "SPACK_PYTHON": "/py",
    }


def test_a_python_in_the_home_folder_still_starts_spack(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text("")
    python.chmod(0o755)

    said = for_spack({"HOME": str(tmp_path), "PATH": f"{tmp_path / 'bin'}:/nowhere"})

    assert (said["SPACK_PYTHON"], said["PATH"]) == (str(python), "/nowhere")


def test_the_folders_are_made_and_the_scope_is_the_last(tmp_path: Path) -> None:
    spack = PretendingSpack(tmp_path / "spack", tmp_path)
    bench = bench_in(tmp_path)

    commands = spack.site.commands(bench)

    folders = spack.site.folders(bench)
    assert commands.scopes == (folders.scope,)
    assert folders.store == tmp_path / "cache" / "spack" / "store"
    assert folders.store.is_dir()
    assert spack.asked == ()
