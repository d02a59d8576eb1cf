"""``python -m threshlint``."""

from __future__ import annotations

from threshlint.cli import main

if __name__ == "__main__":
    main(prog_name="threshlint")
