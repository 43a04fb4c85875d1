"""Settings that make no sense are refused with the right word."""

import pytest

from capture.errors import SettingsError
from search.settings import SearchSettings


def test_tantivy_is_the_default() -> None:
    assert SearchSettings().engine == "tantivy"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(SettingsError, match="tantivy or whoosh"):
        SearchSettings(engine="lucene")  # type: ignore[arg-type]  # what a settings file may say


def test_an_empty_batch_is_refused() -> None:
    with pytest.raises(SettingsError, match="starts at 1"):
        SearchSettings(batch_pages=0)
