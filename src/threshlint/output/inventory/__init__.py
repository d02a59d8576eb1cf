"""The formats of the inventory: each module is one, and has ``render(inventory, page)``."""
