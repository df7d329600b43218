"""The door through which a file of complaints comes in: who called stays outside.

What is kept of a file is the columns that its mapping names, callers as tokens, texts without what tells who somebody
is. Every other column stays outside too. Not here: reading what is kept (policy.reading), the tokens themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mingjing.engine.mappings.columns import Columns
from mingjing.engine.mappings.forms import FileForm
from mingjing.engine.outcome import Problem, Refusal
from mingjing.programmes.complaints.policy.mapping import Caller, Mapping
from mingjing.programmes.complaints.policy.texts import caller_text, without_identity

__all__ = ["CALLER", "ROW", "Door", "kept_mapping"]

ROW, CALLER = "mingjing.row", "mingjing.caller"
"""The columns that the door adds: where a row stood, and the token of its caller."""
PLAIN = ("number", "opened", "closed")
"""What is no free text: it is kept as it stands."""


def kept_mapping(mapping: Mapping) -> Mapping:
    """The mapping for what `Door` keeps of a file."""
    form = FileForm("utf-8", ",", None, 1, merged=False, layout="wide")
    return replace(mapping, file=form, caller=Caller((), ()), kept=True)


class Door:
    """Turns the rows below `header` into what is kept of them; `token` makes of a caller's text what is kept of it."""

    def __init__(self, mapping: Mapping, header: Sequence[str], token: Callable[[str], str]) -> None:
        problems: list[Problem] = []
        columns = Columns(header, problems)
        self.token = token
        self.keys = [columns.at(name, "caller.key") for name in mapping.caller.key]
        self.telling = [columns.at(name, "caller.columns") for name in mapping.caller.columns]
        names = [(name, column, name in PLAIN) for name, column in mapping.columns.items()]
        claims = (mapping.valid, mapping.duty, mapping.duplicate)
        names += [("", said.source.column, False) for said in claims if said.source.column]
        names += [("", skip.column, False) for skip in mapping.skip]
        self.kept = {columns.at(column, f"columns.{name}"): (column, plain) for name, column, plain in names}
        if problems:
            raise Refusal(problems)
        self.header = [ROW, CALLER, *(column for column, _ in self.kept.values())]

    def row(self, number: int, cells: Sequence[str]) -> list[str]:
        """What is kept of a row."""
        known = caller_text(cells[at] for at in self.keys)
        names = [cells[at] for at in self.telling]
        kept = [cells[at] if plain else without_identity(cells[at], names) for at, (_, plain) in self.kept.items()]
        return [str(number), self.token(known) if known else "", *kept]
