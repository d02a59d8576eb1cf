"""What the commands share that edit source: what is to become of the files, shown as a diff or written."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from threshlint.annotation import ANNOTATION_PREFIX, Malformed, parse_annotation
from threshlint.cli._failure import Failure
from threshlint.output.page import Page

if TYPE_CHECKING:
    from threshlint.config import Config
    from threshlint.rewrite import Original
    from threshlint.site import Inventory, Site

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass
class Plan:
    """What is to become of the files, by their paths from the root."""

    texts: dict[str, tuple[Original, str]] = field(default_factory=dict)
    written: list[Site] = field(default_factory=list)
    left: list[tuple[Site, str]] = field(default_factory=list)  # with the reason of each
    failed: dict[str, str] = field(default_factory=dict)  # files that cannot be rewritten at all, and why


def require_in_use(model: str, settings: Config, option: str) -> None:
    """Refuse a model that no annotation can name, or that the next check would complain about."""
    parsed = parse_annotation(ANNOTATION_PREFIX + model)
    hint = f"'{option}'"
    if isinstance(parsed, Malformed) or parsed.named_models != (model,):
        raise click.BadParameter(f"`{model}` is no name that an annotation can hold.", param_hint=hint)
    if settings.is_retired(model):
        raise click.BadParameter(f"`{model}` is retired in the configuration.", param_hint=hint)
    if settings.models and not settings.is_listed(model):
        raise click.BadParameter(
            f"`{model}` is not among the `models` of the configuration; add it there first.", param_hint=hint
        )


def by_path(sites: Iterable[Site]) -> dict[str, list[Site]]:
    """Sort sites by their files."""
    found: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        found[site.path].append(site)
    return found


def write_files(plan: Plan, inventory: Inventory, page: Page) -> None:
    """Write all files of a plan, or none."""
    from threshlint.rewrite import RewriteError, write_all

    try:
        write_all(list(plan.texts.values()))
    except RewriteError as error:
        raise Failure(f"{page.path(inventory.root, str(error.path))} {error}; no file was changed") from error


def diff(plan: Plan, inventory: Inventory, page: Page) -> str:
    """Show what would change as a unified diff, which ``git apply`` reads."""
    lines: list[str] = []
    for path, (original, text) in plan.texts.items():
        shown = page.path(inventory.root, path).replace("\\", "/")
        lines += difflib.unified_diff(_lines(original.text), _lines(text), f"a/{shown}", f"b/{shown}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def obstacles(plan: Plan, inventory: Inventory, page: Page, done: str) -> list[str]:
    """Name what could not be analysed, or not be edited at all; ``done`` says what was to be done to it."""
    lines = [
        f"{page.path(inventory.root, skipped.path)}: not analysed: {skipped.reason}" for skipped in inventory.skipped
    ]
    return lines + [f"{page.path(inventory.root, path)}: not {done}: {reason}" for path, reason in plan.failed.items()]


def place(site: Site, inventory: Inventory, page: Page) -> str:
    """Say where a site stands, so that a terminal can click it."""
    return f"{page.path(inventory.root, site.path)}:{site.span.line}:{site.span.column}"


def has_failed(plan: Plan, inventory: Inventory) -> bool:
    """Tell whether anything could not be analysed, or not be edited at all."""
    return bool(plan.failed) or any(not skipped.context for skipped in inventory.skipped)


def _lines(text: str) -> list[str]:
    return _LINE.findall(text)
