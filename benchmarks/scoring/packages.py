"""Brings the packages of the corpus to this machine: their Python files, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path


class FetchError(Exception):
    """A package that could not be brought."""


def unpacked(name: str, version: str, cache: Path) -> Path:
    """Return the folder with a package's Python files; pip downloads it if it is not there yet."""
    folder = cache / name
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        # What is interrupted must not look complete the next time.
        with tempfile.TemporaryDirectory(dir=cache, prefix=".fetching-") as scratch:
            whole = Path(scratch, "unpacked")
            _unpack(_download(f"{name}=={version}", Path(scratch, "download")), whole)
            shutil.move(whole, folder)
    return folder


def _download(requirement: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--prefer-binary"]
    outcome = subprocess.run(
        [*command, "--dest", str(folder), requirement], text=True, capture_output=True, check=False
    )
    if outcome.returncode:
        raise FetchError(f"{requirement}: pip could not download it\n{outcome.stderr.strip()}")
    (archive,) = folder.iterdir()
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir()
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder, [name for name in packed.namelist() if name.endswith(".py")])
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, [entry for entry in packed if entry.name.endswith(".py")], filter="data")
