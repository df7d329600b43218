"""What is published of a district: its rounds with their lists, newest edition first, and what stands beside each row.

Constant numbers of queries, whatever the number of communities; a few more for each round. Not here: what of it
everybody may see (policy.published), how it looks (the board).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mingjing.engine.lists import Distribution
from mingjing.engine.outcome import Reason
from mingjing.engine.scoring import Sheet
from mingjing.kernel.cases.models import Case
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area
from mingjing.programmes.assessments.models import UNRANKED, Edition, Listed, Result, Round, Signature, VisitRecord
from mingjing.programmes.assessments.policy.decisions import Result as Worked
from mingjing.programmes.assessments.policy.decisions import work_out
from mingjing.programmes.assessments.policy.published import public_sheet
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.corrected import LATER
from mingjing.programmes.assessments.queries.proofs import Proofs, proofs_of
from mingjing.programmes.assessments.queries.replies import public_replies
from mingjing.programmes.assessments.queries.restated import restated_of
from mingjing.programmes.assessments.queries.results import sheet_of
from mingjing.programmes.assessments.queries.schemes import scheme_of

__all__ = [
    "NEAR",
    "Published",
    "PublishedRound",
    "Row",
    "areas_published",
    "known_names",
    "newest_editions",
    "published_of",
]

NEAR = "assessments.visit:"
"""How the subject of an order begins that followed a visit."""


@dataclass(slots=True)
class Row:
    """A community on the newest edition of a round's list, with what is shown of it.

    `sheet` is a public one, `worked` what it comes to: neither where nothing was scored. `decided` is the pair as it
    was decided, from which a correction may have led away. `was` are its rows in earlier editions of the same round,
    newest first.
    """

    listed: Listed
    sheet: Sheet | None = None
    worked: Worked | None = None
    decided: tuple[Sheet, Worked] | None = None
    reply: str = ""
    orders: tuple[Case, ...] = ()
    was: tuple[Listed, ...] = ()
    before: "Row | None" = None

    @property
    def rank(self) -> int | None:
        """Its rank within the class."""
        return None if self.listed.standing == UNRANKED else self.listed.standing

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it stands in its tier."""
        said = self.listed.told_reasons
        if self.worked is None or self.worked.decision.tier != self.listed.tier:
            return said
        return (*said, *(reason for reason in self.worked.decision.reasons if reason not in said))


@dataclass(slots=True)
class PublishedRound:
    """A round with its scheme, its editions (newest first) and the rows of the newest.

    `results` are the decision's by entry, `totals` how many of each class have each total there.
    """

    round: Round
    scheme: Scheme
    editions: tuple[Edition, ...]
    rows: tuple[Row, ...] = ()
    results: Mapping[int, Result] = field(default_factory=dict)
    earlier: Mapping[int, tuple[Listed, ...]] = field(default_factory=dict)
    totals: Mapping[str, Distribution] = field(default_factory=dict)

    @property
    def newest(self) -> Edition:
        """The edition that counts."""
        return self.editions[0]

    def of_class(self, code: str) -> list[Row]:
        """The rows of a class, by rank."""
        found = [row for row in self.rows if row.listed.class_code == code]
        return sorted(found, key=lambda row: (row.listed.standing, row.listed.index))


@dataclass(frozen=True, slots=True)
class Published:
    """Everything published of a district, its newest round first."""

    area: Area
    rounds: tuple[PublishedRound, ...]
    names: frozenset[str]
    proofs: Mapping[int, Proofs] = field(default_factory=dict)  # by order that was met


def areas_published() -> list[Area]:
    """The districts that have published anything."""
    return list(Area.objects.filter(pk__in=Edition.objects.values("round__area")).order_by("code"))


def newest_editions(area: Area) -> list[Edition]:
    """The edition that counts of each round of a district, the newest round first."""
    found: dict[int, Edition] = {}
    for edition in _editions(area):
        found.setdefault(edition.round_id, edition)
    return list(found.values())


def published_of(area: Area) -> Published:
    """Everything that is published of the district."""
    editions: dict[int, list[Edition]] = {}
    for edition in _editions(area):
        editions.setdefault(edition.round_id, []).append(edition)
    names = known_names([found[0].round for found in editions.values()])
    lists = _lists([edition for found in editions.values() for edition in found])
    counting = [row for found in editions.values() for row in lists[found[0].pk]]
    results = _results([found[0] for found in editions.values()])
    orders = _orders([row.entry_id for row in counting])
    replies = {key: one.text for key, one in public_replies(row.entry_id for row in counting).items()}
    rounds = []
    for found in editions.values():
        made = PublishedRound(found[0].round, scheme_of(found[0].round.scheme), tuple(found))
        made.results = {row.entry_id: results[row.entry_id] for row in lists[found[0].pk] if row.entry_id in results}
        made.earlier = {edition.pk: tuple(lists[edition.pk]) for edition in found[1:]}
        made.totals = _distributions(made)
        made.rows = tuple(_rows(made, lists[found[0].pk], orders, replies))
        rounds.append(made)
    _tie(rounds)
    return Published(area, tuple(rounds), names, proofs_of(case for found in orders.values() for case in found))


def known_names(rounds: Collection[Round]) -> frozenset[str]:
    """Every name of a person that the house has beside these rounds: of its own people, and of managers who signed."""
    own = Person.objects.values_list("display_name", flat=True)
    managers = Signature.objects.filter(record__round__in=rounds).exclude(name="").values_list("name", flat=True)
    return frozenset({*own, *managers})


def _editions(area: Area) -> Iterable[Edition]:
    """With `later`: whether anything was established after the decision of its round."""
    found = Edition.objects.filter(round__area=area).annotate(later=LATER)
    return (
        found.select_related("round__area", "round__scheme__rulebook", "replay")
        .defer("round__scheme__document")
        .order_by("-round__first_day", "-round_id", "-number")
    )


def _lists(editions: Sequence[Edition]) -> dict[int, list[Listed]]:
    lists: dict[int, list[Listed]] = {edition.pk: [] for edition in editions}
    rows = Listed.objects.filter(edition__in=editions).select_related(
        "entry__community__site", "entry__place", "entry__stratum", "company"
    )
    for row in rows.order_by("edition_id", "index"):
        lists[row.edition_id].append(row)
    return lists


def _results(editions: Sequence[Edition]) -> dict[int, Result]:
    replays = {edition.replay_id: edition.replay for edition in editions}
    found = {}
    for row in Result.objects.filter(replay__in=replays, entry__isnull=False):
        row.replay = replays[row.replay_id]
        found[row.entry_id or 0] = row
    return found


def _orders(entries: Sequence[int]) -> dict[int, tuple[Case, ...]]:
    """The orders to put something right that followed the visits, by entry, the newest last."""
    records = dict(VisitRecord.objects.filter(entry__in=entries).values_list("pk", "entry_id"))
    found: dict[int, tuple[Case, ...]] = {}
    if not records:
        return found
    cases = Case.objects.filter(subject__gte=NEAR, subject__lt=f"{NEAR}A").exclude(outcome="cancelled")
    for case in cases.order_by("id"):
        key = case.subject.removeprefix(NEAR).partition("/")[0]
        if key.isdigit() and (entry := records.get(int(key))):
            found[entry] = (*found.get(entry, ()), case)
    return found


def _rows(
    made: PublishedRound, listed: Sequence[Listed], orders: Mapping[int, tuple[Case, ...]], replies: Mapping[int, str]
) -> Iterable[Row]:
    earlier: dict[int, tuple[Listed, ...]] = {}
    newest = made.newest
    corrected = newest.number > 1 or newest.later  # type: ignore[attr-defined]  # an annotation
    restated = restated_of(newest.replay, made.scheme, newest.published_at, late=True) if corrected else {}
    for edition in made.editions[1:]:
        for row in made.earlier[edition.pk]:
            earlier[row.entry_id] = (*earlier.get(row.entry_id, ()), row)
    for row in listed:
        shown = Row(row, reply=replies.get(row.entry_id, ""), orders=orders.get(row.entry_id, ()))
        shown.was = earlier.get(row.entry_id, ())
        result = made.results.get(row.entry_id)
        if result is not None and result.total is not None:
            shown.decided = _worked(made, result, sheet_of(made.scheme, result))
            anew = restated.get(row.entry_id)
            shown.sheet, shown.worked = _worked(made, result, anew.sheet) if anew else shown.decided
        yield shown


def _distributions(made: PublishedRound) -> dict[str, Distribution]:
    counts: dict[str, dict[int, int]] = {code: {} for code in made.scheme.classes}
    for result in made.results.values():
        if result.standing < UNRANKED and result.total is not None:
            of_class = counts.setdefault(result.class_code, {})
            of_class[result.total] = of_class.get(result.total, 0) + 1
    rubrics = made.scheme.rubrics
    return {
        code: Distribution.of_counts(found, lower_is_better=rubrics[code].lower_is_better)
        for code, found in counts.items()
    }


def _worked(made: PublishedRound, result: Result, sheet: Sheet) -> tuple[Sheet, Worked]:
    """A sheet as everybody may see it, and what it comes to; without a rank where its total was nobody's."""
    shown, totals = public_sheet(sheet), made.totals[result.class_code]
    try:
        return shown, work_out(made.scheme, result.class_code, result.key, shown, totals)
    except KeyError:
        return shown, work_out(made.scheme, result.class_code, result.key, shown, None)


def _tie(rounds: Sequence[PublishedRound]) -> None:
    """Tell every row what the same community came to in the published round before."""
    for newer, older in pairwise(rounds):
        known = {row.listed.entry.community_id: row for row in older.rows}
        for row in newer.rows:
            row.before = known.get(row.listed.entry.community_id)
