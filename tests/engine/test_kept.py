"""Reasons survive being kept as JSON, in every language."""

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from mingjing.engine.kept import keep, recall
from mingjing.engine.outcome import Phrase, Problem, Reason, Titled

TEXT = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=8)
PLAIN = st.one_of(TEXT, st.integers(), st.fractions().map(str), TEXT.map(Phrase))
TITLES = st.dictionaries(st.sampled_from(["zh-Hans", "en"]), TEXT, min_size=1).map(Titled)


def reasons(params: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    made = st.dictionaries(st.sampled_from(["a", "b", "c"]), params, min_size=1)
    return st.one_of(
        st.builds(lambda p: Reason("x.y", " ".join(f"{{{name}}}" for name in p), p), made),
        st.builds(lambda p, at: Problem("x.y", " ".join(f"{{{name}}}" for name in p), p, at), made, TEXT),
        st.lists(params, max_size=3).map(tuple),
    )


def chinese(text: str) -> str:
    return {"language-code": "zh-Hans"}.get(text, f"«{text}»" if text and "{" not in text else text)


@given(reasons(st.recursive(st.one_of(PLAIN, TITLES), reasons, max_leaves=6)))
def test_what_is_kept_says_the_same(value: object) -> None:
    again = recall(json.loads(json.dumps(keep(value))))
    for translate in (str, chinese):
        said = Reason("r", "{v}", {"v": value}).say(translate)
        assert Reason("r", "{v}", {"v": again}).say(translate) == said


def test_exact_numbers_are_kept_as_they_are_said() -> None:
    assert recall(keep(Problem("a", "{n}", {"n": Fraction(1, 3)}, "B2"))).say() == "B2: 1/3"
