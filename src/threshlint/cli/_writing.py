"""Where output goes: the standard output, or a file that is replaced as a whole."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

import click

from threshlint.atomic import Draft
from threshlint.cli._failure import Failure
from threshlint.output.page import Page


def page_for(file: Path | None, *, statistics: bool = False) -> Page:
    """Describe what the output will be written onto."""
    if not is_terminal(file):
        return Page(Path.cwd(), statistics=statistics)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Page(Path.cwd(), width=shutil.get_terminal_size().columns, colour=colour, statistics=statistics)


def is_terminal(file: Path | None) -> bool:
    """Tell whether the output goes to a terminal."""
    return file is None and sys.stdout.isatty()


def check_writable(file: Path | None) -> None:
    """Fail before a long run rather than after it."""
    if file is None:
        return
    if file.is_dir():
        raise Failure(f"cannot write {file}: it is a folder; name a file in it")
    if not file.parent.is_dir():
        raise Failure(f"cannot write {file}: there is no folder {file.parent}; make it first")


def write(text: str, file: Path | None) -> None:
    """Write the output, all of it or nothing."""
    if file is None:
        _print(text)
        return
    try:
        _replace(file, text)
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}") from error


def _print(text: str) -> None:
    # A name may hold what the terminal's encoding, or none at all, can say.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        click.echo(text, nl=False, color=True)  # the page has decided on colours
    except BrokenPipeError:
        # The reader has seen enough (`| head`). The verdict stands, and Python must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise Failure(f"cannot write the output: {error.strerror}") from error


def _replace(file: Path, text: str) -> None:
    target = Path(os.path.realpath(file))  # a link stays one
    content = text.encode("utf-8", errors="backslashreplace")
    if target.exists() and not target.is_file():  # a pipe or a device is written to, not replaced
        target.write_bytes(content)
        return
    Draft(target, content).commit()
