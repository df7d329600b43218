"""Names are found by characters, pinyin and initials, on both databases alike."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjing.kernel.db import search
from mingjing.kernel.db.search import VARIANTS, search_words


def test_the_examples_of_the_module_hold() -> None:
    assert doctest.testmod(search).failed == 0


@pytest.mark.parametrize(
    ("name", "found_by"),
    [
        ("桂花花园", ["桂花", "花园", "guihua", "huayuan", "ghhy"]),
        ("重庆", ["chongqing", "cq"]),
        ("长沙", ["changsha", "cs"]),
        ("银行家园", ["yinhangjiayuan", "yhjy"]),
        ("单县", ["danxian", "shanxian", "sx", "dx"]),
        ("单", ["dan", "shan"]),
        ("绿城·玫瑰园", ["绿城玫瑰园", "lvcheng", "lcmgy"]),
        ("ＡＢＣ大厦", ["abc大厦", "abcdasha", "abcds"]),
        ("Sunshine Park", ["sunshinepark"]),
    ],
)
def test_a_name_is_found_by_characters_pinyin_and_initials(name: str, found_by: list[str]) -> None:
    words = search_words(name).split(" ")
    assert all(any(typed in word for word in words) for typed in found_by), words


def test_other_texts_are_found_as_they_stand() -> None:
    assert search_words("月塘", "新华东路 1 号").split(" ")[-1] == "新华东路1号"


@given(st.text(max_size=30), st.text(max_size=10))
def test_words_are_few_and_of_letters_and_digits(name: str, other: str) -> None:
    words = search_words(name, other)
    assert len(words.split(" ")) <= 2 * (VARIANTS + 1) + 2
    assert all(character.isalnum() or character == " " for character in words)
    assert words == words.strip()


@given(st.text(alphabet="单长乐行重曾", min_size=1, max_size=40))
def test_a_name_full_of_readings_stays_bounded(name: str) -> None:
    assert len(search_words(name)) <= (2 * VARIANTS + 3) * 6 * len(name)
