"""What is said of files for which the analysis itself fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

_LONGEST_MESSAGE = 120
TOO_DEEP = "is nested too deeply to be analysed; simplify or exclude it"


def guarded(work: Callable[[], _T], fail: Callable[[str], _T]) -> _T:
    """Do some work; whatever goes wrong becomes a reason, for one file's trouble is not the others'."""
    try:
        return work()
    except RecursionError:
        return fail(TOO_DEEP)
    except MemoryError:
        return fail("takes more memory than there is; split or exclude it")
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the native parser is no Exception
        said = f"{type(error).__name__}: {error}"[:_LONGEST_MESSAGE]
        return fail(f"could not be analysed ({said}), which is a bug in threshlint: please report it with the file")
