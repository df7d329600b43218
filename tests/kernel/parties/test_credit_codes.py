"""Credit codes: a hundred real ones pass, and no single mistyped character does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.outcome import Refusal
from mingjing.kernel.parties.credit_codes import kind_of, read_credit_code

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REAL = ("91110000600037341L", "121200004013590816", "911522010783762860", "91152201078377449P")


def refused(text: str) -> bool:
    try:
        read_credit_code(text)
    except Refusal:
        return True
    return False


def vectors(shared_data: Path) -> list[str]:
    return (shared_data / "vectors" / "uscc_valid_100.txt").read_text("utf-8").split()


@pytest.mark.shared_data
def test_a_hundred_real_codes(shared_data: Path) -> None:
    codes = vectors(shared_data)
    assert len(codes) == 100
    assert [read_credit_code(code) for code in codes] == codes


@pytest.mark.shared_data
def test_every_single_substitution_in_every_real_code_is_caught(shared_data: Path) -> None:
    corrupted = (
        code[:place] + other + code[place + 1 :]
        for code in vectors(shared_data)
        for place in range(18)
        for other in ALPHABET
        if other != code[place]
    )
    assert [code for code in corrupted if not refused(code)] == []


@given(st.sampled_from(REAL), st.integers(0, 17), st.characters())
def test_any_other_character_anywhere_is_caught(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    if not refused(changed):
        assert read_credit_code(changed) == code


@pytest.mark.parametrize(
    "written",
    [
        "91110000600037341l",
        " 9111 0000 6000 3734 1L\t",
        "９１１１００００６００037341Ｌ",
        "91-110000-600037341-L",
        "\ufeff91110000600037341L\u3000",
    ],
)
def test_spellings_of_office_programs_are_understood(written: str) -> None:
    assert read_credit_code(written) == "91110000600037341L"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "parties.credit_code.length"),
        ("9111000060003734", "parties.credit_code.length"),
        ("９" * 17 + "①", "parties.credit_code.length"),
        ("911100006000373410" * 1000, "parties.credit_code.length"),
        ("9111000060003734IL", "parties.credit_code.form"),
        ("91110000600037341M", "parties.credit_code.check_digit"),
    ],
)
def test_problems_name_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_credit_code(text, "row 3, column credit_code")
    assert caught.value.problems[0].code == problem
    assert caught.value.problems[0].say().startswith("row 3")
    assert len(caught.value.problems[0].say()) < 250


def test_village_collectives_have_codes_that_begin_with_a_letter() -> None:
    """Registered by the agriculture departments since 2018; python-stdnum alone would refuse them."""
    assert kind_of(read_credit_code("N2430202MF00000012")) == "collective"


@pytest.mark.parametrize(
    ("code", "kind"), [("91", "enterprise"), ("12", "institution"), ("92", "individual"), ("Y1", "other")]
)
def test_kind_follows_from_the_code(code: str, kind: str) -> None:
    assert kind_of(code + "0" * 16) == kind
