"""Python source -> sites: files are found, turned into facts, joined, and every site is reported."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from threshlint.site import Inventory, Mismatch, Skipped, Span

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.analyse import Analysed
    from threshlint.scan.discover import SourceFile
    from threshlint.scan.lexer import Lexed


def scan(paths: Sequence[Path], config: Config) -> Inventory:
    """Find every site in the files that ``paths`` name, with the rest of the project in view.

    Nothing of what is read is imported or run.

    Raises:
        ConfigError: What the configuration teaches cannot be understood.
    """
    from threshlint.scan.context import context_files
    from threshlint.scan.discover import discover
    from threshlint.scan.stack import with_deep_stack

    found = discover(paths, config)
    context = context_files(config, found.files)
    files = {file.relative: file for file in (*context.files, *found.files)}
    with _without_collection():
        analysed = _analyse(files.values(), config)
        named = {file.relative for file in found.files}
        skipped = (*found.skipped, *context.skipped, *_skipped(analysed, named))
        return with_deep_stack(_judge, analysed, named, skipped, config)


@contextmanager
def _without_collection() -> Iterator[None]:
    """Keep the collector from looking through millions of objects that live until the end anyway."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _analyse(files: Iterable[SourceFile], config: Config) -> list[Analysed]:
    from threshlint.scan.analyse import Job
    from threshlint.scan.funnel import may_have_sites
    from threshlint.scan.workers import analyse_all

    jobs = [Job(file.path, file.relative, module_name(file.relative)) for file in files]
    if not may_have_sites(jobs, config):
        jobs = [replace(job, checked=True) for job in jobs]
    return analyse_all(jobs)


def module_name(relative: str) -> str:
    """Return the dotted name of a file by its path below the root: ``src/shop/__init__.py`` is ``src.shop``."""
    dotted = relative.rsplit(".", 1)[0].replace("/", ".").strip(".")
    return dotted.removesuffix("__init__").rstrip(".") if dotted.endswith((".__init__", "__init__")) else dotted


def _skipped(analysed: Sequence[Analysed], named: set[str]) -> list[Skipped]:
    """Name what could not be analysed; a context file counts fully when a named file depends on it."""
    broken = {one.relative: one.reason for one in analysed if one.reason is not None}
    if broken.keys() <= named:
        return [Skipped(path, reason) for path, reason in broken.items()]
    needed = _reached_from(named, analysed)
    return [Skipped(path, reason, context=path not in named | needed) for path, reason in broken.items()]


def _reached_from(named: set[str], analysed: Sequence[Analysed]) -> set[str]:
    """Return the files that the named ones import, directly or through others."""
    from threshlint.scan.facts import Facts
    from threshlint.scan.flow.graph import Graph

    files = [one.facts or Facts(one.relative, module_name(one.relative)) for one in analysed]
    graph = Graph(files)
    pending = [index for index, file in enumerate(files) if file.path in named]
    reached = set(pending)
    while pending:
        near = pending.pop()
        for module in _with_packages(files[near].imports):
            index = graph.module(module, near)
            if index is not None and index not in reached:
                reached.add(index)
                pending.append(index)
    return {files[index].path for index in reached}


def _with_packages(imports: Iterable[str]) -> set[str]:
    """Return dotted names and all that is above them: ``a.b.c`` runs ``a`` and ``a.b`` first."""
    modules: set[str] = set()
    for dotted in imports:
        while dotted and dotted not in modules:
            modules.add(dotted)
            dotted = dotted.rpartition(".")[0]
    return modules


def _judge(analysed: Sequence[Analysed], named: set[str], skipped: Sequence[Skipped], config: Config) -> Inventory:
    from threshlint.owners import read_owners
    from threshlint.scan.attach import attach
    from threshlint.scan.fingerprint import fingerprints
    from threshlint.scan.flow.engine import Engine
    from threshlint.scan.flow.graph import Graph
    from threshlint.scan.flow.insight import Insight
    from threshlint.scan.knowledge import load_knowledge
    from threshlint.scan.lexer import lex
    from threshlint.scan.report import embedders, report
    from threshlint.scan.source import Source, read_source

    knowledge = load_knowledge(config.calls)
    engine = Engine(Graph([one.facts for one in analysed if one.facts is not None]), knowledge)
    engine.solve()
    named_models = {*config.models, *config.retired, *config.aliases, *knowledge.models}
    insight = Insight(engine, {*named_models, *(other for names in config.aliases.values() for other in names)})
    found = report(engine, insight, config.is_test)
    mismatches = [one for one in insight.mismatches() if one.path in named]
    models = embedders(engine)
    comments = {one.relative: one.comments for one in analysed if one.comments is not None}
    known = {*named_models, *(one.model for one in models)}
    attached = attach(found, comments, known, config)

    sites = [site for site in attached.sites if site.path in named]
    sources = {}
    for path in {site.path for site in sites} | {mismatch.path for mismatch in mismatches}:
        source = read_source(config.root / path)
        if isinstance(source, Source):
            sources[path] = lex(source.text)
    owners = read_owners(config.root)
    finished = [
        replace(
            site,
            fingerprint=fingerprint,
            owner=site.owner or owners.of(site.path),
            sources=tuple(dict.fromkeys(map(config.canonical, site.sources))),
        )
        for site, fingerprint in zip(sites, fingerprints(sites, sources), strict=True)
    ]
    return Inventory(
        str(config.root),
        tuple(finished),
        tuple(one for one in models if one.path in named),
        tuple(sorted(skipped, key=lambda one: one.path)),
        tuple(use for use in attached.annotations if use.path in named),
        tuple(use for use in attached.suppressions if use.path in named),
        sum(one.relative in named and one.reason is None for one in analysed),
        tuple(_placed(one, sources, config) for one in mismatches),
    )


def _placed(mismatch: Mismatch, sources: Mapping[str, Lexed], config: Config) -> Mismatch:
    """Let a mismatch span what is written on its line, name its models as the project does, and know of tests."""
    line = mismatch.span.line
    lexed = sources.get(mismatch.path)
    text = lexed.text[slice(*[*lexed.line_starts, None][line - 1 : line + 1])] if lexed is not None else ""
    begin = len(text) - len(text.lstrip())
    one, other = map(config.canonical, mismatch.models)
    return replace(
        mismatch,
        span=Span(line, begin + 1, line, len(text.rstrip()) + 1),
        models=(one, other),
        test=config.is_test(mismatch.path),
    )
