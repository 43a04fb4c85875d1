"""Lines to learn from are the same for the same seed, legible, and never of held-out faces."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from capture.line_image import HEIGHT
from training import fonts, text
from training.lines import held_out, line
from training.shards import labels_of, read_shard, shard_path, write_shard
from training.wear import WEARS

absent = [one.package for one in (*fonts.TRAINED, *fonts.HELD_OUT) if not fonts.is_here(one)]
needs_fonts = pytest.mark.skipif(
    bool(absent) or not text.WORD_LIST.exists(),
    reason=f"needs the fonts of the training and wamerican: {' '.join(sorted(set(absent))[:3])}",
)


def test_there_are_sixty_families_to_learn_from_and_twelve_held_out() -> None:
    assert len(fonts.TRAINED) >= 60
    assert len(fonts.HELD_OUT) == 12
    trained = {one.pattern for one in fonts.TRAINED}
    assert not trained & {one.pattern for one in fonts.HELD_OUT}
    assert len(trained) == len(fonts.TRAINED)


def test_every_sign_that_is_drawn_has_one_that_is_read() -> None:
    assert set(text.truth(fonts.DRAWN)) <= set(text.ALPHABET)
    assert len(set(text.ALPHABET)) == len(text.ALPHABET)
    assert labels_of(text.ALPHABET).tolist() == list(range(1, len(text.ALPHABET) + 1))


def test_capitals_can_be_read_too() -> None:
    for seed in range(40):
        assert set(text.cased(Random(seed), text.ALPHABET)) <= set(text.ALPHABET)


@needs_fonts
def test_a_seed_gives_one_line() -> None:
    one, other = line(Random(7)), line(Random(7))
    assert one.text == other.text
    assert np.array_equal(one.image, other.image)


@needs_fonts
@pytest.mark.parametrize("wear", WEARS, ids=lambda wear: wear.name)
def test_a_held_out_line_is_of_a_held_out_face_and_as_the_reader_sees_it(wear: object) -> None:
    names = {one.name for one in fonts.HELD_OUT} | {"none"}
    for seed in range(8):
        drawn = held_out(seed, next(one for one in WEARS if one is wear))
        assert drawn.family in names
        assert drawn.image.shape[0] == HEIGHT


@needs_fonts
@pytest.mark.slow
def test_a_shard_holds_its_lines(tmp_path: Path) -> None:
    write_shard(tmp_path, 0)
    lines = read_shard(shard_path(tmp_path, 0))
    rng = Random("shard 0")
    for one in lines[:50]:
        drawn = line(rng)
        assert np.array_equal(one.image, drawn.image)
        assert np.array_equal(one.labels, labels_of(drawn.text))
