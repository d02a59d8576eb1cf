"""One part of a project: its files' facts joined and solved, and what was found in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from threshlint.scan.attach import Found
from threshlint.site import Embedder, Mismatch

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.cache.memory import Memory
    from threshlint.scan.knowledge import Knowledge


@dataclass(frozen=True)
class Outcome:
    """What was found in a part, before comments and other parts have their say."""

    found: tuple[Found, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()  # each with its line for a place
    embedders: tuple[Embedder, ...] = ()
    known_models: tuple[str, ...] = ()  # those that the configuration and the libraries name
    reason: str | None = None  # why nothing could be found out


def solve(facts: Sequence[bytes], config: Config, memory: Memory) -> Outcome:
    """Find the sites of a part, given the facts of its files in the order of their paths."""
    from threshlint.scan.cache.codec import decode
    from threshlint.scan.facts import Facts
    from threshlint.scan.flow.engine import Engine
    from threshlint.scan.flow.graph import Graph
    from threshlint.scan.flow.insight import Insight
    from threshlint.scan.report import embedders, report

    knowledge = _knowledge_for(config, memory)
    engine = Engine(Graph(decode(each, Facts) for each in facts), knowledge)
    engine.solve()
    others = (other for names in config.aliases.values() for other in names)
    known = {*config.models, *config.retired, *config.aliases, *others, *knowledge.models}
    insight = Insight(engine, known)
    found = report(engine, insight, config.is_test)
    mismatches = [replace(one, test=config.is_test(one.path)) for one in insight.mismatches()]
    return Outcome(tuple(found), tuple(mismatches), tuple(embedders(engine)), tuple(sorted(known)))


_loaded: dict[str, Knowledge] = {}


def _knowledge_for(config: Config, memory: Memory) -> Knowledge:
    """Load what is known, once for all parts."""
    from threshlint.scan.knowledge import load_knowledge

    taught = repr(config.calls)
    if taught not in _loaded:
        _loaded[taught] = load_knowledge(config.calls, memory.documents())
    return _loaded[taught]
