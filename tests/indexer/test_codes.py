"""Codes printed with diagnoses."""

import pytest

from indexer.codes import printed_codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Acute cholecystitis 574.00", ("574.00",)),
        ("Diabetes (250.00), old infarct 412.1 and V45.81", ("250.00", "412.1", "V45.81")),
        ("Type 2 diabetes E11.9", ("E11.9",)),
        ("Hypertension", ()),
        ("Potassium 125.50 mg", ()),
        ("Seen 03/04/1961 at 10:22, weight 150", ()),
    ],
)
def test_codes_are_taken_only_as_printed(text: str, codes: tuple[str, ...]) -> None:
    assert printed_codes(text) == codes
