"""A delivery is in one state, and the database holds it to that."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingjing.kernel.jobs.models import Delivery
from mingjing.kernel.jobs.queries import deliveries_about

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "changes",
    [
        {"due_at": None},
        {"done_at": timezone.now()},
        {"due_at": None, "failed_at": timezone.now()},
        {"due_at": None, "done_at": timezone.now(), "worker": "x"},
        {"steps_done": 3, "steps_total": 2},
    ],
)
def test_a_delivery_is_in_exactly_one_state(ask, changes):
    ask("note")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.update(**changes)


def test_a_reaction_to_a_fact_is_noted_once(ask):
    delivery = ask("note")
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(fact=delivery.fact, reaction=delivery.reaction, due_at=timezone.now())


def test_deliveries_about_a_subject_come_newest_first(ask, django_assert_num_queries):
    first, second = ask("note"), ask("note")
    ask("fail")
    with django_assert_num_queries(1):
        found = [(delivery, delivery.fact.seq) for delivery in deliveries_about("tested.note:1")]
    assert found == [(second, 2), (first, 1)]
    assert str(second) == "tested.note to fact 2: waiting"
