"""What one file was analysed into, as it goes from process to process and into the cache."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from threshlint.scan.analyse import Analysed
from threshlint.scan.cache.codec import CodecError, decode, encode
from threshlint.scan.components import Links, links_of
from threshlint.scan.coverage import FileComments
from threshlint.scan.facts import Facts
from threshlint.scan.fingerprint import Statements


@dataclass(frozen=True)
class Head:
    """What has to be known of a file to join it to others."""

    digest: str  # of the file's content, where all this follows from that alone; else empty
    links: Links
    reason: str | None = None  # why there are no facts, if they ought to be there
    comments: FileComments = field(default_factory=FileComments)
    facts_digest: str = ""


@dataclass(frozen=True)
class Entry:
    """A file's head, and the rest of it as bytes: facts are many, and only needed where they are solved."""

    head: Head
    statements: bytes = b""
    facts: bytes = b""

    def read_statements(self) -> Statements:
        """Return the digests of the statements around the file's literals."""
        return decode(self.statements, Statements)


def close(analysed: Analysed, module: str) -> Entry:
    """Make an entry of what came of a file."""
    if analysed.facts is None:
        return Entry(Head(analysed.digest, Links(module), analysed.reason))
    facts = encode(analysed.facts, Facts)
    head = Head(
        analysed.digest,
        links_of(analysed.facts),
        comments=analysed.comments or FileComments(),
        facts_digest=blake2b(facts, digest_size=16).hexdigest(),
    )
    return Entry(head, encode(analysed.statements, Statements), facts)


def to_bytes(entry: Entry) -> bytes:
    """Write an entry, each part on a line of its own."""
    return b"\n".join((encode(entry.head, Head), entry.statements, entry.facts))


def from_bytes(content: bytes) -> Entry:
    """Read an entry.

    Raises:
        CodecError: These bytes are something else.
    """
    parts = content.split(b"\n")
    if len(parts) != 3:
        raise CodecError(f"3 lines expected, {len(parts)} found")
    return Entry(decode(parts[0], Head), parts[1], parts[2])
