"""A stand-in for the scan: every float of a source is a site, and its surroundings are read with ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from threshlint.config import Config
from threshlint.scan.attach import Attached, Found, attach
from threshlint.scan.coverage import read_comments
from threshlint.scan.lexer import lex
from threshlint.site import Evidence, Kind, Site, Span

KNOWN = ("text-embedding-3-small", "text-embedding-3-large", "bge-small-en-v1.5", "all-MiniLM-L6-v2")
CONFIG = Config(root=Path(), aliases={"all-MiniLM-L6-v2": ("sentence-transformers/all-MiniLM-L6-v2",)})


class FloatFinder(ast.NodeVisitor):
    """Takes each float for a site, and notes what the scan would of its surroundings."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.found: list[Found] = []
        self.keys: tuple[str, ...] = ()
        self.tests: tuple[str, ...] = ()
        self.annotated: tuple[str, ...] = ()
        self.visit(ast.parse(source))

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, float):
            span = Span(node.lineno, node.col_offset + 1, node.end_lineno or 0, (node.end_col_offset or 0) + 1)
            site = Site(self.path, span, str(node.value), Kind.TOP_K, None, "shop", Evidence.NAME)
            self.found.append(Found(site, self.keys, self.tests, self.annotated))

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            outer = self.keys
            self.keys += tuple(strings_of(key))
            self.visit(value)
            self.keys = outer

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        outer = self.tests
        self.tests += tuple(strings_of(node.test))
        for child in node.body:
            self.visit(child)
        self.tests = outer
        for child in node.orelse:
            self.visit(child)

    def visit_match_case(self, node: ast.match_case) -> None:
        outer = self.tests
        self.tests += tuple(strings_of(node.pattern))
        self.generic_visit(node)
        self.tests = outer

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.annotated = tuple(strings_of(node.annotation))
        if node.value:
            self.visit(node.value)
        self.annotated = ()


def strings_of(node: ast.AST | None) -> Iterator[str]:
    for child in ast.walk(node) if node else ():
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value


def attach_files(files: Mapping[str, str], config: Config = CONFIG) -> Attached:
    found = [each for path, source in files.items() for each in FloatFinder(path, source).found]
    return attach(found, {path: read_comments(lex(source)) for path, source in files.items()}, KNOWN, config)
