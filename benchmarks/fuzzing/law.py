"""The laws of a scan, whatever it is given: no crash, no hang, every file accounted for, nothing half-checked."""

from __future__ import annotations

import ast
import faulthandler
import shutil
import warnings
from collections.abc import Mapping
from pathlib import Path

from threshlint.config import Config
from threshlint.output import findings_format, findings_formats, inventory_format, inventory_formats
from threshlint.output.page import Page
from threshlint.rules import check
from threshlint.scan import scan
from threshlint.scan.source import Source, decode, is_generated
from threshlint.site import Inventory, Site

# A file with one known site, and what is put at the end of every other file to see whether it was read so far.
_GOOD_PATH = "good_marker.py"
_GOOD = b"""\
from sklearn.metrics.pairwise import cosine_similarity


def is_near_marker(a_marker, b_marker):
    return cosine_similarity(a_marker, b_marker)[0][0] > 0.8250125
"""
_GOOD_VALUE = "0.8250125"
_END = b"""
def is_at_end_marker(a_marker, b_marker):
    from good_marker import cosine_similarity as like_marker
    return like_marker(a_marker, b_marker)[0][0] > 0.8250126
"""
_END_VALUE = "0.8250126"

_SIGNS_OF_BUGS = ("bug in threshlint", "its parser and its lexer disagree", "its process died")
_LONGEST = 120.0  # seconds: whatever takes longer, with every limit in force, hangs


class BrokenLawError(AssertionError):
    """A scan that did what none may do."""


def check_scan(
    folder: Path, files: Mapping[str, bytes], *, marked: bool = True, cache: Path | None = None
) -> dict[str, str]:
    """Scan files, each with a known site put to its end, and return what was skipped, with its reason.

    The folder is made anew, and keeps the files: if the process dies or hangs, they are what did it. A cache may hold
    what was kept of any other files under the same names.

    Raises:
        BrokenLawError: The scan says less of the files than there is to say, or something that is not so.
    """
    contents = {path: content + _END if marked else content for path, content in files.items()}
    contents[_GOOD_PATH] = _GOOD
    _write(folder, contents)
    faulthandler.dump_traceback_later(_LONGEST, exit=True)
    try:
        inventory = scan([folder], Config(folder))
        _render(inventory)
        if cache is not None and scan([folder], Config(folder), cache=cache) != inventory:
            raise BrokenLawError("with a cache the scan finds something else than without one")
    finally:
        faulthandler.cancel_dump_traceback_later()
    skipped = {file.path: file.reason for file in inventory.skipped}
    if inventory.files + len(skipped) != len(contents):
        raise BrokenLawError(f"{inventory.files} files are analysed and {len(skipped)} skipped, of {len(contents)}")
    values = {(site.path, site.value) for site in inventory.sites}
    if (_GOOD_PATH, _GOOD_VALUE) not in values:
        raise BrokenLawError(f"the site of {_GOOD_PATH} is lost beside {', '.join(files)}")
    for path in files:
        _check_file(path, contents[path], skipped.get(path), at_end=(path, _END_VALUE) in values)
    for site in inventory.sites:
        _check_place(site, contents[site.path])
    return skipped


def _check_file(path: str, content: bytes, reason: str | None, *, at_end: bool) -> None:
    tree = _parsed(content)
    if reason is not None:
        if any(sign in reason for sign in _SIGNS_OF_BUGS):
            raise BrokenLawError(f"{path}: {reason}")
        if tree is not None and reason.startswith("cannot be parsed: "):
            raise BrokenLawError(f"{path} is Python, and is said to be none: {reason}")
    elif tree is None:
        if not _parses_for_libcst(content):
            raise BrokenLawError(f"{path} is no Python, and is not named as skipped")
    elif _ends_with_marker(tree) and not at_end and not _is_left_out(path, content):
        raise BrokenLawError(f"{path} was not read to its end, and is not named as skipped")


def _check_place(site: Site, content: bytes) -> None:
    """What stands at the place of a site is its value."""
    source = decode(content)
    if not isinstance(source, Source):
        raise BrokenLawError(f"{site.path} has sites, and cannot be read")
    lines = source.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    stretch = lines[site.span.line - 1 : site.span.end_line]
    stretch[-1] = stretch[-1][: site.span.end_column - 1]
    stretch[0] = stretch[0][site.span.column - 1 :]
    there = "\n".join(stretch)
    if _bare(there) != _bare(site.value):
        raise BrokenLawError(f"{site.path}:{site.span.line}: {site.value!r} is reported where {there!r} stands")


def _bare(text: str) -> str:
    return "".join(text.split()).strip("\"'")


def _parsed(content: bytes) -> ast.Module | None:
    """Parse as this interpreter does; ``None`` is what it does not take."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(content, "fuzzed", "exec", dont_inherit=True)
            return ast.parse(content)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _parses_for_libcst(content: bytes) -> bool:
    import libcst

    try:
        libcst.parse_module(content)
    except libcst.CSTLogicError:  # its classes fail at what its parser takes
        return True
    except Exception:  # which says no more than that it does not
        return False
    return True


def _ends_with_marker(tree: ast.Module) -> bool:
    last = tree.body[-1] if tree.body else None
    return isinstance(last, ast.FunctionDef) and last.name == "is_at_end_marker" and len(last.body) == 2


def _is_left_out(path: str, content: bytes) -> bool:
    source = decode(content)
    return isinstance(source, Source) and is_generated(source.text, path)


def _render(inventory: Inventory) -> None:
    """Write everything in every format."""
    page = Page(Path(inventory.root), statistics=True)
    findings = check(inventory, Config(Path(inventory.root)))
    for name in findings_formats():
        findings_format(name)(findings, inventory, page)
    for name in inventory_formats():
        inventory_format(name)(inventory, page)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder hold these files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
