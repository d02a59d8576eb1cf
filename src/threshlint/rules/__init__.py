"""The rules: they judge an inventory, and know nothing of how it was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from threshlint.annotation import Suppression
from threshlint.config import Config
from threshlint.rules.base import Context, Rule
from threshlint.rules.registry import all_codes, all_rules, find_rule
from threshlint.rules.selection import is_enabled, is_ignored_in, require_known_codes
from threshlint.site import Finding, Inventory, SuppressionUse

__all__ = ["Rule", "all_codes", "all_rules", "check", "find_rule"]


def check(inventory: Inventory, config: Config) -> tuple[Finding, ...]:
    """Judge an inventory: every finding that is neither ignored nor suppressed, in the order of the source.

    Raises:
        ConfigError: The configuration selects or ignores a code that no rule has.
    """
    require_known_codes(config, all_codes())
    enabled = [rule for rule in all_rules() if is_enabled(rule, config)]
    context = Context(inventory, config, frozenset(rule.code for rule in enabled), all_codes())
    silencer = _Silencer(inventory.suppressions)
    findings = silencer.filter(_run((rule for rule in enabled if not rule.judges_suppressions), context))
    context = replace(context, used_suppressions=frozenset(silencer.used))
    findings += silencer.filter(_run((rule for rule in enabled if rule.judges_suppressions), context))
    return tuple(sorted(findings, key=lambda finding: (finding.path, finding.span, finding.code, finding.message)))


def _run(rules: Iterable[Rule], context: Context) -> list[Finding]:
    return [
        finding
        for rule in rules
        for finding in rule.check(context)
        if not is_ignored_in(finding.path, rule.code, context.config)
    ]


class _Silencer:
    """Takes out the findings that are suppressed, and remembers which suppression silenced what."""

    def __init__(self, suppressions: Iterable[SuppressionUse]) -> None:
        self.by_path: dict[str, list[SuppressionUse]] = defaultdict(list)
        for use in suppressions:
            self.by_path[use.path].append(use)
        self.used: set[tuple[SuppressionUse, str]] = set()

    def filter(self, findings: Iterable[Finding]) -> list[Finding]:
        return [finding for finding in findings if not self.silences(finding)]

    def silences(self, finding: Finding) -> bool:
        uses = [
            use
            for use in self.covering(finding)
            if isinstance(use.parsed, Suppression) and finding.code in use.parsed.codes
        ]
        self.used.update((use, finding.code) for use in uses)
        return bool(uses)

    def covering(self, finding: Finding) -> Iterable[SuppressionUse]:
        """A site knows what covers it; a comment is covered by its line."""
        if finding.site is not None:
            return finding.site.suppressions
        line = finding.span.line
        return (use for use in self.by_path[finding.path] if use.first_line <= line <= use.last_line)
