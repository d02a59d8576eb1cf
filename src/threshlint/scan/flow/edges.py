"""Scores that hide as the weights of a graph's edges: what an edge was given comes back with it."""

from __future__ import annotations

from threshlint.scan.facts import NOTHING
from threshlint.scan.flow.calls import Arguments
from threshlint.scan.flow.columns import Columns
from threshlint.scan.flow.values import INSTANCE, MAPPING, SEQUENCE

_GRAPHS = frozenset({"Graph", "DiGraph", "MultiGraph", "MultiDiGraph"})


class Edges(Columns):
    """The attributes of the edges of a networkx graph, shared by all edges of the graph."""

    def call_on(self, result: int, base: int, name: str, arguments: Arguments) -> None:
        """Call a method by its name, on whatever its receiver holds."""
        super().call_on(result, base, name, arguments)
        if name not in ("add_edge", "add_weighted_edges_from", "edges", "get_edge_data"):
            return
        for value in tuple(self.held[base]) if base >= 0 else ():
            if isinstance(value, tuple) and value[0] == INSTANCE and value[1].name in _GRAPHS:
                self._call_on_graph(result, value[2], name, arguments)

    def _call_on_graph(self, result: int, graph: int, name: str, arguments: Arguments) -> None:
        attributes = self.once(graph, "edge attributes", graph)
        self.add(attributes, (MAPPING, attributes))
        if name == "add_edge":
            for key, node in arguments.keywords.items():
                self.edge(node, self.entry(attributes, key))
        elif name == "add_weighted_edges_from" and arguments.positional:
            self._add_weighted(arguments.positional[0], self.entry(attributes, "weight"))
        elif name == "get_edge_data":
            self.edge(attributes, result)
        else:
            self._walk_edges(result, attributes, arguments.keywords.get("data", NOTHING))

    def _add_weighted(self, edges: int, weight: int) -> None:
        triple = self.once(edges, "weighted edge", edges)
        self.element_of(edges, triple)
        self.watch(triple)
        for value in tuple(self.held[triple]):
            if isinstance(value, tuple) and value[0] == SEQUENCE and len(self.fixed.get(value[1], ())) == 3:
                self.edge(self.fixed[value[1]][2], weight)

    def _walk_edges(self, result: int, attributes: int, data: int) -> None:
        """``edges(data=True)`` walks (from, to, attributes), ``edges(data="weight")`` one attribute of them."""
        key = self.constant_string(data)
        if key is None:
            return
        last = attributes if key == "True" else self.entry(attributes, key)
        triple = self.any_element(result)
        self.fixed[triple] = (NOTHING, NOTHING, last)
        self.add(triple, (SEQUENCE, triple))
        self.add(result, (SEQUENCE, result))
