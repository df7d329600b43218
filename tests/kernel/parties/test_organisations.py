"""Organisations stand under their credit codes; a table of them comes in whole or not at all."""

import io
from collections.abc import Callable
from datetime import datetime

import pytest

from mingjing.engine.outcome import Refusal
from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.parties.actions import OrganisationsImported, import_organisations, record_organisation
from mingjing.kernel.parties.models import Organisation, OrganisationKind
from mingjing.kernel.places.models import Area

pytestmark = pytest.mark.django_db

HEAD, BRANCH, OTHER = "91110000600037341L", "911522010783762860", "91152201078377449P"
HEADER = "credit_code,name,area_code,parent_credit_code"
TABLE = (HEADER, f"{BRANCH},株洲分公司,430202,{HEAD}", f"{HEAD},某物业公司,430203,")
Import = Callable[..., OrganisationsImported]


@pytest.fixture
def imports(area: Callable[[str], Area], at: datetime) -> Import:
    def run(*lines: str) -> OrganisationsImported:
        return import_organisations(file=io.BytesIO("\n".join(lines).encode()), name="o.csv", by=None, at=at)

    return run


def refused_with(imports: Import, *lines: str) -> list[tuple[str, str]]:
    before = Organisation.objects.count(), Fact.objects.count()
    with pytest.raises(Refusal) as refused:
        imports(*lines)
    assert (Organisation.objects.count(), Fact.objects.count()) == before
    assert all(problem.say() for problem in refused.value.problems)
    return [(problem.code, problem.place) for problem in refused.value.problems]


def test_record_then_correct(area: Callable[[str], Area], at: datetime) -> None:
    first = record_organisation(credit_code=HEAD.lower(), name="某物业", area=area("430202"), by=None, at=at)
    assert (first.credit_code, first.kind) == (HEAD, OrganisationKind.ENTERPRISE)
    second = record_organisation(credit_code=HEAD, name="某物业公司", by=None, at=at)
    assert (second.pk, Organisation.objects.get().name) == (first.pk, "某物业公司")
    facts = Fact.objects.filter(kind="parties.organisation.recorded").order_by("seq")
    assert [fact.values["corrected"] for fact in facts] == [0, 1]
    assert facts[1].values["digest"] == second.digest() != facts[0].values["digest"]
    assert "物业" not in facts[0].data


def test_branch_and_parent_are_two_rows(imports: Import) -> None:
    imported = imports(*TABLE)
    assert (imported.added, imported.changed, imported.unchanged) == (2, 0, 0)
    branch = Organisation.objects.get(credit_code=BRANCH)
    assert branch.branch_of == Organisation.objects.get(credit_code=HEAD)
    assert branch.area.code == "430202"
    fact = Fact.objects.get(kind="parties.organisations.imported")
    assert fact.values == {"added": 2, "changed": 0, "unchanged": 0, "digest": imported.digest}


def test_importing_twice_changes_nothing(imports: Import) -> None:
    imports(*TABLE)
    rows, facts = list(Organisation.objects.values()), Fact.objects.count()
    assert imports(*TABLE).nothing_changed
    assert (list(Organisation.objects.values()), Fact.objects.count()) == (rows, facts)


def test_a_missing_column_leaves_what_is_known(imports: Import) -> None:
    imports(*TABLE)
    imported = imports("统一社会信用代码,名称", f"{BRANCH},株洲第一分公司", f"{OTHER},新公司")
    assert (imported.added, imported.changed) == (1, 1)
    branch = Organisation.objects.get(credit_code=BRANCH)
    assert (branch.name, branch.area.code, branch.branch_of.credit_code) == ("株洲第一分公司", "430202", HEAD)


def test_a_known_kind_survives_a_table_that_does_not_say(imports: Import, at: datetime) -> None:
    record_organisation(credit_code=HEAD, name="某物业公司", kind=OrganisationKind.COLLECTIVE, by=None, at=at)
    imports(*TABLE)
    assert Organisation.objects.get(credit_code=HEAD).kind == OrganisationKind.COLLECTIVE


def test_existing_organisation_becomes_branch_of_a_new_one(imports: Import, at: datetime) -> None:
    record_organisation(credit_code=BRANCH, name="株洲分公司", by=None, at=at)
    assert (imports(*TABLE).added, Organisation.objects.get(credit_code=BRANCH).branch_of.credit_code) == (1, HEAD)


def test_every_problem_of_the_table_at_once(imports: Import) -> None:
    found = refused_with(
        imports,
        "credit_code,name,kind",
        "91110000600037341M,甲,",
        f"{HEAD},,",
        f"{BRANCH},乙,monarchy",
        f"{HEAD},丙,",
    )
    assert found == [
        ("parties.credit_code.check_digit", "row 2, column credit_code"),
        ("parties.organisation.name", "row 3, column name"),
        ("parties.organisation.kind", "row 4, column kind"),
        ("parties.organisations.repeated", "row 5, column credit_code"),
    ]


def test_every_unknown_reference_at_once(imports: Import) -> None:
    found = refused_with(imports, HEADER, f"{HEAD},甲,999999,", f"{BRANCH},乙,,{OTHER}")
    assert found == [
        ("parties.organisation.area", "row 2, column area_code"),
        ("parties.organisation.parent", "row 3, column parent_credit_code"),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        (f"{HEAD},甲,,{HEAD}",),
        (f"{HEAD},甲,,{BRANCH}", f"{BRANCH},乙,,{HEAD}"),
        (f"{HEAD},甲,,{BRANCH}", f"{BRANCH},乙,,{OTHER}", f"{OTHER},丙,,"),
    ],
)
def test_circles_and_branches_of_branches_are_refused(imports: Import, lines: tuple[str, ...]) -> None:
    assert {code for code, _place in refused_with(imports, HEADER, *lines)} == {"parties.organisation.branch"}


def test_a_head_with_branches_becomes_no_branch(imports: Import, at: datetime) -> None:
    imports(*TABLE)
    other = record_organisation(credit_code=OTHER, name="新公司", by=None, at=at)
    with pytest.raises(Refusal):
        record_organisation(credit_code=HEAD, name="某物业公司", branch_of=other, by=None, at=at)
    with pytest.raises(Refusal):
        record_organisation(
            credit_code=OTHER, name="x", branch_of=Organisation.objects.get(credit_code=BRANCH), by=None, at=at
        )


def test_search_and_subtree(imports: Import, area: Callable[[str], Area]) -> None:
    imports(*TABLE)
    assert Organisation.objects.search("分公司").get().credit_code == BRANCH
    assert Organisation.objects.search("9111").get().credit_code == HEAD
    assert Organisation.objects.under(area("430202")).get().credit_code == BRANCH
    assert Organisation.objects.under(area("4302")).count() == 2


def test_queries_do_not_grow_with_the_table(
    imports: Import, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    with django_assert_max_num_queries(15):
        imports(*TABLE)
