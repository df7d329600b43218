"""Draw files: two makers agree, nothing can be changed unseen, and the terminal says what is wrong."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.drawn_inputs import district, small_inputs
from tests.programmes.assessments import second_draw

from mingjing.config.commands import main
from mingjing.engine.chain import content_digest
from mingjing.engine.drawing import Inputs, certificate_flaw, commitment, draw
from mingjing.engine.outcome import Problem, Refusal
from mingjing.programmes.assessments.policy.draws import check_draw, commit, inputs_of, make

SEED, OTHER = bytes(range(32)), bytes(range(32, 64))
DRAWS = 1000


def made(inputs: Inputs, *seeds: bytes) -> dict[str, Any]:
    pairs = [commit(inputs, seed) for seed in seeds or (SEED,)]
    return make(inputs, [secret for secret, _ in pairs], [published for _, published in pairs])


def faults(document: Any) -> list[Problem]:
    return [reason for reason in check_draw(document) if isinstance(reason, Problem)]


# --- two makers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(10))
def test_a_second_maker_agrees_on_a_thousand_draws(part: int) -> None:
    agreed = number = 0
    while agreed < DRAWS // 10:
        inputs, seed = small_inputs(1_000_000 * part + number), random.Random(number).randbytes(32)
        number += 1
        try:
            document = made(inputs, seed, OTHER)
        except Refusal:
            continue
        attempt, salt, team_days = second_draw.team_days(json.loads(json.dumps(document["inputs"])), [seed, OTHER])
        assert (document["attempt"], document["salt"]) == (attempt, salt)
        found = [(entry["experts"], entry["sites"], entry["centre"]) for entry in document["team_days"]]
        assert found == team_days
        agreed += 1
    assert number < 4 * DRAWS // 10  # most cases can be drawn


def test_what_one_maker_cannot_place_the_other_cannot() -> None:
    checked = 0
    for number in range(600):
        inputs = small_inputs(number)
        try:
            draw(inputs, [SEED])
        except Refusal as refusal:
            if {problem.code for problem in refusal.problems} <= {"draw.no_team", "draw.parts", "draw.no_place"}:
                assert second_draw.team_days(inputs.document(), [SEED]) is None
                checked += 1
    assert checked


# --- the file --------------------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value, list and object in a document."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[key], (*path, key))


def changed(value: Any) -> list[Any]:
    """Other values that could stand in its place."""
    match value:
        case int():
            return [value + 1, -value - 1, float(value), str(value), None, True]
        case str():
            return [value + "0", value[:-1] or "x", value[::-1] + "'", None, 1]
        case list():
            return [value[:-1] or [0], [*value, value[0] if value else ""], [*value[::-1], 1], None, {}]
        case _:
            return [{**value, "more": 1}, dict(list(value.items())[:-1]), None, []]


def test_every_single_change_of_a_draw_is_seen() -> None:
    document = made(small_inputs(7, sites=12), SEED, OTHER)
    assert not faults(document)
    for path in leaves(document):
        for other in changed(_at(document, path)):
            forged = copy.deepcopy(document)
            _at(forged, path[:-1])[path[-1]] = other
            assert faults(forged), (path, other)


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"inputs": None},
        {"inputs": {"sites": 1}, "seeds": []},
        {"inputs": {"sites": [[]], "experts": {}, "conflicts": "", "settings": []}, "seeds": ["00" * 32]},
    ],
)
def test_what_is_no_draw_is_refused_in_words(content: dict[str, Any]) -> None:
    assert faults(content)


def test_a_hostile_fraction_is_not_computed() -> None:
    document = made(small_inputs(7, sites=12))
    document["inputs"]["settings"]["share"] = "1e999999999"
    assert [fault.code for fault in faults(document)] == ["draw.unreadable"]


def test_order_of_rows_and_seeds_changes_nothing() -> None:
    inputs = small_inputs(7, sites=12)
    turned = Inputs(inputs.sites[::-1], inputs.experts[::-1], inputs.conflicts[::-1], inputs.settings)
    assert made(turned, SEED, OTHER) == made(inputs, OTHER, SEED)


def test_inputs_come_back_from_the_file() -> None:
    inputs = district(40, teams=3, days=4, experts=12)
    assert inputs_of(json.loads(json.dumps(made(inputs)["inputs"]))) == inputs


def test_a_known_draw_stays_as_it_is() -> None:
    """Version 1 of the algorithm: these digests may never change."""
    assert content_digest(made(small_inputs(7, sites=12))) == KNOWN[0]
    assert content_digest(made(district(136, teams=6, days=6, experts=24))) == KNOWN[1]


KNOWN = (
    "395a344c4d41aa2ea95fa12ad5d73476e1575c3b44f9e18d6153f6c24e46e4ee",
    "30ca57f62433e880c1dab3dc63835bf77258afb853a1d9777daa6c0e170e96b1",
)


# --- commitments -----------------------------------------------------------------------------------------------------


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def test_a_seed_that_is_withheld_or_was_not_committed_stops_the_draw() -> None:
    inputs = small_inputs(7, sites=12)
    secret, published = commit(inputs, SEED)
    other_secret, other_published = commit(inputs, OTHER)
    with pytest.raises(Refusal) as refused:
        make(inputs, [secret], [published, other_published])
    assert codes(refused) == {"draw.not_revealed"}
    with pytest.raises(Refusal) as refused:
        make(inputs, [secret, other_secret], [published])
    assert codes(refused) == {"draw.not_committed"}
    with pytest.raises(Refusal) as refused:
        make(inputs, [secret, secret], [published])
    assert codes(refused) == {"draw.seed_twice"}


def test_nothing_may_change_between_commitment_and_draw() -> None:
    secret, published = commit(small_inputs(7, sites=12), SEED)
    with pytest.raises(Refusal) as refused:
        make(small_inputs(7, sites=13), [secret], [published])
    assert codes(refused) == {"draw.inputs_changed"}


def test_the_key_depends_on_every_seed_and_a_commitment_tells_nothing() -> None:
    inputs = small_inputs(7, sites=12)
    assert made(inputs, SEED)["team_days"] != made(inputs, SEED, OTHER)["team_days"]
    assert commitment(SEED) == second_draw.commitment(SEED)
    assert SEED.hex() not in json.dumps(commit(inputs, SEED)[1])


# --- the terminal ----------------------------------------------------------------------------------------------------

SETTINGS = """format = "mingjing.assessments.draw.settings/1"
days = [2026-03-02, "2026-03-03", 2026-03-04]
teams = 2
team_size = 2
most = 3
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    sites = "".join(f"s{n},{31.8 + n / 500:.4f},117.2,c{n % 4},北\n" for n in range(14))
    Path("sites.csv").write_text("编号,纬度,lon,company,街道\n" + sites, "utf-8")
    Path("experts.csv").write_text(
        "key,home,days\n" + "".join(f"e{n},c{n},\n" for n in range(6)) + "e6,,2026-03-02、2026-03-04\n", "utf-8"
    )
    Path("conflicts.csv").write_text("expert,site,company\ne1,s3,\ne2,,c1\n", "utf-8")
    Path("settings.toml").write_text(SETTINGS, "utf-8")
    return tmp_path


GIVEN = ("--sites=sites.csv", "--experts=experts.csv", "--conflicts=conflicts.csv", "--settings=settings.toml")


def run(*arguments: str) -> int:
    return main(["--lang=en", "assessments", "draw", *arguments])


def drawn() -> None:
    for name in ("a", "b"):
        assert run("commit", *GIVEN, f"--seed={name}.seed", f"--commitment={name}.json") == 0
    seeds = ("--seed=a.seed", "--seed=b.seed", "--commitment=b.json", "--commitment=a.json")
    assert run("make", *GIVEN, *seeds, "--output=draw.json") == 0


def test_commit_make_verify_and_show(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn()
    assert Path("a.seed").stat().st_mode & 0o077 == 0
    assert run("verify", "draw.json", *GIVEN, "--commitment=a.json", "--commitment=b.json") == 0
    assert main(["--lang=en", "verify", "draw.json"]) == 0
    assert run("show", "draw.json", "--day=2026-03-03") == 0
    shown = capsys.readouterr().out
    assert "draw.json holds." in shown
    assert "2026-03-03    2  e" in shown
    assert "2026-03-02    1" not in shown


def test_verify_names_what_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn()
    Path("conflicts.csv").write_text("expert,site,company\ne1,s3,\n", "utf-8")
    assert run("verify", "draw.json", *GIVEN, "--commitment=a.json") == 1
    said = capsys.readouterr().err
    assert "inputs.conflicts" in said
    assert "commitments" in said
    content = json.loads(Path("draw.json").read_text("utf-8"))
    content["team_days"][0]["sites"][0] = "s99"
    Path("draw.json").write_text(json.dumps(content), "utf-8")
    assert run("verify", "draw.json") == 1
    assert "team_days[0].sites[0]: The file says 's99'" in capsys.readouterr().err


def test_a_seed_is_never_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.seed").write_text("mine", "utf-8")
    assert run("commit", *GIVEN, "--seed=a.seed", "--commitment=a.json") == 1
    assert Path("a.seed").read_text("utf-8") == "mine"
    assert not Path("a.json").exists()


def test_every_fault_of_the_tables_is_named_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("sites.csv").write_text("key,lat,lon\ns1,31.8,117.2\ns1,north,117.2\n,1,\n", "utf-8")
    Path("experts.csv").write_text("key,days\ne1,2026-3-2\n", "utf-8")
    Path("conflicts.csv").write_text("who,site\n", "utf-8")
    assert run("commit", *GIVEN, "--seed=a.seed", "--commitment=a.json") == 1
    said = capsys.readouterr().err.splitlines()
    places = [line.split(": ")[0] for line in said]
    assert places == [
        "sites.csv, row 3",
        "sites.csv, row 3, column lat",
        "sites.csv, row 4",
        "sites.csv, row 4, column lon",
        "experts.csv, row 2, column days",
        "conflicts.csv",
    ]
    assert not Path("a.seed").exists()


def test_wrong_settings_are_named_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("settings.toml").write_text(
        'format = "x"\ndays = ["soon"]\nteams = "many"\nshare = "1e9"\ntaems = 1\n', "utf-8"
    )
    assert run("commit", *GIVEN, "--seed=a.seed", "--commitment=a.json") == 1
    said = capsys.readouterr().err
    assert all(f"settings.toml.{key}: " in said for key in ("format", "days", "teams", "share", "taems"))


def test_the_certificate_is_checked_without_solving() -> None:
    made_draw = draw(district(136, teams=6, days=6, experts=24), [SEED])
    assert certificate_flaw(made_draw) == ""
