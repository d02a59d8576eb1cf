"""The formats of proposals: each module is one, and has ``render(proposals, made, inventory, page)``."""
