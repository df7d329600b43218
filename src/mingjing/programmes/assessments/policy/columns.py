"""The columns of a file whose mapping also names codes of a scheme."""

from collections.abc import Sequence

from mingjing.engine.mappings import columns
from mingjing.engine.mappings.sections import nearest
from mingjing.engine.outcome import N_, Problem

__all__ = ["Columns"]


class Columns(columns.Columns):
    """Positions by column name; codes that the scheme does not have join the problems too."""

    def known(self, code: str, codes: Sequence[str], asked: str) -> bool:
        """Whether `code` is among the scheme's `codes`; if not, that is a problem of the mapping at `asked`."""
        if code in codes:
            return True
        near = nearest(code, codes)
        text = N_("The scheme has no {code} here; the nearest is {nearest}.")
        if near == "–":
            text = N_("The scheme has no {code} here; take it out of the mapping, or choose another scheme.")
        self.problems.append(Problem("mapping.unknown_code", text, {"code": code, "nearest": near}, asked))
        return False
