"""The command line: one thin file a command, which holds a click command named ``command``.

A command is imported when it is called for, and imports what it needs when it runs: ``--version`` and a shell's
completion are quick. Modules whose names begin with an underscore are no commands.
"""

from __future__ import annotations

import difflib
import os
import pkgutil
import traceback
from importlib import import_module
from typing import cast

import click

from threshlint import __version__
from threshlint.cli._failure import Failure

_INTERRUPTED = 130  # 128 and SIGINT, as shells have it
_DEBUG = "THRESHLINT_DEBUG"


class _Threshlint(click.Group):
    """Finds its commands among the modules of this package, and turns what goes wrong into an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return cast("click.Command", import_module(f"{__name__}.{cmd_name}").command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, known = args[0], self.list_commands(ctx)
        if name not in known and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, known, n=1)
            advice = f"did you mean {near[0]!r}?" if near else f"the commands are {', '.join(known)}."
            if os.path.exists(name):
                advice = f"to check it: {ctx.command_path} check {name}"
            ctx.fail(f"No such command {name!r}; {advice}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return cast("object", super().invoke(ctx))
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)
        except Exception as error:
            from threshlint.config import ConfigError

            if isinstance(error, ConfigError):
                raise Failure(str(error)) from error
            if os.environ.get(_DEBUG):
                traceback.print_exc()
            click.echo(
                f"Error: threshlint itself failed ({type(error).__name__}: {error}). This is a bug in it: please "
                f"report it with the command line and, from a run with {_DEBUG}=1, the traceback.",
                err=True,
            )
            ctx.exit(Failure.exit_code)


@click.group(
    cls=_Threshlint,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  threshlint check                     find thresholds that name no model
  threshlint check --report            list every threshold
  threshlint rule THR101               explain a rule
\b
Completion for your shell, here bash (or zsh_source, fish_source):
  eval "$(_THRESHLINT_COMPLETE=bash_source threshlint)"
""",
)
@click.version_option(__version__, prog_name="threshlint", message="%(prog)s %(version)s")
def main() -> None:
    """Find the similarity thresholds in Python code, and make each name its embedding model.

    A similarity score means something in one model's space only. Every hard-coded threshold, top-K, cluster boundary
    and score weight is calibrated for the model that made the vectors: threshold@model says for which.
    """
