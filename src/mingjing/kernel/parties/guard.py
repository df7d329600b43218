"""The one door through which every permission is asked for.

A permission is held through a role (the manifests say which roles carry it), within the subtree of an area, on a day.
Every view wears `@guarded` or `@public`; a contract test reads the marks. Not here: roles themselves, sign-in.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce, wraps
from operator import or_
from typing import Any, Protocol, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Grant, Person
from mingjing.kernel.places.models import CODE_LENGTH, Area, span, within_subtrees

Row = TypeVar("Row", bound=Model)


class View(Protocol):
    """A view function."""

    def __call__(self, request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """How a view is guarded: by a permission (within the requested area if `scoped`), or open to all for a reason."""

    permission: str = ""
    scoped: bool = False
    public_because: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The subtrees within which someone holds a permission, by their paths.

    `wide` are those where they hold it for whatever there is, `narrow` those where a role of one programme carries it,
    by programme: of records that belong to programmes it reaches that one's.
    """

    paths: tuple[str, ...]
    wide: tuple[str, ...] | None = None
    narrow: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paths)

    def covers(self, area: Area) -> bool:
        """Whether `area` lies in one of the subtrees."""
        return any(area.path.startswith(path) for path in self.paths)

    @property
    def above(self) -> frozenset[str]:
        """The paths of the areas that these subtrees lie in."""
        return frozenset(path[:end] for path in self.paths for end in range(CODE_LENGTH, len(path), CODE_LENGTH))

    def reaches(self, area: Area) -> bool:
        """Whether `area` lies in one of the subtrees, or one of them in it: what holds there is of concern here."""
        return self.covers(area) or area.path in self.above

    def reached(self, queryset: "QuerySet[Row]", field: str = "area") -> "QuerySet[Row]":
        """The rows whose `field` is an area that `reaches` finds."""
        if not self.paths:
            return queryset.none()
        return queryset.filter(within_subtrees(self.paths, field) | Q(**{f"{field}__path__in": self.above}))

    def within(self, queryset: "QuerySet[Row]", field: str = "area") -> "QuerySet[Row]":
        """The rows whose `field` (a foreign key to Area, possibly across `__`; "" for Area itself) lies in scope."""
        return queryset.filter(within_subtrees(self.paths, field)) if self.paths else queryset.none()

    def of_programmes(self, queryset: "QuerySet[Row]", field: str = "area") -> "QuerySet[Row]":
        """The rows `within` scope, each of a `programme`: through a role that only carries the right its own ones."""
        held = [within_subtrees(self.paths if self.wide is None else self.wide, field)] if self.wide != () else []
        held += [within_subtrees(paths, field) & Q(programme=programme) for programme, paths in self.narrow]
        return queryset.filter(reduce(or_, held)) if self.paths else queryset.none()

    def sees(self, fact_scope: str) -> bool:
        """Whether a fact of this scope is one of those that `of_facts` finds."""
        return bool(self.paths) and (not fact_scope or fact_scope.startswith(self.paths))

    def of_facts(self, through: str = "") -> Q:
        """The condition "a fact of these subtrees, or of the installation as a whole"; `through` as `fact__`."""
        ranges = (Q(**span(path, f"{through}scope")) for path in self.paths)
        return reduce(or_, ranges, Q(**{f"{through}scope": ""}))


def areas_where(
    person: Person | AnonymousUser, permission: str, *, on: date, programme: str | None = None
) -> Scope:  # fmt: skip
    """Where `person` holds `permission` on that day, for what belongs to `programme` where one is named.

    Costs one query per person object, whatever is asked of it.
    """
    held = _held(person, permission, on, programme)
    return _scope(held, _permission(permission).carried if programme is None else ())


def _held(person: Person | AnonymousUser, permission: str, on: date, programme: str | None) -> Iterator[Grant]:
    asked = _permission(permission)
    roles = asked.roles if programme is None else asked.roles_for(programme)
    if isinstance(person, Person) and person.is_active:
        yield from (grant for grant in person.grants if grant.role in roles and grant.holds(on))


def _scope(held: Iterable[Grant], carried: tuple[tuple[str, str], ...]) -> Scope:
    grants, of = list(held), dict(carried)
    by: dict[str, list[Grant]] = {}
    for grant in grants:
        by.setdefault(of.get(grant.role, ""), []).append(grant)
    wide = _outermost(by.pop("", ()))
    return Scope(_outermost(grants), wide, tuple((code, _outermost(own)) for code, own in sorted(by.items())))


def may(
    person: Person | AnonymousUser, permission: str, *, area: Area | None = None, on: date, programme: str | None = None
) -> bool:  # fmt: skip
    """Whether `person` holds `permission` on that day for `area`; without an area, for any area at all.

    Of what belongs to a `programme`, roles of other programmes that only carry the permission do not count. Raises
    ImproperlyConfigured for a permission that no manifest declares.
    """
    if area is None:
        return any(True for _grant in _held(person, permission, on, programme))
    return areas_where(person, permission, on=on, programme=programme).covers(area)


def require(
    person: Person | AnonymousUser, permission: str, *, area: Area | None = None, on: date, programme: str | None = None
) -> None:  # fmt: skip
    """Raise PermissionDenied, naming what is lacking, unless `person` may."""
    if not may(person, permission, area=area, on=on, programme=programme):
        raise PermissionDenied(_(_permission(permission).title))


def guarded(
    permission: str, *, area: Callable[..., Area] | None = None, programme: Callable[..., str] | None = None
) -> Callable[[View], View]:
    """Only those who hold `permission` today may call the view.

    `area` finds the area that is asked for from the view's own arguments (it may raise Http404), `programme` whose the
    thing is that is asked for. Visitors are sent to sign in (htmx requests get 401 and the address); others who lack
    the permission get PermissionDenied.
    """
    if apps.ready:
        _permission(permission)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded_view(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in(request)
            wanted = area(request, *args, **kwargs) if area else None
            whose = programme(request, *args, **kwargs) if programme else None
            require(request.user, permission, area=wanted, on=timezone.localdate(), programme=whose)
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # nobody finds it in the browser after the person signed out
            return response

        return _marked(guarded_view, Mark(permission=permission, scoped=area is not None))

    return decorate


def public(because: str) -> Callable[[View], View]:
    """Anyone may call the view, for the reason given."""
    return lambda view: _marked(view, Mark(public_because=because))


def mark_of(view: Callable[..., Any]) -> Mark | None:
    """How a view is guarded, or None if nobody has said."""
    mark = getattr(view, "guard_mark", None)
    return mark if isinstance(mark, Mark) else None


def _marked(view: View, mark: Mark) -> View:
    view.guard_mark = mark  # type: ignore[attr-defined]  # a function takes attributes; its protocol cannot say so
    return view


def _permission(code: str) -> registry.Permission:
    try:
        return _permissions(tuple(map(id, registry.manifests().values())))[0][code]
    except KeyError:
        raise ImproperlyConfigured(f"No manifest declares the permission {code!r}.") from None


@lru_cache(maxsize=1)
def _permissions(_manifests: tuple[int, ...]) -> tuple[Mapping[str, registry.Permission], object]:
    """The permissions of these manifests, which every page asks for a dozen times.

    The manifests come with them: while they are kept here, nothing else has their identity.
    """
    return registry.permissions(), tuple(registry.manifests().values())


def _outermost(grants: Iterable[Grant]) -> tuple[str, ...]:
    """The paths of `grants` without those that lie below another: fewer conditions, same areas."""
    paths: list[str] = []
    for path in sorted({grant.path for grant in grants}):
        if not paths or not path.startswith(paths[-1]):
            paths.append(path)
    return tuple(paths)


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request") != "true":
        return redirect_to_login(request.get_full_path())
    # The page that asked is where to come back to, not the fragment it asked for.
    page = request.headers.get("HX-Current-URL", "/")
    return HttpResponse(status=401, headers={"HX-Redirect": redirect_to_login(page).url})
