"""The formats of findings: each module is one, and has ``render(findings, inventory, page)``."""
