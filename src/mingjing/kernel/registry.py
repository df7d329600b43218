"""What the parts of the house declare about themselves: one frozen manifest each.

A programme (and a kernel app that has permissions, fact kinds or commands of its own) registers a `Manifest` when
Django loads it; after that the registry is frozen. Routes, navigation, permissions, fact kinds, reactions and commands
are all read from here. Not here: any behaviour of a programme.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from django.utils.module_loading import import_string

from mingjing.engine.outcome import Reason

if TYPE_CHECKING:
    from django.utils.functional import Promise

__all__ = [
    "Answer", "Command", "Due", "Duty", "FactKind", "Known", "Manifest", "NavItem", "Permission", "Reaction",
    "RoleKind", "RulebookKind", "Verifier",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing a person may do, and the codes of the roles that may do it within their area.

    `code` is dotted (`assessments.scheme.publish`), `title` an English msgid. `carried` names those of the roles that
    hold it because another part says so (`RoleKind.carries`), each with the code of that part.
    """

    code: str
    title: str
    roles: tuple[str, ...]
    carried: tuple[tuple[str, str], ...] = ()

    def roles_for(self, programme: str) -> tuple[str, ...]:
        """The roles that hold it for what belongs to a programme: not those that another programme's role carries."""
        away = {role for role, code in self.carried if code != programme}
        return tuple(role for role in self.roles if role not in away)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleKind:
    """A role people hold within an area, from a date, by an appointing act. `title` is an English msgid.

    `carries` names permissions of other parts that the role holds too: a kernel app cannot name a programme's role.
    """

    code: str
    title: str
    carries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactKind:
    """A kind of ledger fact: dotted and past tense (`assessments.scheme.published`). `title` is an English msgid."""

    code: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """`handler` (dotted path of a function of a jobs Run) runs after a fact of `kind` is committed, at least once.

    `title` names the work to people; without one they see the code. `once_for` names a value of the fact: of several
    facts appended together that have it in common, only the last brings the work about, which is done for all of them.
    """

    code: str
    kind: str
    handler: str
    title: str = ""
    once_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookKind:
    """A kind of rulebook. `check` is the dotted path of a function of a document that returns its problems."""

    code: str
    title: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """A line of the desk's navigation, shown to those who hold `permission` anywhere.

    `icon` names a picture of the sprite that the faces share.
    """

    title: str
    url_name: str
    permission: str
    icon: str = "dot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something waits for a person: `count` pieces of one kind of work, behind one link; `late` when a day is past.

    `title` and `detail` are texts in the person's language (translated already, or lazily); `url` is a path.
    """

    title: "str | Promise"
    url: str
    count: int
    late: bool = False
    detail: "str | Promise" = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that people of a company can do, or a case of theirs: `until` when it must be done, if at all.

    `open` says whether it waits for them; what does not is listed among their cases. `url` is a path of the portal.
    """

    title: "str | Promise"
    url: str
    until: datetime | None = None
    open: bool = True
    detail: "str | Promise" = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`mingjing <manifest code> <name> …`. `configure` adds arguments; `run` takes them parsed, returns the exit code.

    Both are dotted paths, so that listing the commands imports none of them.
    """

    name: str
    help: str
    configure: str
    run: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one site: a text as people would type it (`yes`/`no` of a flag), empty where nothing is known.

    `reason` says why, or why not.
    """

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Something a part knows of sites. Another part asks for it by `code`, or by its last word, and imports nothing.

    `kind` is "number", "flag" or "text", `title` an English msgid; `read` the dotted path of a function
    (sites, first_day, last_day, at) -> {site: Answer}: of a period, as things stood at `at`, the same whenever it is
    asked again. Sites are named by their keys; those of which nothing can be said may be left out. `together` is the
    path of a function (codes, sites, first_day, last_day, at) -> {code: {site: Answer}} for all that name it.
    """

    code: str
    title: str
    kind: str
    read: str
    together: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Checks files of this `format` without database or network: dotted path of a function of the parsed file.

    The function returns the reasons (engine.outcome) for what holds; each Problem among them is a fault.
    """

    format: str
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything the house needs to know of one part. `code` names it in routes, permissions, facts and commands."""

    code: str
    title: str
    summary: str = ""
    programme: bool = False
    desk_urls: str = ""
    api_urls: str = ""  # what other systems may ask, as JSON
    # The portal of companies: routes, lines of its navigation (whose permission is empty: a mandate opens them), and
    portal_urls: str = ""
    portal_navigation: tuple[NavItem, ...] = ()
    portal_duties: str = ""  # dotted path of a function of (kernel.parties.mandates.Acting, now) -> Iterable[Duty]
    # The public board: pages that answer live, and a dotted path of a function of (faces.board Variant) -> Iterable of
    board_urls: str = ""
    board_lists: str = ""  # (title, address) of everything that this programme has published
    navigation: tuple[NavItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    roles: tuple[RoleKind, ...] = ()
    fact_kinds: tuple[FactKind, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    journals: tuple[str, ...] = ()  # dotted paths of kernel.jobs.journals.Journal: records kept before an answer
    chores: tuple[str, ...] = ()  # dotted paths of functions (*, at) -> bool: what kernel.jobs does between deliveries
    rulebooks: tuple[RulebookKind, ...] = ()
    commands: tuple[Command, ...] = ()
    verifiers: tuple[Verifier, ...] = ()
    known: tuple[Known, ...] = ()
    documents: tuple[Any, ...] = ()  # the kinds of documents it issues: kernel.documents.kinds.DocumentKind
    due: str = ""  # dotted path of a function (person, today) -> Iterable[Due]: what of this part waits for the person
    subjects: Mapping[str, str] = field(default_factory=dict)  # what facts are about: "places.site" -> English msgid
    # Dotted path of a function (case, at) -> the latest instant to which a deadline of its cases can be moved, or None
    case_extension: str = ""
    # Dotted path of a function (case, day) -> the organisation that has to see to a case on that day, or None
    case_answering: str = ""
    case_kinds: Mapping[str, str] = field(default_factory=dict)  # the kinds of cases it opens: code -> English msgid
    # Its proceedings: kind -> (English msgid, dotted path of a function of {step: engine.process.Clock} that gives the
    processes: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # engine.process.Process
    visit_purposes: Mapping[str, str] = field(default_factory=dict)  # why its people enter: code -> English msgid
    # The phones' face, dotted paths: (person, now) -> what a phone brings along for the day, JSON;
    field_pack: str = ""
    # (subject, commands, *, by, device, at) -> what, called in the turn to write, gives each its Outcome, in order;
    field_commands: str = ""
    # (subjects, person, now) -> {subject: what stands there now}, JSON, for the answer to commands;
    field_states: str = ""
    field_module: str = ""  # the programme's screens, a module as pages address it: "#mj/assessments/field.js"
    demo: str = ""  # dotted path of a function of `say` (shows one line) that adds this part's demo content, once
    # Of exhibits whose subject is this part's (`assessments.visit:7` is of "assessments"), dotted paths of functions:
    evidence_door: str = ""  # (person, subject, today) -> bool: may they be near it? asked besides the permissions
    evidence_home: str = ""  # (subject) -> (title, address) of the page it belongs to, or None
    evidence_doors: str = ""  # (person, subjects, today) -> those of them, as evidence_door, all in few queries
    evidence_words: str = ""  # (subject, about) -> what the watermark of a photo says of it, lines: where, check, team


class RegistryError(RuntimeError):
    """Two parts claim the same code, or a part registers after the registry is frozen."""


@dataclass(slots=True)
class _Registry:
    manifests: dict[str, Manifest] = field(default_factory=dict)
    frozen: bool = False


_registry = _Registry()


def register(manifest: Manifest) -> None:
    """Add a manifest; raises RegistryError once frozen or when any of its codes is taken."""
    if _registry.frozen:
        raise RegistryError(f"{manifest.code} registers after start-up; register in its AppConfig.ready().")
    taken = {code for known in _registry.manifests.values() for code in _codes(known)}
    if clash := taken.intersection(_codes(manifest)):
        raise RegistryError(f"{manifest.code} claims codes that are taken: {', '.join(sorted(clash))}.")
    _registry.manifests[manifest.code] = manifest


def _codes(manifest: Manifest) -> Iterator[str]:
    yield f"manifest {manifest.code}"
    groups = (manifest.permissions, manifest.roles, manifest.fact_kinds, manifest.reactions, manifest.rulebooks)
    for group in (*groups, manifest.known):
        yield from (f"{type(entry).__name__} {entry.code}" for entry in group)


def freeze() -> None:
    """Close the registry; called once, when every app is loaded."""
    _registry.frozen = True


def manifests() -> Mapping[str, Manifest]:
    """All manifests by code, in the order of registration."""
    return MappingProxyType(_registry.manifests)


def programmes() -> tuple[Manifest, ...]:
    """The manifests of programmes, in the order of config/programmes.py."""
    return tuple(manifest for manifest in _registry.manifests.values() if manifest.programme)


def due_for(person: Any, today: date) -> tuple[Due, ...]:
    """What waits for `person` in every part of the house: late work first, then in the order of programmes and parts.

    A part whose function fails fails the page: work that is due must not vanish unseen.
    """
    parts = sorted(_registry.manifests.values(), key=lambda manifest: not manifest.programme)
    found = [entry for part in parts if part.due for entry in import_string(part.due)(person, today)]
    return tuple(sorted((entry for entry in found if entry.count), key=lambda entry: not entry.late))


def duties_for(acting: Any, now: datetime) -> tuple[Duty, ...]:
    """What people of companies can do in every part of the house: what waits first, by deadline, then their cases."""
    found = [
        one for part in programmes() if part.portal_duties for one in import_string(part.portal_duties)(acting, now)
    ]
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return tuple(sorted(found, key=lambda one: (not one.open, one.until or far)))


def permissions() -> Mapping[str, Permission]:
    """Every permission by code, with the roles it names and those that carry it."""
    carried: dict[str, tuple[tuple[str, str], ...]] = {}
    for manifest in _registry.manifests.values():
        for role in manifest.roles:
            for code in role.carries:
                carried[code] = (*carried.get(code, ()), (role.code, manifest.code))
    every = (entry for manifest in _registry.manifests.values() for entry in manifest.permissions)
    return {entry.code: _carried(entry, carried.get(entry.code, ())) for entry in every}


def _carried(entry: Permission, by: tuple[tuple[str, str], ...]) -> Permission:
    more = tuple((role, part) for role, part in by if role not in entry.roles)
    return replace(entry, roles=(*entry.roles, *(role for role, _part in more)), carried=more) if more else entry


def roles() -> Mapping[str, RoleKind]:
    """Every role kind by code."""
    return {entry.code: entry for manifest in _registry.manifests.values() for entry in manifest.roles}


def fact_kinds() -> Mapping[str, FactKind]:
    """Every kind of fact by code."""
    return {entry.code: entry for manifest in _registry.manifests.values() for entry in manifest.fact_kinds}


def reactions_to(kind: str) -> tuple[Reaction, ...]:
    """The reactions to facts of `kind`, in the order of registration."""
    return tuple(one for manifest in _registry.manifests.values() for one in manifest.reactions if one.kind == kind)


def reaction_titles() -> Mapping[str, str]:
    """What each reaction is called, by code."""
    return {one.code: one.title or one.code for manifest in _registry.manifests.values() for one in manifest.reactions}


def rulebook_kinds() -> Mapping[str, RulebookKind]:
    """Every kind of rulebook by code."""
    return {entry.code: entry for manifest in _registry.manifests.values() for entry in manifest.rulebooks}


def owner_of(subject: str) -> Manifest | None:
    """The manifest whose code begins `subject`, as in `assessments.visit:7`."""
    return _registry.manifests.get(subject.partition(":")[0].partition(".")[0])


def title_of_subject(subject: str) -> str:
    """The msgid of what a fact is about (`assessments.round:7`: a round); empty where no part names such things."""
    owner = owner_of(subject)
    return owner.subjects.get(subject.partition(":")[0], "") if owner else ""


def title_of_case_kind(programme: str, kind: str) -> str:
    """The msgid of a kind of case; the code itself where its programme is not installed or says none."""
    manifest = _registry.manifests.get(programme)
    return manifest.case_kinds.get(kind, kind) if manifest else kind


def processes() -> Mapping[str, str]:
    """The dotted path that gives each process, by `programme.kind`."""
    found = ((manifest.code, kind, path) for manifest in programmes() for kind, (_, path) in manifest.processes.items())
    return {f"{code}.{kind}": path for code, kind, path in found}


def title_of_process(programme: str, kind: str) -> str:
    """The msgid of a kind of proceeding; the code itself where its programme is not installed."""
    manifest = _registry.manifests.get(programme)
    return manifest.processes[kind][0] if manifest and kind in manifest.processes else kind


def title_of_purpose(programme: str, purpose: str) -> str:
    """The msgid of why somebody entered; the code itself where its programme is not installed or says none."""
    manifest = _registry.manifests.get(programme)
    return manifest.visit_purposes.get(purpose, purpose) if manifest else purpose


def verifiers() -> Mapping[str, Verifier]:
    """The verifier of each file format."""
    return {entry.format: entry for manifest in _registry.manifests.values() for entry in manifest.verifiers}


def known() -> Mapping[str, Known]:
    """Everything that parts know of sites, by code."""
    return {entry.code: entry for manifest in _registry.manifests.values() for entry in manifest.known}


def known_as(word: str) -> Known | None:
    """What somebody knows under this last word of its code (`households`); of several the first registered."""
    return next((entry for code, entry in known().items() if code.rpartition(".")[2] == word), None)


def answers(
    entry: Known | None, sites: Collection[int], first_day: date, last_day: date, at: datetime
) -> Mapping[int, Answer]:
    """What is known of `sites` in a period, as things stood at `at`; nothing where no part knows such things."""
    if entry is None or not sites:
        return {}
    read = import_string(entry.read)
    return cast(Callable[..., Mapping[int, Answer]], read)(sites, first_day, last_day, at)
