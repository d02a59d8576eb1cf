"""The graph's memory: what nodes share must look as if each had its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from threshlint.scan.facts import Facts, Function, Literal, Op, Parameter
from threshlint.scan.flow.graph import Graph
from threshlint.scan.flow.solver import _HUB, MOST_VALUES, Solver
from threshlint.scan.flow.values import Value
from threshlint.scan.knowledge import Knowledge
from threshlint.site import Span

_NODES = 3


def solver_of(nodes: int) -> Solver:
    solver = Solver(Graph([]), Knowledge())
    for _ in range(nodes):
        solver.new_node(-1)
    return solver


@given(st.lists(st.tuples(st.integers(0, _NODES - 1), st.integers(0, MOST_VALUES + 4)), max_size=160))
def test_nodes_hold_what_they_were_given_in_its_order(given_values: list[tuple[int, int]]) -> None:
    solver = solver_of(_NODES)
    expected: list[list[Value]] = [[] for _ in range(_NODES)]
    for node, number in given_values:
        value = ("module", number)
        solver.add(node, value)
        if value not in expected[node] and len(expected[node]) < MOST_VALUES:
            expected[node].append(value)
    assert [list(held) for held in solver.held] == expected


def test_a_full_node_can_still_be_ranked_and_no_other_is_with_it() -> None:
    solver = solver_of(2)
    for number in range(MOST_VALUES):
        solver.add(0, ("module", number))
        solver.add(1, ("module", number))
    assert solver.held[0] is solver.held[1]
    solver._hold(0, "ranked")
    assert "ranked" in solver.held[0]
    assert "ranked" not in solver.held[1]


@given(st.lists(st.integers(1, _HUB * 2), max_size=_HUB * 4))
def test_an_edge_is_drawn_once(targets: list[int]) -> None:
    solver = solver_of(_HUB * 2 + 1)
    for target in targets:
        solver.edge(0, target)
    assert list(solver.onward[0]) == list(dict.fromkeys(targets))
    assert all(list(solver.back[target]) == [0] for target in targets)


def test_values_flow_over_edges_that_come_later() -> None:
    solver = solver_of(3)
    solver.add(0, ("module", 1))
    solver.edge(0, 1)
    solver.run()
    solver.edge(1, 2)
    solver.run()
    assert list(solver.held[2]) == [("module", 1)]


def test_files_are_numbered_through() -> None:
    def facts(path: str) -> Facts:
        made = Facts(path, path.removesuffix(".py"), lines=[1, 2])
        made.operations = [
            (Op.COPY, 1, 0),
            (Op.CALL, 1, 0, (0, -1), {"k": 1}, (), ()),
            (Op.SET_ATTRIBUTE, -1, 0, "a", 1),
        ]
        made.literals = {0: Literal("0.8", Span(1, 1, 1, 4), path, -1)}
        made.words, made.names = {1: "cutoff"}, {"cutoff": 1}
        made.functions = [Function("f", "f", 1, [Parameter("a", 0)], returns=-1)]
        return made

    graph = Graph([facts("one.py"), facts("two.py")])
    assert graph.files[1].operations == [
        (Op.COPY, 3, 2),
        (Op.CALL, 3, 2, (2, -1), {"k": 3}, (), ()),
        (Op.SET_ATTRIBUTE, -1, 2, "a", 3),
    ]
    assert [graph.word_of(node) for node in range(4)] == [None, "cutoff", None, "cutoff"]
    assert graph.literal(2) is not None
    assert graph.exported(1, "cutoff") == 3
    assert (graph.path_of(3), graph.line_of(3)) == ("two.py", 2)
    assert (graph.functions[1].parameters[0].node, graph.functions[1].returns) == (2, -1)
