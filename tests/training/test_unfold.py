"""A model that was exported can be trained on: turned back it answers as it did."""

from __future__ import annotations

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

torch = pytest.importorskip("torch", reason="torch is installed by whoever trains")
pytest.importorskip("onnx", reason="onnx is installed by whoever trains")

from ocr.decoding import text_in  # noqa: E402
from ocr.line_model import MODEL, LineModel  # noqa: E402
from training.lines import held_out  # noqa: E402
from training.network import shown  # noqa: E402
from training.text import ALPHABET  # noqa: E402
from training.unfold import unfolded  # noqa: E402
from training.wear import WEARS  # noqa: E402

CLEAN = next(wear for wear in WEARS if wear.name == "clean")


@pytest.mark.slow
def test_a_model_turned_back_reads_as_before() -> None:
    network, seen = unfolded(MODEL)
    model = LineModel()
    assert seen == int(model.version)
    network.eval()
    length = apart = 0
    for seed in range(40):
        image = held_out(seed, CLEAN).image
        with torch.no_grad():
            logits = network(shown([image])).log_softmax(2)[0].numpy()
        (chances,) = model.chances([image])
        one = text_in(np.asarray(logits)[: len(chances)], ALPHABET)
        other = text_in(chances, ALPHABET)
        length += len(other)
        apart += Levenshtein.distance(one, other)
    # Eight bits of the activations now and then tip a letter.
    assert length > 500
    assert apart <= 0.02 * length
