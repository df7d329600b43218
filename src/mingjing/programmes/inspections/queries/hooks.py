"""Who is told of a fact, and what: ids and codes only; whoever wants more asks with a key."""

from typing import Any

from mingjing.kernel.db.fields import instant_text
from mingjing.kernel.ledger.models import Fact
from mingjing.programmes.inspections.models import Entry, Hook, HookPost, Warning

__all__ = ["told_of", "waiting"]

FORMAT = "mingjing.inspections.event/1"


def waiting(fact: Fact) -> list[Hook]:
    """The addresses that are to be told of a fact and did not say yet that they have it."""
    about = _about(fact)
    had = HookPost.objects.taken().filter(fact=fact).values("hook")
    hooks = Hook.objects.select_related("area").filter(ended_at=None, made_at__lte=fact.at).exclude(pk__in=had)
    return [
        hook
        for hook in hooks.order_by("pk")
        if fact.kind in hook.events
        and fact.scope.startswith(hook.area.path)
        and (hook.authority_id is None or (about is not None and about.authority_id == hook.authority_id))
    ]


def told_of(fact: Fact) -> dict[str, Any]:
    """The event as an address is told it."""
    about, what = _about(fact), fact.kind.split(".")[1]
    told: dict[str, Any] = {
        "format": FORMAT, "id": fact.seq, "event": fact.kind, "at": instant_text(fact.at), what: None,
        "authority": None, "firm": None,
    }  # fmt: skip
    if isinstance(about, Warning):
        told |= {"rule": about.rule, "level": about.level}
    if isinstance(about, Entry):
        told |= {"external": about.external, "colour": about.colour}
    if about is not None:
        told[what] = about.pk
        told["authority"] = about.authority.organisation.credit_code if about.authority else None
        told["firm"] = about.firm.organisation.credit_code if about.firm else None
    return told


def _about(fact: Fact) -> Entry | Warning | None:
    related = ("authority__organisation", "firm__organisation")
    if fact.kind.startswith("inspections.warning."):
        return Warning.objects.select_related(*related).filter(pk=fact.values.get("warning", 0)).first()
    return Entry.objects.select_related(*related).filter(pk=fact.values.get("entry", 0)).first()
