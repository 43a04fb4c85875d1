"""Many boxes asked at once answer as each of them does."""

from hypothesis import given
from hypothesis import strategies as st

from capture.model import Box, areas_of, shared_areas, sides_of

near = st.integers(-30, 30)
size = st.integers(1, 30)
boxes = st.lists(st.builds(Box, near, near, size, size), max_size=6)


@given(boxes, boxes)
def test_what_two_boxes_share_is_told_of_all_pairs(one: list[Box], other: list[Box]) -> None:
    shared = shared_areas(sides_of(one), sides_of(other))
    assert shared.shape == (len(one), len(other))
    assert shared.tolist() == [[a.shared_area(b) for b in other] for a in one]
    assert areas_of(sides_of(one)).tolist() == [box.area for box in one]
