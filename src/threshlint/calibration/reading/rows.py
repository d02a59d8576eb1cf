"""Items, as a file names them: by id, or by row."""

from __future__ import annotations

from threshlint.calibration.errors import SampleError
from threshlint.calibration.reading.join import Joined


class Names:
    """Finds items by what they are called: their ids, or without ids their rows in the old file, counted from 0.

    Args:
        items: The items.

    """

    def __init__(self, items: Joined) -> None:
        self._items = items
        names = items.ids if items.ids is not None else map(str, items.rows.tolist())
        self._rows = {name: row for row, name in enumerate(names)}

    def find(self, value: object, where: str) -> int:
        """Return which item a value names.

        Raises:
            SampleError: It names none.

        """
        name = str(value).strip()
        row = self._rows.get(name)
        if row is None:
            what = (
                f"has the id {name!r}"
                if self._items.ids is not None
                else f"stands in row {name!r}; rows are counted from 0 to {self._items.size - 1}"
            )
            raise SampleError(f"{where}: none of the {self._items.what} {what}")
        return row
