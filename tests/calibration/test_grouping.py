from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tests.calibration.samples import rotation
from threshlint.calibration import grouping, near_duplicate_groups
from threshlint.calibration.grouping import joined
from threshlint.calibration.metrics import normalised


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return len({*zip(one.tolist(), other.tolist(), strict=True)}) == len({*one.tolist()}) == len({*other.tolist()})


@given(
    count=st.integers(1, 40),
    edges=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
)
def test_components_are_those_of_scipy(count: int, edges: list[tuple[int, int]]) -> None:
    within = [(one % count, other % count) for one, other in edges]
    first, second = np.array(within, dtype=np.int32).reshape(-1, 2).T
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
    _, expected = connected_components(graph, directed=False)
    found = joined(count, first, second)
    assert same_partition(found, expected)
    # Numbered by their first items.
    assert list(dict.fromkeys(found.tolist())) == list(range(found.max() + 1))


def test_a_long_chain_is_one() -> None:
    order = np.random.default_rng(0).permutation(500).astype(np.int32)
    assert not joined(500, order[:-1], order[1:]).any()


def items(seed: int = 0, families: int = 60, size: int = 3, spread: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.repeat(normalised(rng.normal(size=(families, 32))), size, axis=0)
    old = centres + spread * rng.normal(size=centres.shape)
    return old, (old + spread / 4 * rng.normal(size=old.shape)) @ rotation(rng, 32)


@pytest.mark.parametrize("block", [1 << 21, 1000])
def test_families_are_found(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "_BLOCK", block)
    assert near_duplicate_groups(*items()).tolist() == [i // 3 for i in range(180)]


def test_both_spaces_have_to_agree() -> None:
    """A model may place all its texts close together."""
    old, new = items()
    assert near_duplicate_groups(np.full_like(old, 1.0) + 0.01 * old, new).tolist() == [i // 3 for i in range(180)]
    unrelated = np.random.default_rng(1).normal(size=new.shape)
    assert len(set(near_duplicate_groups(old, unrelated).tolist())) == 180


def test_float32_beside_float64() -> None:
    old, new = items()
    expected = [i // 3 for i in range(180)]
    assert near_duplicate_groups(old.astype(np.float32), new).tolist() == expected
    assert near_duplicate_groups(old, new.astype(np.float32)).tolist() == expected


def test_a_chain_of_all_is_cut_by_a_stricter_cosine() -> None:
    """Steps of 13 degrees: each is near the next (cosine .974), and the last is opposite the first."""
    angles = np.radians(13) * np.arange(27)
    chain = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    pairs = np.repeat(chain, 2, axis=0)
    groups = near_duplicate_groups(pairs, pairs @ rotation(np.random.default_rng(0), 2))
    assert groups.tolist() == [i // 2 for i in range(54)]
