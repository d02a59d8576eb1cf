"""``json``: the inventory for programs; ``docs/inventory.schema.json`` describes it."""

from __future__ import annotations

from threshlint.output.data import document, site_object, skipped_objects
from threshlint.output.page import Page
from threshlint.site import Inventory


def render(inventory: Inventory, page: Page) -> str:
    """Render one JSON document."""
    return document(
        {
            "sites": [site_object(site) for site in inventory.sites],
            "embedders": [
                {
                    "path": embedder.path,
                    "line": embedder.line,
                    "model": embedder.model,
                    "dimensions": embedder.dimensions,
                }
                for embedder in inventory.embedders
            ],
            "skipped": skipped_objects(inventory),
            "files": inventory.files,
            "in_parts": inventory.in_parts,
        }
    )
