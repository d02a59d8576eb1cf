from __future__ import annotations

from pathlib import Path

import pytest

from threshlint.config import ConfigError
from threshlint.owners import Owners, read_owners

# The cases that GitHub's documentation of code owners explains, and what it says of each.
DOCUMENTED = """
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/scripts/ @doctocat @octocat
**/logs @octocat
/manuals/ @doctocat
/manuals/free
"""


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("search.py", "@global-owner1 @global-owner2"),
        ("deep/down/search.js", "@js-owner"),
        ("a.go", "docs@example.com"),
        ("student/a.txt", "@octo-org/octocats"),
        ("build/logs/deep/a", "@octocat"),
        ("x/build/log", "@global-owner1 @global-owner2"),
        ("docs/getting-started.md", "docs@example.com"),
        ("docs/build-app/troubleshooting.md", "@global-owner1 @global-owner2"),
        ("x/docs/a.md", "@global-owner1 @global-owner2"),
        ("x/apps/deep/a.py", "@octocat"),
        ("scripts/a.py", "@doctocat @octocat"),
        ("x/scripts/a.py", "@global-owner1 @global-owner2"),
        ("deeply/nested/logs/a", "@octocat"),
        ("manuals/a.py", "@doctocat"),
        ("manuals/free/a.py", None),
    ],
)
def test_the_last_line_that_matches_decides(path: str, owner: str | None) -> None:
    assert Owners(DOCUMENTED).of(path) == owner


@pytest.mark.parametrize(
    ("text", "path", "owner"),
    [
        ("", "a.py", None),
        ("# a.py @x\n\n   \n", "a.py", None),
        ("a.py\t@x\t@y\r\n", "a.py", "@x @y"),
        ("my\\ file.py @x", "my file.py", "@x"),
        ("* @x\n!a.py @y", "a.py", "@x"),
        ("* @x\n[ab].py @y", "a.py", "@x"),
        ("* @x\na.py nobody", "a.py", "@x"),
        ("* @x\n/ @y", "a.py", "@x"),
        ("* @x\na.py\\ @y", "a.py", "@x"),
        ("/* @x", "a.py", "@x"),
        ("/* @x", "b/a.py", None),
        ("* @x # [not] a pattern", "a.py", "@x"),
    ],
)
def test_lines(text: str, path: str, owner: str | None) -> None:
    assert Owners(text).of(path) == owner


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_the_places_in_their_order(tmp_path: Path) -> None:
    assert read_owners(tmp_path).of("a.py") is None
    write(tmp_path / "docs" / "CODEOWNERS", "* @docs")
    assert read_owners(tmp_path).of("a.py") == "@docs"
    write(tmp_path / "CODEOWNERS", "* @top")
    assert read_owners(tmp_path).of("a.py") == "@top"
    write(tmp_path / ".github" / "CODEOWNERS", "* @github")
    assert read_owners(tmp_path).of("a.py") == "@github"


def test_patterns_begin_at_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path / "CODEOWNERS", "/services/shop/search.py @shop\n/tools/ @tools\n")
    shop = tmp_path / "services" / "shop"
    shop.mkdir(parents=True)
    owners = read_owners(shop)
    assert owners.of("search.py") == "@shop"
    assert owners.of("../../tools/a.py") == "@tools"
    assert owners.of("sub/search.py") is None
    assert owners.of("../../../elsewhere.py") is None


def test_a_file_that_is_not_all_utf_8(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_bytes(b"\xef\xbb\xbf* @x\n# \xff\n")
    assert read_owners(tmp_path).of("a.py") == "@x"


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "CODEOWNERS", "* @x")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError, match="CODEOWNERS: it cannot be read: Permission denied"):
        read_owners(tmp_path)
