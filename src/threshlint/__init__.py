"""threshlint: a linter for similarity thresholds.

The public Python API is what stands in ``__all__``. Each name is imported when it is first asked
for, so that ``import threshlint`` costs nothing.

    from pathlib import Path
    from threshlint import load_config, scan_paths

    inventory = scan_paths([Path("shop")], load_config(Path.cwd()))
    for site in inventory.sites:
        print(site.path, site.line, site.kind, site.models)

With a calibration map, which ``fit`` makes of a paired sample, there is a proposal for each site of the old model:

    from threshlint import load_map, propose

    for proposal in propose(inventory, load_map(Path("old-to-new.thrmap")), load_config(Path.cwd())):
        print(proposal.site.path, proposal.old, proposal.new, proposal.verdict)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threshlint.calibration import CalibrationMap, PairedSample, Population, Space, fit
    from threshlint.calibration import load as load_map
    from threshlint.calibration import save as save_map
    from threshlint.config import Config, ConfigError
    from threshlint.config import load as load_config
    from threshlint.proposal import Proposal, propose
    from threshlint.scan import scan as scan_paths
    from threshlint.site import Embedder, Evidence, Exempt, Finding, Inventory, Kind, Site, Skipped, Span, Step

__version__ = "0.1.0"

__all__ = [
    "CalibrationMap",
    "Config",
    "ConfigError",
    "Embedder",
    "Evidence",
    "Exempt",
    "Finding",
    "Inventory",
    "Kind",
    "PairedSample",
    "Population",
    "Proposal",
    "Site",
    "Skipped",
    "Space",
    "Span",
    "Step",
    "__version__",
    "fit",
    "load_config",
    "load_map",
    "propose",
    "save_map",
    "scan_paths",
]

_HOMES = {
    "CalibrationMap": ("threshlint.calibration", "CalibrationMap"),
    "Config": ("threshlint.config", "Config"),
    "ConfigError": ("threshlint.config", "ConfigError"),
    "PairedSample": ("threshlint.calibration", "PairedSample"),
    "Population": ("threshlint.calibration", "Population"),
    "Proposal": ("threshlint.proposal", "Proposal"),
    "Space": ("threshlint.calibration", "Space"),
    "fit": ("threshlint.calibration", "fit"),
    "load_config": ("threshlint.config", "load"),
    "load_map": ("threshlint.calibration", "load"),
    "propose": ("threshlint.proposal", "propose"),
    "save_map": ("threshlint.calibration", "save"),
    "scan_paths": ("threshlint.scan", "scan"),
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES.get(name, ("threshlint.site", name))
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
