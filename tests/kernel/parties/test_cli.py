"""The first administrator comes from the command line; the password never stands on it."""

import argparse
import io
from collections.abc import Callable

import pytest

from mingjing.engine.outcome import Refusal
from mingjing.kernel import registry
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties import cli
from mingjing.kernel.parties.checks import permissions_make_sense
from mingjing.kernel.parties.guard import may
from mingjing.kernel.parties.models import Person
from mingjing.kernel.places.models import Area


def call(name: str, *argv: str) -> int:
    parser = argparse.ArgumentParser()
    getattr(cli, f"configure_{name}")(parser)
    return getattr(cli, f"run_{name}")(parser.parse_args(argv))


def test_first_administrator(
    area: Callable[[str], Area], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("lantern-under-the-bridge\n"))
    assert call("add_person", "chen", "--name", "陈刚") == 0
    named = ["--act", "任命书", "--reference", "1号", "--from", "2024-09-01"]
    assert call("grant", "chen", "administrator", "430202", *named) == 0
    assert "2024-09-01" in capsys.readouterr().out
    person = Person.objects.get(username="chen")
    assert person.check_password("lantern-under-the-bridge")
    assert may(person, "parties.person.manage", area=area("430202001"), on=person.role_grants.get().first_day)


def test_a_locked_out_administrator_gets_another_password(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("lantern-under-the-bridge\n"))
    assert call("set_password", person.username.upper()) == 0
    assert person.username in capsys.readouterr().out
    assert Person.objects.get().check_password("lantern-under-the-bridge")
    fact = Fact.objects.get(kind="parties.password.set")
    assert fact.by == ""
    with pytest.raises(Refusal) as refused:
        call("set_password", "nobody")
    assert [problem.code for problem in refused.value.problems] == ["parties.person.unknown"]


def test_weak_password_is_refused(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    with pytest.raises(Refusal):
        call("add_person", "chen", "--name", "陈刚")
    assert not Person.objects.exists()


def test_grant_names_everything_that_is_unknown(db: None) -> None:
    with pytest.raises(Refusal) as refused:
        call("grant", "nobody", "officer", "999", "--act", "a", "--reference", "r")
    assert [problem.code for problem in refused.value.problems] == ["parties.person.unknown", "places.area.unknown"]


def test_permissions_of_all_manifests_name_known_roles() -> None:
    assert permissions_make_sense() == []


def test_a_permission_for_an_unknown_role_stops_the_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = registry.Manifest(
        code="odd", title="Odd", permissions=(registry.Permission(code="odd.do", title="Do", roles=("king",)),)
    )
    monkeypatch.setitem(registry._registry.manifests, "odd", odd)
    assert [error.id for error in permissions_make_sense()] == ["parties.E001"]
