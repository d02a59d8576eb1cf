"""``threshlint clean``: the cache, deleted."""

from __future__ import annotations

from pathlib import Path

import click

from threshlint.cli._failure import Failure


@click.command(
    short_help="Delete the cache.",
    epilog="""\b
Exit codes:
  0  there is no cache, any more or at all
  2  it could not be deleted, or the configuration failed
""",
)
@click.option(
    "--cache-dir", type=click.Path(path_type=Path), help="The folder of the cache, in place of the configured one."
)
@click.option("--config", type=click.Path(path_type=Path), help="A configuration file, in place of the nearest.")
@click.option("--isolated", is_flag=True, help="Look at no configuration file.")
def command(cache_dir: Path | None, config: Path | None, isolated: bool) -> None:
    """Delete what earlier runs have kept for later ones.

    That is never necessary: what is out of date is not used, and what was not used for long is deleted in time.
    """
    from threshlint.config import load
    from threshlint.scan.cache.store import Store

    folder = cache_dir or load(Path.cwd(), config, isolated).cache_folder
    if not folder.exists():
        click.echo(f"There is no cache: {folder} does not exist.")
        return
    try:
        found = Store(folder).clear()
    except OSError as error:
        raise Failure(f"cannot delete {folder}: {error.strerror or error}; is another run at work in it?") from error
    if not found:
        raise Failure(f"{folder} is no cache of threshlint, and was left as it is")
    click.echo(f"Deleted the cache in {folder}.")
