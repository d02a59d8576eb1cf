"""Writes the page of the docs that explains every rule."""

from __future__ import annotations

import sys

from threshlint.rules import all_rules
from threshlint.rules.explain import render_page

sys.stdout.write(render_page(all_rules()))
