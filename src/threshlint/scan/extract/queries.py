"""Query texts: SQL, Cypher and Redis searches that cut by vector closeness inside a string.

Only the places that matter are found, not a grammar: an expression that yields a distance or a
similarity, what it is compared with, the alias it is given, and the LIMIT of what it orders.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable

from threshlint.scan.extract.texts import FUNCTION, OPERATOR, SIMILARITY_FUNCTIONS, Part
from threshlint.scan.facts import NOTHING, Query

# What an operator or a function yields, where its name says so; 1 - a cosine distance is a cosine similarity.
_UNITS = (
    (re.compile(r"<=>|cos\w*_?distance|distance_cos", re.IGNORECASE), "cosine-distance"),
    (re.compile(r"cosine_?similarity|similarity[._]cosine", re.IGNORECASE), "cosine-similarity"),
    (re.compile(r"<->|l2_?distance|distance_(?:l2|euclidean)|euclidean_distance", re.IGNORECASE), "l2"),
    (re.compile(r"<#>", re.IGNORECASE), "negative-dot"),
)
_COMPLEMENTS = {"cosine-distance": "cosine-similarity", "cosine-similarity": "cosine-distance"}
_SIMILARITY_NAMES = frozenset(name.lower() for name in SIMILARITY_FUNCTIONS)
# How many characters what belongs together is apart at most. Without such a bound a text of many words that each
# look as far as its end would take time by the square of its length.
_FAR = 4_000
_NEAR = 400
_MATCHED = rf"\bMATCH\b[\s\S]{{0,{_FAR}}}?\b"
_SPATIAL = re.compile(
    r"\bST_\w+|\bgeom\w*|\bgeog\w*|\btsquery\b|\bpoint\s*\(|(?<![\w.])(?:word_)?similarity\s*\(", re.IGNORECASE
)

_HOLE = r"\x00(?P<hole>\d+)\x00"
_VALUE = (
    rf"(?:(?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w.])|{_HOLE}|%\((?P<named>\w+)\)s|(?P<mark>%s|\?(?!\?))|\$(?P<dollar>\d+)|(?<!:):(?P<colon>[A-Za-z_]\w*)"
    r"|\$(?P<cypher>[A-Za-z_]\w*)|@(?P<at>[A-Za-z_]\w*)|\{(?P<gap>\w+)\})"
)
_SCORE = re.compile(rf"(?P<operator>{OPERATOR})|\b(?P<function>{FUNCTION})\s*\(", re.IGNORECASE)
_AFTER = re.compile(rf"\s*(?:AS\s+\"?(?P<alias>\w+)|(?P<comparison><=|>=|<(?![=>\-#+])|>)\s*{_VALUE})", re.IGNORECASE)
_COMPARED = re.compile(rf"\b(?P<alias>\w+)\s*(?:<=|>=|<(?![=>\-#+])|>)\s*{_VALUE}", re.IGNORECASE)
_TURNED = re.compile(r"\b1(?:\.0)?\s*-\s*(?:\w+\s*)?$")
_TURNED_OPERAND = re.compile(r"\b1(?:\.0)?\s*-\s*[\w.\"]+\s*$")
_SELECTED = re.compile(rf"\bSELECT\b(?P<list>[\s\S]{{0,{_FAR}}}?)\bFROM\b", re.IGNORECASE)
_BLANKS = re.compile(r"\s*")
_MARKS = re.compile(r"%s|\?(?!\?)")
_LIMIT = re.compile(rf"\b(?:LIMIT|FETCH\s+(?:FIRST|NEXT)|TOP)\s+\(?\s*{_VALUE}", re.IGNORECASE)
_WEIGHED = re.compile(rf"{_VALUE}\s*\)?\s*\*\s*\(?\s*@?(?P<term>[A-Za-z_]\w*)?", re.IGNORECASE)
_NEAR_SCORE = re.compile(rf"[^+*\n]{{0,40}}?(?:{OPERATOR})")
_VECTOR_TERM = re.compile(r"vector|cosine|semantic|dense|knn|embedding", re.IGNORECASE)
# What some searches call the column that they add.
_IMPLIED_COLUMNS = (
    (re.compile(r"\bvector\.query(?:Nodes|Relationships)\b", re.IGNORECASE), "score", "similarity"),
    (re.compile(r"\bVECTOR_SEARCH\s*\(", re.IGNORECASE), "distance", "distance"),
    (re.compile(rf"{_MATCHED}(?:k\s*=|ORDER\s+BY\s+distance\b)", re.IGNORECASE), "distance", "distance"),
)
_KNN_ALIAS = re.compile(rf"\bKNN\b[^\]]{{0,{_FAR}}}?\bAS\s+(?P<alias>\w+)", re.IGNORECASE)
_KNN = re.compile(rf"\bKNN\s+{_VALUE}", re.IGNORECASE)
_QUERY_NODES = re.compile(rf"\bvector\.query(?:Nodes|Relationships)\s*\(\s*[^,]+,\s*{_VALUE}", re.IGNORECASE)
# A virtual table of sqlite-vec, and what a stored function is called with unless its caller says otherwise.
_MATCH_K = re.compile(rf"{_MATCHED}k\s*=\s*{_VALUE}", re.IGNORECASE)
_PARAMETER = re.compile(
    r"\b(?P<name>[A-Za-z_]\w*)\s+(?:float\d?|double\s+precision|real|numeric|int\d?|integer|bigint|smallint)"
    r"\s+(?:DEFAULT|:?=)\s+(?P<number>\d+(?:\.\d+)?|\.\d+)",
    re.IGNORECASE,
)
_VECTOR_SEARCH_K = re.compile(rf"\btop_k\s*=>\s*{_VALUE}", re.IGNORECASE)


def read_query(parts: list[Part], literal: Callable[[str, int], int]) -> Query:
    """Find the cuts of a query text; ``literal`` makes the node of a number at an offset."""
    return _Reader(parts, literal).read()


def _unit(expression: str, role: str) -> str | None:
    """Return what a score is measured in, by the operator or the function that yields it, and its role in the end."""
    unit = next((unit for pattern, unit in _UNITS if pattern.search(expression)), None)
    if unit is None or role == ("similarity" if unit.endswith("similarity") else "distance"):
        return unit
    return _COMPLEMENTS.get(unit)


class _Reader:
    def __init__(self, parts: list[Part], literal: Callable[[str, int], int]) -> None:
        self.parts = parts
        self.literal = literal
        self.query = Query()
        self.units: set[str | None] = set()  # of the scores that are cut
        self.starts: list[int] = []
        pieces, at = [], 0
        for index, part in enumerate(parts):
            piece = part.text if part.node == NOTHING and part.offset >= 0 else f"\x00{index}\x00"
            self.starts.append(at)
            pieces.append(piece)
            at += len(piece)
        self.text = "".join(pieces)
        self.marks = [match.start() for match in _MARKS.finditer(self.text)]

    def read(self) -> Query:
        text = self.text
        if _SPATIAL.search(text):
            return self.query
        aliases: dict[str, str] = {}
        units: dict[str, str | None] = {}
        for pattern, name, role in _IMPLIED_COLUMNS:
            if pattern.search(text):
                aliases[name] = role
                self.query.columns[name] = role
        for match in _KNN_ALIAS.finditer(text):
            self.query.columns[match["alias"]] = "distance"
        scored = "distance" in aliases
        defaults = {match["name"].lower(): match for match in _PARAMETER.finditer(text)}
        for match in _SCORE.finditer(text):
            scored = True
            role, end = self._extent(match)
            unit = _unit(match[0], role)
            self._cut_by_parameter(role, end, defaults)
            after = _AFTER.match(text, end)
            if after is None:
                continue
            if after["alias"]:
                aliases[after["alias"].lower()] = role
                units[after["alias"].lower()] = unit
                self.query.columns[after["alias"]] = role
            else:
                self.units.add(unit)
                self._cut(f"{role}-threshold", after, f"compared with a vector {role} in the query text")
        for match in _COMPARED.finditer(text) if aliases else ():
            alias = match["alias"].lower()
            role = aliases.get(alias, "")
            if role:
                self.units.add(units.get(alias))
                self._cut(f"{role}-threshold", match, f"compared with the vector {role} `{alias}` of the query text")
        ordered = re.search(r"\bORDER\s+BY\b", text, re.IGNORECASE)
        if scored and ordered:
            self.query.ranked = True
            for match in _LIMIT.finditer(text):
                self._cut("top-k", match, "limits what the query orders by vector closeness")
            for limit in re.finditer(r"\bLIMIT\s+(?P<name>[A-Za-z_]\w*)", text, re.IGNORECASE):
                self._default("top-k", defaults.get(limit["name"].lower()), "the limit of a stored vector search")
        self._place_columns(aliases)
        for pattern in (_KNN, _QUERY_NODES, _VECTOR_SEARCH_K, _MATCH_K):
            for match in pattern.finditer(text):
                self.query.ranked = True
                self._cut("top-k", match, "neighbours asked of a vector search in the query text")
        self._weights()
        if len(self.units) == 1:
            (self.query.unit,) = self.units
        return self.query

    def _cut_by_parameter(self, role: str, end: int, defaults: dict[str, re.Match[str]]) -> None:
        """``WHERE 1 - (a <=> b) > match_threshold`` compares with a parameter of a stored function."""
        compared = re.compile(r"\s*(?:<=|>=|<|>)\s*(?P<name>[A-Za-z_]\w*)").match(self.text, end)
        if compared is not None:
            note = f"compared with a vector {role} in a stored function"
            self.units.add(None)
            self._default(f"{role}-threshold", defaults.get(compared["name"].lower()), note)

    def _default(self, kind: str, match: re.Match[str] | None, note: str) -> None:
        offset = self._offset(match.start("number")) if match is not None else -1
        if match is not None and offset >= 0:
            self.query.cuts.append((kind, self.literal(match["number"], offset), note))

    def _place_columns(self, aliases: dict[str, str]) -> None:
        """Note which columns hold scores by their place in the select list."""
        selected = _SELECTED.search(self.text)
        if selected is None:
            return
        depth, place = 0, 0
        start = selected.start("list")
        for at in range(start, selected.end("list") + 1):
            char = self.text[at] if at < selected.end("list") else ","
            depth += {"(": 1, ")": -1}.get(char, 0)
            if char == "," and depth == 0:
                self._place_column(start, at, place, aliases)
                start, place = at + 1, place + 1

    def _place_column(self, start: int, end: int, place: int, aliases: dict[str, str]) -> None:
        item = self.text[start:end]
        named = re.search(r"(\w+)\"?\s*$", item)
        scored = _SCORE.search(self.text, start, end)
        if scored is not None:
            self.query.columns[place] = self._extent(scored)[0]
        elif named is not None and named[1].lower() in aliases:
            self.query.columns[place] = aliases[named[1].lower()]

    def _weights(self) -> None:
        """``{1 - alpha} * @text_score + {alpha} * @vector_similarity`` weighs the parts of a mixed score."""
        weighed = list(_WEIGHED.finditer(self.text))
        if any(
            _VECTOR_TERM.search(match["term"] or "") or _NEAR_SCORE.match(self.text, match.end()) for match in weighed
        ):
            for match in weighed:
                self._cut("score-weight", match, "weighs a vector score in the query text")

    def _extent(self, match: re.Match[str]) -> tuple[str, int]:
        """Return the role of a score expression and where it ends, its brackets included."""
        text = self.text
        if match["function"]:
            role = "similarity" if match["function"].lower() in _SIMILARITY_NAMES else "distance"
            start, end = match.start(), self._closing(match.end())
        else:
            role, start, end = "distance", match.start(), self._operand_end(match.end())
        # Step out of the brackets around it.
        while True:
            before = self._last(start)
            rest = self._next(end)
            if match["operator"] and text[before : before + 1] != "(" and start == match.start():
                opening = self._opening(start)
                if opening < 0 or text[rest : rest + 1] != ")":
                    break
                start, end = opening, rest + 1
            elif text[before : before + 1] == "(" and text[rest : rest + 1] == ")":
                start, end = before, rest + 1
            else:
                break
        flip = _TURNED.search(text, max(start - _NEAR, 0), start) is not None
        if match["operator"] and not flip:
            flip = _TURNED_OPERAND.search(text, max(match.start() - _NEAR, 0), match.start()) is not None
        if flip:
            role = "similarity" if role == "distance" else "distance"
            rest = self._next(end)
            if text[rest : rest + 1] == ")":
                end = rest + 1
        return role, end

    def _next(self, at: int) -> int:
        """Return where something other than blanks stands."""
        blanks = _BLANKS.match(self.text, at)
        return blanks.end() if blanks else at

    def _last(self, at: int) -> int:
        """Return where something other than blanks stands before a place."""
        while at and self.text[at - 1].isspace():
            at -= 1
        return at - 1

    def _closing(self, at: int) -> int:
        depth, furthest = 1, min(len(self.text), at + _FAR)
        while at < furthest and depth:
            depth += {"(": 1, ")": -1}.get(self.text[at], 0)
            at += 1
        return at

    def _opening(self, at: int) -> int:
        depth = 0
        for index in range(at - 1, max(at - _NEAR, -1), -1):
            char = self.text[index]
            if char == ")":
                depth += 1
            elif char == "(":
                if depth == 0:
                    return index
                depth -= 1
            elif char == "," and depth == 0:
                return -1
        return -1

    def _operand_end(self, at: int) -> int:
        """Return where the right operand of an operator ends, casts included."""
        match = re.compile(
            r"\s*(?:\x00\d+\x00|%\(\w+\)s|%s|\$\w+|:\w+|@\w+|\?|'(?:\x00\d+\x00|[^'])*'|\"?[\w.\"]+\s*(?=\()|\"?[\w.\"]+)(?:::\w+(?:\(\d+\))?)?"
        ).match(self.text, at)
        if match is None:
            return at
        end = match.end()
        opening = self._next(end)
        if self.text[opening : opening + 1] == "(":
            end = self._closing(opening + 1)
        cast = re.compile(r"::\w+(?:\([^)]*\))?").match(self.text, end)
        return cast.end() if cast else end

    def _cut(self, kind: str, match: re.Match[str], note: str) -> None:
        if match["number"] is not None:
            offset = self._offset(match.start("number"))
            if offset >= 0:
                self.query.cuts.append((kind, self.literal(match["number"], offset), note))
        elif match["hole"] is not None:
            self.query.cuts.append((kind, self.parts[int(match["hole"])].node, note))
        elif match["mark"] is not None:
            position = bisect_left(self.marks, match.start("mark"))
            self.query.placeholders.append((kind, position, note))
        elif match["dollar"] is not None:
            self.query.placeholders.append((kind, int(match["dollar"]) - 1, note))
        elif match["gap"] is not None:
            self.query.gaps.append((kind, match["gap"], note))
        else:
            name = match["named"] or match["colon"] or match["cypher"] or match["at"]
            self.query.placeholders.append((kind, name, note))

    def _offset(self, at: int) -> int:
        """Return the offset in the source of a place in the text."""
        index = bisect_right(self.starts, at) - 1
        part = self.parts[index]
        return part.offset + at - self.starts[index] if part.offset >= 0 else -1
