"""What a page on film measures, by reduction and resolution of the scan."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.film.reduction import REDUCTIONS, reduction_step, true_dpi

LETTER, A4 = (8.5, 11.0), (8.27, 11.69)


def frame(paper: tuple[float, float], page_dpi: float, margin: float = 0.02) -> tuple[int, int]:
    """The pixels of a frame that is cut a little wide."""
    return round(paper[0] * page_dpi * (1 + margin)), round(paper[1] * page_dpi * (1 + margin))


def test_resolution_of_film_is_divided_by_the_reduction() -> None:
    size = true_dpi(4800, 24, *frame(LETTER, 200))
    assert (size.dpi, size.reduction) == (200, 24)
    assert "4800 dpi of film at 24x" in size.how


def test_a_tag_that_is_the_page_s_already_is_not_divided() -> None:
    size = true_dpi(200, 24, *frame(LETTER, 200))
    assert (size.dpi, size.reduction) == (200, 24)


@pytest.mark.parametrize("paper", [LETTER, A4])
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("lying", [False, True])
def test_unknown_reduction_shows_by_the_size_of_the_frame(
    paper: tuple[float, float], reduction: float, lying: bool
) -> None:
    width, height = frame(paper, 7200 / reduction)
    size = true_dpi(7200, None, *((height, width) if lying else (width, height)))
    assert size.reduction == reduction
    assert size.dpi == pytest.approx(7200 / reduction)
    assert 0.5 < size.confidence < 0.95


def test_width_alone_tells_it_less_surely() -> None:
    width, _ = frame(LETTER, 200)
    size = true_dpi(4800, None, width, width * 2)
    assert (size.reduction, size.confidence) == (24, 0.4)


def test_size_that_is_no_usual_sheet_tells_nothing() -> None:
    size = true_dpi(4800, None, 1400, 1500)
    assert (size.dpi, size.reduction) == (None, None)
    assert not reduction_step(size).applied


@pytest.mark.parametrize("tag", [None, 1.0, 0.0])
def test_without_a_resolution_only_letters_can_tell(tag: float | None) -> None:
    assert true_dpi(tag, 24, 1700, 2200).dpi is None


@pytest.mark.parametrize(
    ("tag", "reduction"), [(4800.0, 240.0), (72.0, 24.0), (4800.0, 0.0), (4800.0, 2000.0)]
)
def test_what_would_make_no_page_is_not_believed(tag: float, reduction: float) -> None:
    assert true_dpi(tag, reduction, 5100, 6600).dpi is None


def test_step_records_reduction_and_where_it_comes_from() -> None:
    step = reduction_step(true_dpi(4800, 24, 1700, 2200, told_by="the target of the roll"))
    assert (step.name, step.applied, step.value) == ("reduction", True, 24)
    assert step.reason.endswith("as the target of the roll says")


@given(
    st.one_of(st.none(), st.floats(0, 20_000)),
    st.one_of(st.none(), st.floats(0, 500)),
    st.integers(1, 20_000),
    st.integers(1, 20_000),
)
@example(1000.0, None, 163, 163)
def test_a_page_is_never_made_of_impossible_size(
    tag: float | None, reduction: float | None, width: int, height: int
) -> None:
    size = true_dpi(tag, reduction, width, height)
    assert 0.0 <= size.confidence <= 1.0
    if size.dpi is not None:
        assert size.dpi >= 50 * 0.98
        if reduction is not None or size.dpi == tag:
            assert 2.0 <= width / size.dpi <= 45.0
