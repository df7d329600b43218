"""A process killed in the middle of an action leaves nothing behind: neither its rows nor its fact."""

import subprocess
import sys

import pytest
from django.contrib.sessions.models import Session

from mingjing.kernel.ledger.models import Fact
from mingjing.kernel.ledger.verify import verify

CHILD = """
import os, signal, sys
from datetime import UTC, datetime, timedelta
import django
django.setup()
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from mingjing.kernel.ledger import writer

left = int(sys.argv[1])
def die(execute, *statement):
    global left
    result = execute(*statement)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

now = datetime.now(UTC)
with connection.execute_wrapper(die), transaction.atomic():
    Session.objects.bulk_create([Session(session_key="half-done", session_data="", expire_date=now)])
    for number in range(2):
        told = {"kind": "jobs.delivery.retried", "subject": "jobs.delivery:1", "data": {"n": number}}
        writer.append(**told, area=None, by=None, at=now)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statements", [1, 3, 4, 6, 99])
def test_a_killed_process_leaves_nothing_half_written(append, child_environment, statements):
    append()
    environment = {**child_environment, "DJANGO_SETTINGS_MODULE": "mingjing.config.settings"}
    command = [sys.executable, "-W", "error", "-c", CHILD, str(statements)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    assert not Session.objects.filter(session_key="half-done").exists()
    assert append().seq == 2
    assert [fact.seq for fact in Fact.objects.all()] == [1, 2]
    assert verify().whole
