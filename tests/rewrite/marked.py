"""Sources with sites marked, in place of a scan.

``«0.82»`` is a site; ``«0.82|top-k|old»`` says its kind, and what it is keyed by. Their annotations are those that the
real rules of coverage give them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from threshlint.config import Config
from threshlint.rewrite.code import Code
from threshlint.scan.attach import Found, attach
from threshlint.scan.coverage import read_comments
from threshlint.scan.lexer import lex
from threshlint.site import Evidence, Kind, Site, Span

_MARK = re.compile(r"«(?P<value>[^|»]*)(?:\|(?P<kind>[^|»]*))?(?:\|(?P<keyed>[^»]*))?»")


def read_marked(source: str) -> tuple[str, list[Site]]:
    """Return the source without marks, and its sites."""
    pieces, places, at, length = [], [], 0, 0
    for match in _MARK.finditer(source):
        pieces += [source[at : match.start()], match["value"]]
        length += match.start() - at
        places.append((length, length + len(match["value"]), match))
        length += len(match["value"])
        at = match.end()
    text = "".join([*pieces, source[at:]])
    lexed = lex(text)
    found = []
    for start, end, match in places:
        span = Span(*lexed.position(start), *lexed.position(end))
        kind = Kind(match["kind"] or "similarity-threshold")
        site = Site("a.py", span, "".join(match["value"].split()), kind, None, "a", Evidence.FLOW)
        found.append(Found(site))
    sites = attach(found, {"a.py": read_comments(lexed)}, (), Config(Path())).sites
    declared = Code(lexed, sites)
    return text, [
        replace(
            site,
            annotation=None if match["keyed"] else declared.annotation_of(site),
            models=(match["keyed"],) if match["keyed"] else (),
            keyed=bool(match["keyed"]),
        )
        for site, (_, _, match) in zip(sites, places, strict=True)
    ]
