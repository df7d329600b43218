"""What a district has of the register, of plans and of tasks, for the test of its neighbours (examples)."""

from collections.abc import Iterator

from tests.districts import District, Routes

from mingjing.kernel.places.models import EntryCode, Site
from mingjing.programmes.inspections.models import (
    Authority,
    Certificate,
    Firm,
    Item,
    Listing,
    Lot,
    Plan,
    Post,
    QuietDays,
    Roster,
    RosterLine,
    Task,
    TaskItem,
)
from mingjing.programmes.inspections.models.plans import new_code

STEPS = "inspections:{}-act"


def registered(district: District, authority: Authority, firm: Firm) -> Iterator[Routes]:
    """The authority with its people and items, the firm with its code, a plan with a draw, a task with a code."""
    secret, at, day = district.secret, district.at, district.at.date()
    people = [district.people[role] for role in ("authority_head", "authority_staff", "inspector")]
    posts = [Post.objects.create(authority=authority, person=one, first_day=day, recorded_at=at) for one in people]
    listing = Listing.objects.create(
        authority=authority, first_day=day, basis=secret, reference=secret, recorded_at=at
    )  # fmt: skip
    certificate = Certificate.objects.create(
        authority=authority, person=people[2], number=secret, first_day=day, last_day=day, recorded_at=at
    )
    item = Item.objects.create(authority=authority, code=secret, title=secret, first_day=day, recorded_at=at)
    yield {"inspections:authority": {"pk": authority.pk}}
    yield {STEPS.format("authority"): {"pk": authority.pk, "act": "list"}}
    for part, row in (("listing", listing), ("post", posts[0]), ("certificate", certificate)):
        yield {"inspections:authority-part": {"pk": authority.pk, "part": part, "key": row.pk}}
    yield {"inspections:item": {"pk": item.pk}, STEPS.format("item"): {"pk": item.pk, "act": "withdraw"}}
    yield from _of_firm(district, firm)
    yield from _planned(district, authority, firm, item)


def _of_firm(district: District, firm: Firm) -> Iterator[Routes]:
    at, secret = district.at, district.secret
    firm.site = Site.objects.create(name=secret, area=district.area, recorded_at=at)
    firm.save(update_fields=["site"])
    EntryCode.objects.create(site=firm.site, code=secret.upper(), issued_at=at)
    quiet = QuietDays.objects.create(
        area=district.area, first_day=at.date(), month_from=1, month_to=2, basis=secret, recorded_at=at
    )
    yield {"inspections:firm": {"pk": firm.pk}, "inspections:firm-sheet": {"pk": firm.pk}}
    roster = Roster.objects.create(
        area=district.area, file_name=f"{secret}.csv", input_digest="0" * 64, requested_at=at, read_at=at, kind="firms",
        counts={"added": 1, "changed": 0, "same": 0, "lines": "0" * 64},
    )  # fmt: skip
    RosterLine.objects.create(roster=roster, row=2, key=secret, kind="added", values={"name": secret})
    yield {f"inspections:{name}": {"pk": roster.pk} for name in ("file", "file-approve", "file-discard")}
    yield {STEPS.format("firm"): {"pk": firm.pk, "act": "grade"}, STEPS.format("quiet"): {"pk": quiet.pk, "act": "end"}}


def _planned(district: District, authority: Authority, firm: Firm, item: Item) -> Iterator[Routes]:
    at, secret, day = district.at, district.secret, district.at.date()
    plan = Plan.objects.create(
        authority=authority, kind="lot", title=secret, first_day=day, last_day=day, drafted_at=at, approved_at=at
    )
    inputs = '{"firms": [], "wanted": {}, "officers": [], "team": 2, "away": {}}'
    lot = Lot.objects.create(
        plan=plan, inputs=inputs, inputs_digest="0" * 64, seed_digest="0" * 64, committed_at=at
    )  # fmt: skip
    task = Task.objects.create(
        authority=authority, firm=firm, plan=plan, purpose="routine", first_day=day, last_day=day, drafted_at=at,
        approved_at=at, coded_at=at, code=new_code(),
    )  # fmt: skip
    TaskItem.objects.create(task=task, item=item)
    yield {"inspections:plan": {"pk": plan.pk}, "inspections:lot": {"pk": plan.pk, "lot": lot.pk}}
    yield {STEPS.format("plan"): {"pk": plan.pk, "act": "file"}}
    yield {f"inspections:{name}": {"pk": task.pk} for name in ("task", "task-sheet")}
    yield {STEPS.format("task"): {"pk": task.pk, "act": "cancel"}}
