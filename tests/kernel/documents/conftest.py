"""The sample kinds, declared for a test; a store that goes with it."""

from pathlib import Path

import pytest
from tests.kernel.documents.sampled import MANIFEST, company, district

from mingjing.kernel import registry
from mingjing.kernel.parties.models import Organisation
from mingjing.kernel.places.models import Area


@pytest.fixture(autouse=True)
def aside(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """Originals go with the test, and so do the kinds."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setitem(registry._registry.manifests, "tested", MANIFEST)


@pytest.fixture
def area(db: None) -> Area:
    return district()


@pytest.fixture
def to(db: None, at) -> Organisation:  # type: ignore[no-untyped-def]
    return company(1, at)
