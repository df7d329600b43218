"""Background work: writes files of a decided round, the office's workbook or all decision files.

At least once: the same round gives the same bytes, and the store keeps a content once. Not here: CSV and JSON, which
stream from the page itself.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, override

from mingjing.engine.accounts import Account, LineKind, explain
from mingjing.engine.outcome import N_, Refusal, in_language, spoken
from mingjing.kernel.evidence.store import store
from mingjing.kernel.jobs.worker import Run
from mingjing.programmes.assessments.actions import exports as actions
from mingjing.programmes.assessments.models import Entry, Export, ExportKind, Replay, Result, Round
from mingjing.programmes.assessments.policy.moves import Move, compare, gone
from mingjing.programmes.assessments.policy.office import Office, Row
from mingjing.programmes.assessments.policy.scheme import Scheme
from mingjing.programmes.assessments.queries.decisions import decision_files
from mingjing.programmes.assessments.queries.lists import decision_of, not_assessed, round_before, stood
from mingjing.programmes.assessments.queries.results import scheme_behind, sheet_of

__all__ = ["write_export"]

BATCH = 100
"""Communities between two notes of progress."""
CREATED = (2000, 1, 1, 0, 0, 0)
"""What an archive gives as the date of each file, so that the same results give the same bytes."""

Progress = Callable[[int], None]


def write_export(run: Run) -> None:
    """Write the file that was asked for, keep it, and say so; or keep every problem."""
    asked = Export.objects.select_related("replay__scheme__rulebook", "round__area", "round__scheme__rulebook").get(
        pk=run.fact.values["export"]
    )
    if not actions.begin_export(export=asked, by=None, at=timezone.now()):
        return
    steps = asked.replay.result_count
    write, ending = _WRITERS[ExportKind(asked.kind)]
    try:
        with tempfile.TemporaryFile() as file, override("zh-hans"):
            write(asked, file, lambda done: run.progress(min(done, steps), steps))
            file.seek(0)
            original = store(file, max(settings.UPLOAD_LIMIT, 1 << 32))
        run.progress(steps, steps)  # the last batch is rarely whole; done work that shows 100 of 136 is not believed
    except Refusal as refusal:
        actions.fail_export(export=asked, problems=refusal.problems, by=None, at=timezone.now())
        return
    name = f"{asked.round.area.code}-{asked.round.code}-{ending}"
    actions.complete_export(export=asked, file_name=name, original=original, by=None, at=timezone.now())


def _decisions(asked: Export, file: IO[bytes], progress: Progress) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for done, (row, document) in enumerate(decision_files(asked.replay), start=1):
            entry = zipfile.ZipInfo(f"{asked.round.code}/{row.index + 1:06d}.json", CREATED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, json.dumps(document, ensure_ascii=False, sort_keys=True))
            if done % BATCH == 0:
                progress(done)


def _workbook(asked: Export, file: IO[bytes], progress: Progress) -> None:
    scheme, office = scheme_behind(asked.replay), Office(file)
    office.cover(_both(N_("Cover")), asked.round.title, ((_both(name), value) for name, value in _facts(asked)))
    for code, title in scheme.classes.items():
        office.table(_chinese(title), _head(LISTED), _listed(asked.replay, scheme, code))
    office.table(_both(N_("Lines")), _head(LINES), _lines(asked.replay, scheme, progress))
    office.table(_both(N_("Changes")), _head(CHANGES), _changes(asked.replay))
    office.table(_both(N_("Not assessed")), _head(ABSENT), _absent(asked.round))
    office.close()


def _both(text: str) -> str:
    """A heading in Chinese and English: offices read the one, a visitor the other."""
    return " ".join(dict.fromkeys((gettext(text), text)))


def _head(columns: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    return [(_both(title), width) for title, width in columns]


_WRITERS: dict[ExportKind, tuple[Callable[[Export, IO[bytes], Progress], None], str]] = {
    ExportKind.WORKBOOK: (_workbook, "results.xlsx"),
    ExportKind.DECISIONS: (_decisions, "decisions.zip"),
}

LISTED = (
    (N_("Rank"), 8), (N_("Number"), 14), (N_("Community"), 24), (N_("Subdistrict"), 16), (N_("Company"), 30),
    (N_("Total"), 10), (N_("Base"), 10), (N_("Bonus"), 10), (N_("Tier"), 12), (N_("Checks counted"), 10),
)  # fmt: skip
LINES = (
    (N_("Number"), 14), (N_("Community"), 24), (N_("Kind"), 10), (N_("Code"), 10), (N_("Check"), 30),
    (N_("Place"), 18), (N_("Note"), 40), (N_("Count"), 8), (N_("Points"), 10), (N_("Why"), 50),
    (N_("Evidence"), 24),
)  # fmt: skip
CHANGES = (
    (N_("Number"), 14), (N_("Community"), 24), (N_("Class"), 8), (N_("Change"), 12), (N_("Tier before"), 14),
    (N_("Tier now"), 14), (N_("Total before"), 12), (N_("Total now"), 12),
    (N_("Company before"), 30), (N_("Company now"), 30),
)  # fmt: skip
ABSENT = (
    (N_("Number"), 14), (N_("Community"), 24), (N_("Subdistrict"), 16), (N_("Company"), 30), (N_("Reason"), 50),
)  # fmt: skip
MOVES = {
    "up": N_("Moved up"),
    "down": N_("Moved down"),
    "other": N_("Into or out of a tier without a rank"),
    "new": N_("New in the round"),
    "same": N_("Same tier"),
    "gone": N_("No longer in the round"),
}
KINDS = {
    LineKind.DEDUCTION: N_("Deduction"),
    LineKind.NOT_APPLICABLE: N_("Does not apply"),
    LineKind.BONUS: N_("Bonus"),
    LineKind.VETO: N_("Veto"),
}


def _chinese(title: Any) -> str:
    return str(in_language(title.texts, "zh-Hans")) if hasattr(title, "texts") else str(spoken(title, gettext))


def _facts(asked: Export) -> Iterator[tuple[str, str]]:
    round_, replay = asked.round, asked.replay
    yield N_("District"), round_.area.name
    yield N_("Round"), f"{round_.code} {round_.first_day} – {round_.last_day}"
    version = replay.scheme
    named = {"title": _chinese(version.rulebook.title), "number": version.number}
    yield N_("Scheme"), gettext("{title}, version {number}").format(**named)
    yield N_("Digest of the scheme"), version.digest
    yield N_("Digest of the roster"), round_.roster_digest
    yield N_("Results"), str(replay.result_count)
    yield N_("Root over all results"), replay.results_root
    yield N_("Decided on"), timezone.localtime(replay.completed_at).strftime("%Y-%m-%d %H:%M")
    yield N_("How to check"), gettext("Every community has a decision file; mingjing verify checks one without us.")


def _tier(scheme: Scheme, code: str) -> str:
    known = {tier.code: tier.title for tier in scheme.list_rules.tiers}
    return _chinese(known[code]) if code in known else code


def _listed(replay: Replay, scheme: Scheme, class_code: str) -> Iterator[Row]:
    rows = replay.results.of_class(class_code).without_sheets().select_related("entry__stratum")
    for row in rows.order_by("standing", "index").iterator(chunk_size=500):
        entry = row.entry
        assert entry is not None
        where = (entry.number, entry.name, entry.stratum.name, entry.company_name)
        points = (Office.points(row.total), Office.points(row.base), Office.points(row.bonus))
        yield (row.rank, *where, *points, _tier(scheme, row.tier), row.checks)


def _lines(replay: Replay, scheme: Scheme, progress: Progress) -> Iterator[Row]:
    rows = Result.objects.filter(replay=replay).order_by("index")
    for done, row in enumerate(rows.iterator(chunk_size=200), start=1):
        yield from _account(row, explain(scheme.rubrics[row.class_code], sheet_of(scheme, row)))
        if done % BATCH == 0:
            progress(done)


def _account(row: Result, account: Account) -> Iterator[Row]:
    """Every line of a result; who approved a bonus or a veto is left out."""
    for line in account.lines:
        counted = line.kind is LineKind.DEDUCTION
        why = gettext("Approved") if "approver" in line.reason.params else line.reason.say(gettext)
        yield (
            row.key, row.name, gettext(KINDS[line.kind]), line.code, _chinese(line.title), line.place, line.note,
            line.steps if counted else None, Office.points(line.points), why,
            " ".join(digest[:12] for digest in line.evidence),
        )  # fmt: skip


def _changes(replay: Replay) -> Iterator[Row]:
    assert replay.round is not None
    earlier = round_before(replay.round)
    before = decision_of(earlier) if earlier else None
    if before is None:
        return
    now, then = scheme_behind(replay), scheme_behind(before)
    here, there = stood(replay), stood(before)
    for move in compare(here.values(), there, now.list_rules, then.list_rules):
        if move.kind != "same" or move.company:
            yield _change(now, then, move)
    for was in gone(here.values(), there):
        tier, total = _tier(then, was.tier), Office.points(was.total)
        yield (was.number, was.name, was.class_code, gettext(MOVES["gone"]), tier, "", total, None, was.company, "")


def _change(now: Scheme, then: Scheme, move: Move) -> Row:
    stood_now, was = move.now, move.was
    return (
        stood_now.number, stood_now.name, stood_now.class_code, gettext(MOVES[move.kind]),
        _tier(then, was.tier) if was else "", _tier(now, stood_now.tier), Office.points(was.total) if was else None,
        Office.points(stood_now.total), was.company if was else "", stood_now.company,
    )  # fmt: skip


def _absent(round_: Round) -> Iterator[Row]:
    found: Iterator[Entry] = not_assessed(round_).order_by("number").iterator(chunk_size=500)
    for entry in found:
        reason = entry.not_assessed_reason or gettext("No record was locked for it.")
        yield (entry.number, entry.name, entry.stratum.name, entry.company_name, reason)
