"""The second pass leaves out only tests whose statements others ask there. Not here: which tests commit (conftest)."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.asked import dispensable, heard, left_out, lock_of, shape

from mingjing.kernel.db.prepared import Prepared
from mingjing.kernel.db.rows import change, insert
from mingjing.kernel.places.models import Area

Heard = list[tuple[str, bool]]
ASKED = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.frozensets(st.integers(0, 6)), max_size=12)
ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest
from mingjing.kernel.places.models import Area

pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("name", ["one", "two", "three"])
def test_alike(name):
    assert not Area.objects.filter(name=name).exists()

def test_both():
    assert not Area.objects.filter(name="six").exists()
    assert not Area.objects.count()

@pytest.mark.one_database
def test_counts_where_it_does_not_count():
    assert Area.objects.count() == 0

@pytest.mark.django_db(transaction=True)
def test_commits():
    assert not Area.objects.filter(name="four").exists()

def test_fails():
    assert Area.objects.filter(name="five").exists()
"""


@given(ASKED, st.sets(st.text("abcdef", min_size=1, max_size=3)))
def test_whatever_is_asked_is_asked_by_what_stays(asked: dict[str, frozenset[int]], stays: set[str]) -> None:
    out = dispensable(asked, stays)
    assert not out & stays
    assert out <= set(asked)
    assert set().union(*asked.values()) == set().union(*(asked[test] for test in set(asked) - out))
    times = Counter(one for test in set(asked) - out for one in asked[test])
    assert all(any(times[one] == 1 for one in asked[test]) for test in set(asked) - out - stays)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SELECT a WHERE b IN (%s, %s)", "SELECT a WHERE b IN (%s)", True),
        ("INSERT a VALUES (%s, %s), (%s, %s)", "INSERT a VALUES (%s, %s)", True),
        ('SAVEPOINT "s140_x7"', 'SAVEPOINT "s141_x12"', True),
        ("SELECT a LIMIT 21", "SELECT a LIMIT 50", True),
        ("SELECT a WHERE b = 'x'", "SELECT a WHERE b = 'it''s y'", True),
        ("SELECT a ORDER BY b", "SELECT a", False),
        ("SELECT a WHERE b IN (%s)", "SELECT a WHERE b = %s", False),
        ("SELECT b1", "SELECT b2", False),
    ],
)
def test_statements_are_alike_but_for_their_values(one: str, other: str, alike: bool) -> None:
    assert (shape(one) == shape(other)) is alike


@pytest.mark.one_database
@pytest.mark.django_db
def test_every_way_to_ask_is_heard_with_its_lock() -> None:
    found: Heard = []
    kept = Prepared(lambda name: Area.objects.filter(name=name))
    with heard(lambda statement, refused: found.append((statement, refused))), transaction.atomic():
        list(Area.objects.filter(name="x"))
        list(Area.objects.filter(name="x").select_for_update())
        list(Area.objects.filter(name="x").select_for_update(skip_locked=True))
        kept.ask(name="x")
        kept.ask(name="y")
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.bulk_create([Area(name=None)])
    asked = [statement for statement, _ in found if statement.startswith("SELECT")]
    plain = asked[0]
    assert len(set(asked)) == 3
    assert asked.count(plain) >= 2
    assert asked[1:3] == [plain + lock_of(Area.objects.select_for_update(skip_locked=skip).query)
                          for skip in (False, True)]  # fmt: skip
    assert [statement.split()[0] for statement, refused in found if refused] == ["INSERT"]
    assert connection.execute_wrappers == []


@pytest.mark.one_database
@pytest.mark.django_db
def test_rows_that_are_written_past_the_cursor_are_heard_too() -> None:
    found: Heard = []
    with heard(lambda statement, refused: found.append((statement, refused))), transaction.atomic():
        change(Area(pk=7, name="x"), "name")
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(Area, ("name",), [(None,)])
    assert ("UPDATE", False) in [(statement.split()[0], refused) for statement, refused in found]
    assert ("INSERT", True) in [(statement.split()[0], refused) for statement, refused in found]


@pytest.mark.one_database
def test_what_the_second_pass_can_do_without_is_read_from_the_first(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(TESTS)
    file = tmp_path / "asked.json"
    assert left_out(file) == set()
    (tmp_path / "conftest.py").write_text("from tests.conftest import *")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, "--asked", str(file), str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "1 failed, 6 passed" in done.stdout, done.stdout + done.stderr
    out = {name.rpartition("::")[2] for name in left_out(file)}
    assert out == {"test_alike[two]", "test_alike[three]"}  # with the first stands what opened the database
