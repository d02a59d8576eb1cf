"""threshlint: a linter for similarity thresholds.

The public Python API is what stands in ``__all__``. Each name is imported when it is first asked
for, so that ``import threshlint`` costs nothing.

    from pathlib import Path
    from threshlint import load_config, scan_paths

    inventory = scan_paths([Path("shop")], load_config(Path.cwd()))
    for site in inventory.sites:
        print(site.path, site.line, site.kind, site.models)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threshlint.config import Config, ConfigError
    from threshlint.config import load as load_config
    from threshlint.scan import scan as scan_paths
    from threshlint.site import Embedder, Evidence, Exempt, Finding, Inventory, Kind, Site, Skipped, Span, Step

__version__ = "0.1.0"

__all__ = [
    "Config",
    "ConfigError",
    "Embedder",
    "Evidence",
    "Exempt",
    "Finding",
    "Inventory",
    "Kind",
    "Site",
    "Skipped",
    "Span",
    "Step",
    "__version__",
    "load_config",
    "scan_paths",
]

_HOMES = {
    "Config": ("threshlint.config", "Config"),
    "ConfigError": ("threshlint.config", "ConfigError"),
    "load_config": ("threshlint.config", "load"),
    "scan_paths": ("threshlint.scan", "scan"),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES.get(name, ("threshlint.site", name))
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
