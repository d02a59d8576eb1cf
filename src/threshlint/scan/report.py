"""Demands on literals -> sites: what is reported, as which kind, and with which trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from threshlint.scan.attach import Found
from threshlint.scan.facts import Literal
from threshlint.scan.flow.arithmetic import SHARE
from threshlint.scan.flow.demand import KINDS, KNOB, REFUTES, Demand
from threshlint.scan.flow.engine import Engine
from threshlint.scan.flow.insight import Insight
from threshlint.scan.flow.names import claim, cuts_into_chunks, is_share
from threshlint.site import Embedder, Evidence, Exempt, Kind, Site, Step

_STRENGTH = {Evidence.FLOW: 0, Evidence.CALL: 1, Evidence.NAME: 2}
_LONGEST_TRACE = 6
_CUTOFFS = frozenset({Kind.SIMILARITY_THRESHOLD.value, Kind.DISTANCE_THRESHOLD.value})
TOLERANCE = 1e-4  # below it a cutoff tells equal from unequal, not close from far


def report(engine: Engine, insight: Insight, is_test: Callable[[str], bool]) -> list[Found]:
    """Return every site, in the order of paths and places, without annotations."""
    found = []
    for facts in engine.graph.files:
        test = is_test(facts.path)
        for node, literal in facts.literals.items():
            demand = chosen(engine.demands.get(node, {}), literal)
            if demand is None:
                continue
            kind = refined(Kind(demand.kind), literal)
            site = Site(
                facts.path,
                literal.span,
                literal.text,
                kind,
                literal.name,
                literal.scope,
                demand.evidence,
                tuple(trace(engine, demand, literal)),
                exempt=exemption(kind, literal),
                test=test,
            )
            site = insight.into(site, node, literal)
            found.append(Found(site, literal.keys, literal.tests, literal.annotated))
    found.sort(key=lambda one: (one.site.path, one.site.span))
    return found


def chosen(demands: dict[str, Demand], literal: Literal) -> Demand | None:
    """Return the demand that decides what a literal is, or None where it is no site."""
    wanted = [demand for kind, demand in demands.items() if kind in KINDS and fits(demand, literal)]
    if not wanted:
        return None
    wanted.sort(key=lambda demand: (_STRENGTH[demand.evidence], demand.depth))
    best = wanted[0]
    refuted = REFUTES in demands or KNOB in demands
    if refuted and best.evidence is Evidence.NAME:
        return None
    return best


def fits(demand: Demand, literal: Literal) -> bool:
    """Return whether a literal can be what a demand makes of it at all."""
    kind = demand.kind
    value = number(literal)
    if value is None:
        return False
    if demand.evidence is Evidence.NAME and kind == Kind.SIMILARITY_THRESHOLD.value and abs(value) > 100:
        return False
    named = literal.name is not None and claim(literal.name) is not None
    if value in (0, -1) and not named:
        return False  # a sign test, a start or a marker: no cutoff that anybody chose
    if (
        kind in _CUTOFFS
        and ((abs(value) == 1 and not _is_chosen_distance(kind, literal)) or 0 < abs(value) < TOLERANCE)
        and not (literal.name and claim(literal.name))
    ):
        return False  # the end of a range, or a tolerance of numerics
    if kind == Kind.SCORE_WEIGHT.value and abs(value) == 1 and not named:
        return False  # changes nothing: no weight that anybody chose
    if kind == Kind.TOP_K.value:
        return "." not in literal.text or (
            0 < value < 1 and (is_share(literal.name or "") or _is_share_by_form(demand))
        )
    return True


def _is_chosen_distance(kind: str, literal: Literal) -> bool:
    """Return whether a cutoff of 1 was chosen: a distance goes on beyond, where it has a name of its own."""
    returned = literal.scope.rpartition(".")[2]
    return kind == Kind.DISTANCE_THRESHOLD.value and literal.name not in (None, returned)


def _is_share_by_form(demand: Demand) -> bool:
    current: Demand | None = demand
    while current is not None and current.note != SHARE:
        current = current.toward
    return current is not None


def refined(kind: Kind, literal: Literal) -> Kind:
    """Return the kind of a cutoff: a boundary where it ends a chunk; a plain name knows its direction best."""
    if kind.value not in _CUTOFFS:
        return kind
    if cuts_into_chunks(literal.scope):
        return Kind.CLUSTER_BOUNDARY
    said = claim(literal.name) if literal.name else None
    return Kind(said.kind) if said is not None and said.plain and said.kind in _CUTOFFS else kind


def number(literal: Literal) -> float | None:
    """Return the value of a literal."""
    text = literal.text.strip("\"'").replace("_", "")
    try:
        return float(text)
    except ValueError:
        try:
            return float(int(text, 0))
        except ValueError:
            return None


def exemption(kind: Kind, literal: Literal) -> Exempt | None:
    """Return why a site is never a finding, if it is not."""
    value = number(literal)
    if kind is Kind.TOP_K and value is not None and abs(value) == 1:
        return Exempt.K_OF_ONE
    if value in (0.0, -1.0) or (value == 1.0 and kind is not Kind.CLUSTER_BOUNDARY):
        return Exempt.SENTINEL
    return None


def trace(engine: Engine, demand: Demand, literal: Literal) -> Iterator[Step]:
    """Yield the steps from the literal to the score; a long way is told by its ends."""
    steps: list[Step] = []
    current: Demand | None = demand
    while current is not None:
        step = Step(engine.graph.path_of(current.node), engine.graph.line_of(current.node), current.note)
        if not steps or steps[-1] != step:
            steps.append(step)
        current = current.toward
    # That a default flows into its own parameter, a reader sees.
    while len(steps) > 1 and steps[0].line == literal.span.line and steps[0].note.startswith("flows into"):
        del steps[0]
    if len(steps) > _LONGEST_TRACE:
        steps = [*steps[: _LONGEST_TRACE - 2], *steps[-2:]]
    yield from steps


def embedders(engine: Engine) -> list[Embedder]:
    """Return the places where the code names an embedding model."""
    found = set()
    for node, (entry, arguments) in engine.embedders.items():
        given = engine.named_arguments(entry, arguments)
        model = engine.constant_string(given.get(entry.embedder.get("model", ""), -1))
        if model is None:
            continue
        dimensions = engine.graph.literal(given.get(entry.embedder.get("dimensions", ""), -1))
        size = number(dimensions) if dimensions is not None else None
        found.add(
            Embedder(
                engine.graph.path_of(node), engine.graph.line_of(node), model, int(size) if size is not None else None
            )
        )
    return sorted(found, key=lambda one: (one.path, one.line, one.model))
