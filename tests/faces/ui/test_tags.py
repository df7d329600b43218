"""The patterns say what they mean in both languages, and escape what people typed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from mingjing.engine.outcome import Problem, Reason, Titled

EVIL = '<script>alert("x")</script>'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def shown(text: str, **context: object) -> str:
    request = RequestFactory().get("/")
    return Template("{% load ui %}" + text).render(Context({"request": request, **context})).strip()


@pytest.mark.parametrize(
    "text",
    [
        "{% tag evil evil evil %}",
        "{% crumb evil %}",
        "{% table evil %}x{% endtable %}",
        "{% panel evil %}x{% endpanel %}",
        "{% item evil %}{{ evil }}{% enditem %}",
        "{% notice evil %}{{ evil }}{% endnotice %}",
        "{% empty evil evil %}{{ evil }}{% endempty %}",
        "{% progress 1 2 evil %}",
        "{% digest evil %}",
        "{% problems problems evil %}",
        "{% field form.name %}",
        "{% problems form %}",
        "{% sentences reasons %}",
        "{% person evil %}{% reason one %}{{ evil|say }}{{ evil|text_or_dash }}",
    ],
)
def test_no_pattern_lets_markup_through(text: str) -> None:
    class NameForm(forms.Form):
        name = forms.CharField(label=EVIL, help_text=EVIL, validators=[_refuse])

    reason = Reason("x", "{evil}", {"evil": EVIL})
    problem = Problem("x", "{evil}", {"evil": EVIL}, EVIL)
    context = {
        "evil": EVIL,
        "problems": [problem],
        "reasons": [reason],
        "one": reason,
        "form": NameForm({"name": EVIL}),
    }
    assert "<script" not in shown(text, **context)


def _refuse(value: str) -> None:
    raise forms.ValidationError(value)


def test_points_are_never_a_silent_zero() -> None:
    assert (
        shown("{{ a|points }} {{ b|points }} {{ c|points }} {{ missing|points }}", a=9250, b=0, c=None)
        == "92.50 0.00 — —"
    )


def test_days_and_instants_in_both_languages() -> None:
    instant = datetime(2024, 6, 30, 16, 5, tzinfo=UTC)
    assert ">2024-07-01 00:05<" in shown("{% when at %}", at=instant)
    assert ">2024-07-01<" in shown('{% when at "date" %}', at=instant)
    with translation.override("zh-hans"):
        assert ">2024年7月1日 00:05<" in shown("{% when at %}", at=instant)
        assert ">2024年7月1日<" in shown("{% when at %}", at=date(2024, 7, 1))
    assert shown("{% when at %}", at=None) == "—"


def test_reasons_and_titles_speak_the_readers_language() -> None:
    title = Titled({"zh-Hans": "红榜", "en": "Red list"})
    reason = Reason("x", "{title}", {"title": title})
    assert shown("{% reason r %} {{ t|say }}", r=reason, t=title) == "Red list Red list"
    with translation.override("zh-hans"):
        assert shown("{% reason r %} {{ t|say }}", r=reason, t=title) == "红榜 红榜"


def test_a_digest_is_short_and_copied_whole() -> None:
    page = shown("{% digest d %}", d="ab" * 32)
    assert ">ababababab…<" in page
    assert f'value="{"ab" * 32}"' in page
    assert shown("{% digest d %}", d=b"\xab" * 32) == page
    assert shown("{% digest d %}", d="") == "—"


def test_every_problem_is_listed_with_its_place() -> None:
    problems = [Problem("x", "{n} is wrong", {"n": n}, f"Checks!D{n}") for n in range(3)]
    page = shown("{% problems problems %}", problems=problems)
    assert all(f"Checks!D{n}</span>{n} is wrong" in page for n in range(3))
    assert "There are 3 problems" in page
    assert shown("{% problems problems %}", problems=[]) == ""


def test_problems_of_a_form_lead_to_their_fields() -> None:
    class TwoForm(forms.Form):
        name = forms.CharField(label="Name")
        level = forms.ChoiceField(label="Level", choices=[("1", "one")], widget=forms.RadioSelect)

    form = TwoForm({})
    page = shown("{% problems form %}{% field form.name %}{% field form.level %}", form=form)
    assert 'href="#id_name"' in page
    assert 'href="#id_level_0"' in page
    assert 'id="id_level_0"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_name_error"' in page


def test_an_empty_total_makes_no_broken_bar() -> None:
    assert 'max="1"' in shown("{% progress 0 0 label %}", label="x")
