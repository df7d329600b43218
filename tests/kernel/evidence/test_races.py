"""Several people send the same photo at once: it is one exhibit of each thing it belongs to."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.faces import district

from mingjing.engine.outcome import Refusal
from mingjing.kernel.evidence.actions import record_exhibit
from mingjing.kernel.evidence.models import Custody, Exhibit
from mingjing.kernel.ledger.verify import verify
from mingjing.kernel.places.models import Area

from .photographs import photo


@pytest.mark.django_db(transaction=True)
def test_the_same_photo_at_once_is_one_exhibit_for_each_subject(at):
    people = district.build(at)
    area, content = Area.objects.get(code="430202"), photo()

    def send(number: int) -> str:
        try:
            record_exhibit(
                file=io.BytesIO(content), file_name="a.jpg", subject=f"parties.organisation:{number % 2}", area=area,
                origin="camera", by=people["officer"], at=at,
            )  # fmt: skip
        except Refusal as refusal:
            return refusal.problems[0].code
        finally:
            connection.close()
        return "recorded"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(send, range(12)))
    assert answers == ["evidence.duplicate"] * 10 + ["recorded"] * 2
    seen = sorted(exhibit.facts.get("seen_before", 0) for exhibit in Exhibit.objects.all())
    assert seen == [0, 1], "the later one knows of the earlier one"
    assert Custody.objects.count() == 2
    assert verify().whole
