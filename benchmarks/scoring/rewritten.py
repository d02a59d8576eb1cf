"""Rewrites a package as a user would, and looks at every byte that changed, with none of threshlint's own proofs."""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.tools import THRESHLINT, ToolError

OLD, NEW = "old-model", "new-model"
_ISOLATED = ("--isolated", "--no-gitignore", "--no-cache")
_MASK = "\N{SECTION SIGN}"
_MODEL = re.compile(rf"(?<=threshold@)(?:{OLD}|{NEW})(?!\S)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")

Object = dict[str, Any]


@dataclass(frozen=True)
class Rewritten:
    """What became of a package."""

    name: str
    sites: int  # annotated with the old model
    by_map: int  # to be written with the map's own value
    accepted: int  # to be written with a value that was given
    left: int  # not written in the end
    stat: str  # what git says of it
    wrong: tuple[str, ...]  # what changed that was not to, and what did not that was


def rewritten(name: str, package: Path, map_file: Path, folder: Path, command: Sequence[str] = THRESHLINT) -> Rewritten:
    """Annotate a copy of a package, rewrite it with a map twice, and look at what changed.

    Args:
        name: What to call it.
        package: Its folder, which stays as it is.
        map_file: A map from ``OLD`` to ``NEW``.
        folder: An empty folder for the copy.
        command: What runs threshlint.

    Raises:
        ToolError: threshlint or git did not answer as they should.

    """
    shutil.copytree(package, folder, dirs_exist_ok=True)
    copy = _Copy(folder, command)
    copy.commit("as it was")
    copy.threshlint("annotate", "--model", OLD)
    copy.commit("annotated")
    before = copy.sites()
    proposals = copy.json("rewrite", "--map", str(map_file), "--output-format", "json")["proposals"]
    texts = {each["fingerprint"]: each["value"] for each in before}
    refused = [each["fingerprint"] for each in proposals if each["verdict"] != "ok"]
    choices = {fingerprint: _other_value(texts[fingerprint]) for fingerprint in refused}
    wanted = {each["fingerprint"]: choices.get(each["fingerprint"], each["new"]) for each in proposals}
    accepted = [f"--accept={fingerprint}={value}" for fingerprint, value in choices.items()]
    write = ["rewrite", "--map", str(map_file), "--write", *accepted]

    copy.threshlint(*write)
    stat, after = copy.git("diff", "--shortstat").strip(), copy.sites()
    written = {each["fingerprint"] for each in after if each["models"] == [NEW]}
    wrong = [*_wrong_values(wanted, written, before, after), *_other_changes(copy, before, after)]
    copy.threshlint(*write)
    if copy.git("diff", "--shortstat").strip() != stat:
        wrong.append("the second run changed something more")
    left = len(wanted.keys() - written)
    return Rewritten(name, len(proposals), len(wanted) - len(choices), len(choices), left, stat, tuple(wrong))


class _Copy:
    """A copy of a package, in a repository of its own."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self.folder = folder
        self.command = command
        self.git("init", "--quiet")

    def commit(self, message: str) -> None:
        """Commit everything."""
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)

    def git(self, *arguments: str) -> str:
        """Run git, whatever the machine's configuration."""
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
        return self._run("git", *identity, *arguments).stdout.decode()

    def committed(self, path: str) -> bytes:
        """Return a file as it was committed."""
        return self._run("git", "show", f"HEAD:{path}").stdout

    def threshlint(self, *arguments: str) -> bytes:
        """Run threshlint, which may leave something for a person."""
        return self._run(*self.command, *arguments, *_ISOLATED, expected=(0, 1)).stdout

    def json(self, *arguments: str) -> Object:
        """Run threshlint and read its answer."""
        answer: Object = json.loads(self.threshlint(*arguments))
        return answer

    def sites(self) -> list[Object]:
        """Take the inventory."""
        sites: list[Object] = self.json("check", "--report", "--output-format", "json")["sites"]
        return sites

    def _run(self, *command: str, expected: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[bytes]:
        outcome = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        if outcome.returncode not in expected:
            said = outcome.stderr.decode(errors="replace").strip()
            raise ToolError(f"{self.folder.name}: {' '.join(command[:4])} ended in {outcome.returncode}: {said}")
        return outcome


def _other_value(text: str) -> str:
    """Make up a value for a site whose proposal is refused: whole if the old one is, else in more digits."""
    old = _number(text)
    return f"{old * 0.9125 + 0.00123:.6f}" if "." in text else str(int(old) + 3)


def _wrong_values(
    wanted: Mapping[str, Any], written: Iterable[str], before: Sequence[Object], after: Sequence[Object]
) -> Iterator[str]:
    """Say which sites have another value than they were to have."""
    values = {each["fingerprint"]: _number(each["value"]) for each in before}
    values |= {fingerprint: float(value) for fingerprint, value in wanted.items() if fingerprint in set(written)}
    for each in after:
        expected = values.get(each["fingerprint"])
        if expected != _number(each["value"]):
            yield f"{each['path']}:{each['line']}: {each['value']} and not {expected}"
    if len(before) != len(after):
        yield f"there were {len(before)} sites, and are {len(after)}"


def _number(text: str) -> float:
    text = re.sub(r"^[a-zA-Z]*['\"]+|['\"]+$", "", text).replace("_", "")
    try:
        return float(text)
    except ValueError:
        return float(int(text, 0))


def _other_changes(copy: _Copy, before: Sequence[Object], after: Sequence[Object]) -> Iterator[str]:
    """Say which files differ in more than sites' numbers and annotations' models, byte for byte."""
    for path in copy.git("diff", "--name-only", "-z").split("\0")[:-1]:
        old, new = copy.committed(path), (copy.folder / path).read_bytes()
        if _masked(old, [each for each in before if each["path"] == path]) != _masked(
            new, [each for each in after if each["path"] == path]
        ):
            yield f"{path}: more changed than numbers and annotations"
        try:
            ast.parse(new)
        except SyntaxError as error:
            yield f"{path}: is no Python any more: {error}"


def _masked(content: bytes, sites: Sequence[Object]) -> str:
    """Return a file's text with its sites' numbers and its annotations' models made alike."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    lines = _LINE.findall(content.decode(encoding))
    for site in sorted(sites, key=lambda each: (each["line"], each["column"]), reverse=True):
        first, last = site["line"] - 1, site["end_line"] - 1
        start, end = lines[first][: site["column"] - 1], lines[last][site["end_column"] - 1 :]
        lines[first : last + 1] = [start + _MASK + end]
    return _MODEL.sub(_MASK, "".join(lines))
