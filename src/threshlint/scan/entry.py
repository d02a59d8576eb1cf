"""What one file was analysed into, as it goes from process to process and into the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from threshlint.scan.analyse import Analysed
from threshlint.scan.cache.codec import CodecError, decode, encode
from threshlint.scan.components import Links, links_of
from threshlint.scan.coverage import FileComments
from threshlint.scan.facts import Facts


@dataclass(frozen=True)
class Entry:
    """A file's facts, closed, and what has to be known of it to join it to others.

    Facts are many and only needed where they are solved: elsewhere they stay bytes.
    """

    digest: str  # of the file's content, where the entry follows from that alone; else empty
    links: Links
    reason: str | None = None  # why there are no facts, if they ought to be there
    comments: FileComments = field(default_factory=FileComments)
    facts_digest: str = ""
    facts: bytes = b""


def close(analysed: Analysed, module: str) -> Entry:
    """Make an entry of what came of a file."""
    if analysed.facts is None:
        return Entry(analysed.digest, Links(module), analysed.reason)
    facts = encode(analysed.facts, Facts)
    return Entry(
        analysed.digest,
        links_of(analysed.facts),
        comments=analysed.comments or FileComments(),
        facts_digest=blake2b(facts, digest_size=16).hexdigest(),
        facts=facts,
    )


@dataclass(frozen=True)
class _Head:
    digest: str
    links: Links
    reason: str | None
    comments: FileComments
    facts_digest: str


def to_bytes(entry: Entry) -> bytes:
    """Write an entry: all but the facts on a line of its own."""
    head = _Head(entry.digest, entry.links, entry.reason, entry.comments, entry.facts_digest)
    return encode(head, _Head) + b"\n" + entry.facts


def from_bytes(content: bytes) -> Entry:
    """Read an entry.

    Raises:
        CodecError: These bytes are something else.
    """
    line, end, facts = content.partition(b"\n")
    if not end:
        raise CodecError("no line ends")
    head = decode(line, _Head)
    return Entry(head.digest, head.links, head.reason, head.comments, head.facts_digest, facts)
