"""The network of the line reader, run by ONNX Runtime on one thread.

Where ONNX Runtime is not installed everything else reads as before; `available` says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import ToolError
from capture.line_image import HEIGHT
from capture.model import Pixels

MISSING = "the line reader needs ONNX Runtime: pip install onnxruntime"
MODEL = Path(__file__).with_name("line_model.onnx")
WIDTH_TOGETHER = 3000
"""Columns of the lines that are run together; more at a time is no faster."""
_PADDED_TO = 16
_WIDER = 1.15
"""Times the narrowest of the lines run together that the widest may be."""

Chances = NDArray[np.float32]
"""``(columns, characters + 1)`` logarithms of chances; the blank comes first."""


def available() -> bool:
    """Tell whether lines can be read here."""
    return find_spec("onnxruntime") is not None and MODEL.exists()


class LineModel:
    """The network kept open."""

    def __init__(self, path: Path = MODEL) -> None:
        try:
            # Where nothing is read nobody waits for it to load.
            import onnxruntime
        except ImportError as error:
            raise ToolError(MISSING) from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Pages differ in every shape; memory kept for each of them is never used again.
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        facts = self._session.get_modelmeta().custom_metadata_map
        self.alphabet = str(facts["alphabet"])
        self.stride = int(facts["stride"])
        self.version = str(facts["lines"])
        """How many lines the network had seen."""

    def chances(self, images: Sequence[Pixels]) -> list[Chances]:
        """Return what stands in each column of each of ``images`` (`capture.line_image`)."""
        found: list[Chances | None] = [None] * len(images)
        for group in _groups(images):
            logits = self._session.run(None, {"lines": stacked([images[n] for n in group])})[0]
            for number, rows in zip(group, logits, strict=True):
                columns = -(-images[number].shape[1] // self.stride)
                found[number] = _log_softmax(rows[:columns])
        return [one for one in found if one is not None]


def _groups(images: Sequence[Pixels]) -> Iterator[list[int]]:
    """Yield the numbers of images of about one width."""
    group: list[int] = []
    for number in sorted(range(len(images)), key=lambda one: images[one].shape[1]):
        width = images[number].shape[1]
        full = (len(group) + 1) * width > WIDTH_TOGETHER
        if group and (full or width > _WIDER * images[group[0]].shape[1] + _PADDED_TO):
            yield group
            group = []
        group.append(number)
    if group:
        yield group


def stacked(images: Sequence[Pixels]) -> NDArray[np.float32]:
    """Return ``(n, 1, 32, width)`` of images, 0.0 to 1.0, padded with paper to a common width."""
    width = -(-max(one.shape[1] for one in images) // _PADDED_TO) * _PADDED_TO
    batch = np.zeros((len(images), 1, HEIGHT, width), np.float32)
    for plane, image in zip(batch, images, strict=True):
        plane[0, :, : image.shape[1]] = image
    batch /= 255
    return batch


def _log_softmax(logits: NDArray[np.float32]) -> Chances:
    above = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(above - np.log(np.exp(above).sum(axis=1, keepdims=True)), np.float32)
