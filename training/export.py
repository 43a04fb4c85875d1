"""Write the trained network as the reader runs it: ONNX, whole numbers of eight bits.

``python -m training.export WEIGHTS.pt`` folds the normalisations into the convolutions, quantises
weights and activations on lines of the training set (static, per channel) in all layers but the
last, writes ``ocr/line_model.onnx`` and says how large it is.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from ocr.line_model import stacked

from .lines import line
from .network import STRIDE, Reader, Step
from .text import ALPHABET

MODEL = Path(__file__).parents[1] / "ocr" / "line_model.onnx"
CALIBRATED_ON = 384
"""Lines of the training set whose activations set the scales."""
TOGETHER = 8
_GUESS = "/guess/Conv"
_NARROW, _WIDE = 200, 520
"""Widths of the lines for calibration, so that padding is no part of what is measured."""


class CalibrationLines(CalibrationDataReader):
    """Gives the quantiser lines to run the network on."""

    def __init__(self) -> None:
        self._batches = _batches()

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """Return the next lines; None at the end."""
        return next(self._batches, None)


def _batches() -> Iterator[dict[str, NDArray[np.float32]]]:
    rng = Random("calibration of the export")
    lines: list[NDArray[np.uint8]] = []
    while len(lines) < CALIBRATED_ON:
        image = line(rng).image
        if _NARROW <= image.shape[1] <= _WIDE:
            lines.append(image)
    lines.sort(key=lambda one: one.shape[1])
    for start in range(0, CALIBRATED_ON, TOGETHER):
        yield {"lines": stacked(lines[start : start + TOGETHER])}


def folded(weights: Path) -> tuple[Reader, int]:
    """Return the network of a checkpoint with its normalisations folded in, and the lines seen."""
    kept = torch.load(weights, map_location="cpu", weights_only=True)
    network = Reader(len(ALPHABET))
    network.load_state_dict(kept["network"])
    network.eval()
    for part in network.modules():
        if isinstance(part, Step):
            assert isinstance(part.normal, nn.BatchNorm2d)
            part.convolution = fuse_conv_bn_eval(part.convolution, part.normal)
            part.normal = nn.Identity()
    return network, int(kept["seen"])


def export(weights: Path, model: Path = MODEL) -> None:
    """Write ``model`` from the checkpoint ``weights``."""
    network, seen = folded(weights)
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = Path(folder) / "plain.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            network,
            (torch.rand(4, 1, 32, 320),),
            str(plain),
            input_names=["lines"],
            output_names=["logits"],
            dynamic_axes={"lines": {0: "n", 3: "width"}, "logits": {0: "n", 1: "columns"}},
            opset_version=17,
            dynamo=False,
        )
        quant_pre_process(str(plain), str(ready), skip_symbolic_shape=True)
        quantize_static(
            str(ready),
            str(model),
            CalibrationLines(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            # Without VNNI a processor adds products of eight bits in sixteen, which overflow.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            # With "Relu" what is negative is cut by the scale itself, which has all its steps for
            # the rest; the logits keep all their digits, for chances are made of them.
            op_types_to_quantize=["Conv", "Relu"],
            nodes_to_exclude=[_GUESS],
        )
    told = onnx.load(str(model))
    facts = {"alphabet": ALPHABET, "stride": str(STRIDE), "lines": str(seen)}
    onnx.helper.set_model_props(told, facts)
    onnx.save(told, str(model))
    print(json.dumps({"bytes": model.stat().st_size, "lines": seen}))


if __name__ == "__main__":
    export(Path(sys.argv[1]))
