from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from job_shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def busy_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop with a worker that the tests of a module share."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.start("worker")
    yield shop
    shop.close()
