"""The desk pages of complaints: who may open them, and what they show."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_visitors_are_sent_to_sign_in(client: Client) -> None:
    answer = client.get(reverse("complaints:home"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("desk:sign-in"))
