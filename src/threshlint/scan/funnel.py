"""Whether a project can have sites at all: if nothing begins anywhere in it, its files are checked and not analysed.

What begins is a vector, a score, a query or a name that speaks for itself; whatever else there is needs one of these
first. The words of the files tell, and the first file in which something begins ends the search. It is no help to ask
which files of a project matter where something does begin: see docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from threshlint.scan.glance import Glance, glance
from threshlint.scan.knowledge import Documents, load_knowledge, read_documents
from threshlint.scan.source import Source, is_generated, read_source

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.scan.analyse import Job


def may_have_sites(jobs: Iterable[Job], config: Config, documents: Callable[[], Documents] = read_documents) -> bool:
    """Tell whether anything begins in the files of a project.

    Args:
        jobs: Its files.
        config: What the project has configured.
        documents: Reads what is known of libraries, which takes a while.

    Raises:
        ConfigError: What the configuration teaches cannot be understood.
    """
    seen: list[Glance] = []
    for job in jobs:
        source = read_source(job.path, job.most_bytes)
        if isinstance(source, Source) and not is_generated(source.text, job.relative):
            seen.append(glance(source.text, job.relative, job.module))
            if seen[-1].telling:
                return True

    from threshlint.scan.knowledge.seeds import Seeds

    return Seeds(load_knowledge(config.calls, documents())).begin_in(seen)
