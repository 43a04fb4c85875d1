"""One small chart for all tests of the generator."""

from __future__ import annotations

from random import Random

import pytest

from bench import fonts
from bench.charts import Paper, chart
from bench.people import first_people

MISSING = fonts.missing_packages()


@pytest.fixture(autouse=True, scope="session")
def typefaces() -> None:
    if MISSING:
        pytest.skip(f"typefaces absent: apt-get install {' '.join(MISSING)}")


@pytest.fixture(scope="session")
def papers() -> tuple[Paper, ...]:
    return chart(first_people(11, 3)[0], Random(11), "d1")
