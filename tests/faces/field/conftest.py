"""The real server, started once for all that need it."""

from collections.abc import Iterator

import pytest
from tests.faces.field.live import Live, live


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(tmp_path_factory.mktemp("live")) as started:
        yield started
