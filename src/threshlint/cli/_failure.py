"""What keeps a command from doing its job."""

from __future__ import annotations

import click


class Failure(click.ClickException):
    """The tool or its configuration failed; the message says where, what is wrong and what to do."""

    exit_code = 2
