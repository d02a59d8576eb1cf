"""Figures -> Markdown tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.page import Markers, table

from timing.rounds import Measured

MARKERS = Markers("performance", "benchmarks/speed.py")

_HEADER = ("what runs", "time", "x `ast.parse`", "processor", "memory", "target")
_GROWTH_HEADER = ("copies", "files", "MB", "time", "x one copy", "memory")


def comparison(title: str, measured: Sequence[Measured], targets: Mapping[str, str]) -> str:
    """Show cases beside each other."""
    rows = [
        (
            each.name,
            f"{each.seconds:.2f} s",
            f"{each.ratio:.2f}",
            f"{each.cpu:.2f} s",
            f"{each.megabytes:.0f} MB",
            targets.get(each.name, ""),
        )
        for each in measured
    ]
    return f"**{title}**\n\n{table(_HEADER, rows)}"


def growth(title: str, sizes: Sequence[tuple[int, int, float]], measured: Sequence[Measured]) -> str:
    """Show how time and memory grow; a size is copies, files and megabytes."""
    rows = [
        (
            str(copies),
            f"{files:,}",
            f"{megabytes:.1f}",
            f"{each.seconds:.1f} s",
            f"{each.ratio:.2f}",
            f"{each.megabytes:.0f} MB",
        )
        for (copies, files, megabytes), each in zip(sizes, measured, strict=True)
    ]
    return f"**{title}**\n\n{table(_GROWTH_HEADER, rows)}"
