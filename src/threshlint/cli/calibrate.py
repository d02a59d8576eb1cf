"""``threshlint calibrate``: a paired sample -> a calibration map, and a page that shows it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from threshlint.cli._failure import Failure
from threshlint.cli._scanning import scan_for_command
from threshlint.cli._writing import check_writable, page_for
from threshlint.output.text import count, printable

if TYPE_CHECKING:
    from threshlint.calibration.map import CalibrationMap
    from threshlint.calibration.metrics import Vectors
    from threshlint.calibration.population import Population
    from threshlint.calibration.sample import PairedSample
    from threshlint.calibration.space import Space
    from threshlint.config import Config
    from threshlint.site import Inventory

_FILE = click.Path(path_type=Path)
_METRICS = ("cosine", "dot", "l2", "squared-l2", "angle")
_STEPS = 1000


@click.command(
    short_help="Make a calibration map from vectors of the same items under two models.",
    epilog="""\b
Examples:
  threshlint calibrate old.npy new.npy --old-model ada-002 --new-model bge-m3 -o ada-to-bge.thrmap
  threshlint calibrate old.jsonl new.jsonl --old-model ada-002 --new-model bge-m3 --texts texts.jsonl -o a.thrmap
  threshlint calibrate docs-old.npy docs-new.npy --queries-old q-old.npy --queries-new q-new.npy \\
      --index-size 60000 --old-model ada-002 --new-model bge-m3 -o ada-to-bge.thrmap
\b
Exit codes:
  0  the map and its page are written
  2  they are not: the sample, threshlint or its configuration failed;
     or they are, and some files of the project could not be analysed
""",
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--old-model", required=True, metavar="MODEL", help="The model of OLD, as annotations name it.")
@click.option("--new-model", required=True, metavar="MODEL", help="The model of NEW, as annotations are to name it.")
@click.option("-o", "--output-file", "map_file", required=True, metavar="MAP", type=_FILE, help="Where the map goes.")
@click.option("--queries-old", type=_FILE, metavar="FILE", help="Queries under the old model, if they are not items.")
@click.option("--queries-new", type=_FILE, metavar="FILE", help="The same queries under the new model.")
@click.option("--index-size", type=click.IntRange(1), help="How many documents production's index holds.")
@click.option("--groups", type=_FILE, metavar="FILE", help="A number or word for each item; near-duplicates share one.")
@click.option("--query-groups", type=_FILE, metavar="FILE", help="The same for queries.")
@click.option("--labels", type=_FILE, metavar="FILE", help="Judged pairs: a table with first, second, same, weight.")
@click.option("--texts", type=_FILE, metavar="FILE", help="What was embedded, to show pairs whose decision flips.")
@click.option("--query-texts", type=_FILE, metavar="FILE", help="The same for queries.")
@click.option("--seeds", type=_FILE, metavar="FILE", help="Which items are seeds, in a sample of seeds and neighbours.")
@click.option("--neighbours", type=click.IntRange(1), help="How many neighbours of each seed were taken in each space.")
@click.option("--metric", type=click.Choice(_METRICS), default="cosine", show_default=True, help="How vectors compare.")
@click.option(
    "--population",
    "populations",
    multiple=True,
    metavar="NAME",
    help="Over which pairs rules decide: pairs, top1, or topk:K for a K; may be given several times. "
    "[default: pairs; with queries or --index-size also top1 and topk:10]",
)
@click.option("--old-prefix", default="", metavar="TEXT", help="What items were embedded behind, such as 'passage: '.")
@click.option("--new-prefix", default="", metavar="TEXT", help="The same for the new model.")
@click.option("--old-query-prefix", default="", metavar="TEXT", help="What queries were embedded behind.")
@click.option("--new-query-prefix", default="", metavar="TEXT", help="The same for the new model.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all that is drawn at random.")
@click.option("--page", "page_file", type=_FILE, metavar="FILE", help="Where the page goes. [default: MAP as .html]")
@click.option("--no-page", is_flag=True, help="Write no page.")
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Whose thresholds the page shows. [default: the working directory]",
)
@click.option("--no-project", is_flag=True, help="Look at no code.")
@click.option("--config", type=_FILE, help="A configuration file, in place of the nearest to the project.")
@click.option("--isolated", is_flag=True, help="Look at no configuration file.")
def command(
    old: Path,
    new: Path,
    old_model: str,
    new_model: str,
    map_file: Path,
    metric: str,
    populations: tuple[str, ...],
    old_prefix: str,
    new_prefix: str,
    old_query_prefix: str,
    new_query_prefix: str,
    seed: int,
    page_file: Path | None,
    no_page: bool,
    project: Path | None,
    no_project: bool,
    config: Path | None,
    isolated: bool,
    **others: Any,
) -> None:
    """Make a calibration map: what a threshold under one model would have to be under another.

    OLD and NEW hold vectors of the same items under the two models: .npy, .npz, .parquet or .jsonl, row by row, or
    joined by ids where both have them. Beside the map goes a page with its pictures, the project's thresholds on them
    and the pairs whose decision would flip.
    """
    _check_models(old_model, new_model)
    check_writable(map_file)
    page_file = _page_file(map_file, page_file, no_page=no_page)
    if project is not None and no_project:
        raise click.UsageError("--project and --no-project cannot both be meant; leave one of them out.")
    for file in (map_file, page_file):
        _check_target(file, [old, new, *(given for given in others.values() if isinstance(given, Path))])
    if page_file is not None:
        _require_templates()

    from threshlint.calibration.errors import CalibrationError

    try:
        chosen = _populations(populations)
        sample = _read(old, new, others)
        old_space = _space(old_model, sample.old, metric, old_prefix, old_query_prefix)
        new_space = _space(new_model, sample.new, metric, new_prefix, new_query_prefix)
        looked = None if no_page or no_project else _look(project or Path(), config, isolated=isolated)
        from threshlint.calibration.fit import fit

        with _progress("calibrating") as told:
            made = fit(sample, old_space, new_space, chosen, seed=seed, progress=told)
        _say_what_it_resolves(made)
        page = None if page_file is None else _page(made, sample, looked)
    except CalibrationError as error:
        raise Failure(str(error)) from error
    _write(made, map_file, page, page_file)
    skipped = looked is not None and any(not file.context for file in looked.inventory.skipped)
    raise click.exceptions.Exit(2 if skipped else 0)


@dataclass(frozen=True)
class _Looked:
    """What was found in the project."""

    inventory: Inventory
    config: Config
    folder: Path


def _check_models(old: str, new: str) -> None:
    """Refuse names that no annotation could hold, and a map from a model to itself."""
    from threshlint.annotation import ANNOTATION_PREFIX, Malformed, parse_annotation

    for option, model in (("--old-model", old), ("--new-model", new)):
        parsed = parse_annotation(f"{ANNOTATION_PREFIX}{model}")
        if isinstance(parsed, Malformed) or parsed.models != (model,) or parsed.by_key:
            raise click.BadParameter(
                "must be a model's name as annotations have it, without spaces and commas.", param_hint=f"'{option}'"
            )
    if old == new:
        raise click.UsageError(
            f"--old-model and --new-model are both {old}: annotations could not tell them apart; name what differs, "
            f"such as {old}@256 for a truncated one."
        )


def _page_file(map_file: Path, page_file: Path | None, *, no_page: bool) -> Path | None:
    if no_page:
        if page_file is not None:
            raise click.UsageError("--page and --no-page cannot both be meant; leave one of them out.")
        return None
    chosen = page_file or map_file.with_suffix(".html")
    if chosen == map_file:
        raise click.UsageError(f"the map and its page would both be {map_file}; give the map another name.")
    return chosen


def _check_target(file: Path | None, inputs: Sequence[Path]) -> None:
    """Refuse a file that cannot be written, or that the sample is read from."""
    check_writable(file)
    if file is not None and any(file.resolve() == given.resolve() for given in inputs):
        raise click.UsageError(
            f"{file} is a part of the sample, and would be overwritten; give the output another name."
        )


def _require_templates() -> None:
    """Fail before a long run rather than after it."""
    try:
        import jinja2  # noqa: F401
    except ImportError as error:
        raise Failure(
            'the page needs jinja2; install it with pip install "threshlint[migrate]", or add --no-page'
        ) from error


def _populations(names: Sequence[str]) -> list[Population] | None:
    from threshlint.calibration.population import Population

    return [Population.parse(name) for name in names] or None


def _space(model: str, vectors: Vectors, metric: str, prefix: str, query_prefix: str) -> Space:
    from threshlint.calibration.metrics import Metric
    from threshlint.calibration.space import Space

    return Space(model, vectors.shape[1], Metric(metric), prefix=prefix, query_prefix=query_prefix)


def _read(old: Path, new: Path, others: dict[str, Any]) -> PairedSample:
    from threshlint.calibration.reading import read_sample

    reading = read_sample(old, new, **others)
    for remark in reading.remarks:
        click.echo(f"Warning: {printable(remark)}", err=True)
    return reading.sample


def _look(folder: Path, config: Path | None, *, isolated: bool) -> _Looked:
    from threshlint.config import load

    settings = load(folder, config and config.absolute(), isolated)
    inventory = scan_for_command((folder,), settings, no_cache=False)
    page = page_for(None)
    for skipped in inventory.skipped:
        where = page.path(inventory.root, skipped.path)
        click.echo(f"Warning: {where} could not be analysed: {printable(skipped.reason)}", err=True)
    return _Looked(inventory, settings, folder)


def _say_what_it_resolves(made: CalibrationMap) -> None:
    """Say, from the old scores alone and before any is carried over, which thresholds the sample has pairs for."""
    from threshlint.calibration.recalibration import Limits
    from threshlint.calibration.resolution import ASSUMED_F1, highest_resolved
    from threshlint.calibration.units import unit_of

    unit = unit_of(made.old)
    known = f"the volume is known within {100 * Limits().volume:g} % there if the two models agree with F1 {ASSUMED_F1}"
    for population, scores in made.scores.items():
        highest = highest_resolved(scores)
        said = "no old threshold"
        if highest is not None:
            end = "down" if unit.is_distance else "up"
            said = f"old thresholds {end} to {unit.told(highest):.3g} ({known})"
        need = "queries" if population.k else "close pairs: add the nearest neighbours of some items in both spaces"
        click.echo(f"{population}: the sample can resolve {said}; stricter ones need more {need}.", err=True)


def _page(made: CalibrationMap, sample: PairedSample, looked: _Looked | None) -> str:
    from threshlint.pages.calibration import Subject, render
    from threshlint.proposal import propose

    subject = Subject(made, sample)
    if looked is not None:
        proposals = propose(looked.inventory, made, looked.config)
        subject = Subject(made, sample, proposals, looked.inventory.skipped, looked.folder.resolve().name)
    with _progress("drawing") as told:
        return render(subject, told)


def _write(made: CalibrationMap, map_file: Path, page: str | None, page_file: Path | None) -> None:
    """Write both files, or neither."""
    from threshlint.atomic import Draft
    from threshlint.calibration.map_file import save

    draft = None
    try:
        if page is not None and page_file is not None:
            draft = Draft(page_file, page.encode("utf-8", errors="backslashreplace"))
        save(made, map_file)
        if draft is not None:
            draft.commit()
    except OSError as error:
        if draft is not None:
            draft.discard()
        raise Failure(f"cannot write {error.filename or map_file}: {error.strerror}") from error
    populations = count(len(made.populations), "population")
    click.echo(f"Wrote {map_file}, for {populations}: {', '.join(map(str, made.populations))}.", err=True)
    if page_file is not None:
        click.echo(f"Wrote {page_file}; open it in a browser.", err=True)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[float], None]]:
    """Show how far something is, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    with click.progressbar(length=_STEPS, label=label, file=sys.stderr) as bar:

        def tell(share: float) -> None:
            bar.update(max(0, round(share * _STEPS) - bar.pos))

        yield tell
