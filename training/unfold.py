"""Turn the model that the reader runs back into weights that training goes on from.

``python -m training.unfold FOLDER`` writes FOLDER/last.pt from ``ocr/line_model.onnx``. The export
folded the normalisations into the convolutions; here each gets back the mean and spread that its
channel has on drawn lines, so that the network answers as before and learns as before. What eight
bits rounded away stays away. Its error rates on the held-out lines of the curve are printed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from .export import MODEL
from .lines import line
from .measure import error_rates
from .network import Reader, Step, shown
from .text import ALPHABET

MEASURED_ON = 1024
"""Lines whose activations give the normalisations their mean and spread."""
TOGETHER = 32

Held: TypeAlias = dict[str, NDArray[Any]]
"""What the layers of a model hold, by name."""


def unfolded(model: Path) -> tuple[Reader, int]:
    """Return the network of ``model``, ready to be trained, and the lines that it has seen."""
    told = onnx.load(str(model))
    network = Reader(len(ALPHABET))
    facts = {one.key: one.value for one in told.metadata_props}
    if facts["alphabet"] != ALPHABET:
        raise SystemExit(f"{model} reads other characters than are drawn: begin from its weights")
    held = {one.name: numpy_helper.to_array(one) for one in told.graph.initializer}
    steps = {name: part for name, part in network.named_modules() if isinstance(part, Step)}
    with torch.no_grad():
        for name, part in steps.items():
            part.convolution.weight.copy_(_weights(held, f"{name}.convolution"))
            _normal(part).bias.copy_(_biases(held, f"{name}.convolution"))
            nn.init.ones_(_normal(part).weight)
        network.guess.weight.copy_(_weights(held, "guess"))
        network.guess.bias.copy_(_biases(held, "guess"))
        _normalise(network, list(steps.values()))
    return network, int(facts["lines"])


def _normal(step: Step) -> nn.BatchNorm2d:
    assert isinstance(step.normal, nn.BatchNorm2d)
    return step.normal


def _weights(held: Held, name: str) -> torch.Tensor:
    if f"{name}.weight" in held:
        return torch.from_numpy(held[f"{name}.weight"].copy())
    scale = held[f"{name}.weight_scale"].reshape(-1, 1, 1, 1)
    return torch.from_numpy(held[f"{name}.weight_quantized"].astype(np.float32) * scale)


def _biases(held: Held, name: str) -> torch.Tensor:
    if f"{name}.bias" in held:
        return torch.from_numpy(held[f"{name}.bias"].copy())
    scale = held[f"{name}.bias_quantized_scale"]
    return torch.from_numpy(held[f"{name}.bias_quantized"] * scale).float()


def _normalise(network: Reader, steps: list[Step]) -> None:
    """Give each normalisation the mean and spread of its channels, and weights that undo them."""
    sums = [torch.zeros(3, _normal(one).num_features, dtype=torch.float64) for one in steps]

    def counted(place: int, values: torch.Tensor) -> None:
        sums[place][0] += values.numel() / values.shape[1]
        sums[place][1] += values.sum((0, 2, 3))
        sums[place][2] += values.square().sum((0, 2, 3))

    hooks = [
        one.convolution.register_forward_hook(
            lambda _part, _given, out, place=place: counted(place, out.double())
        )
        for place, one in enumerate(steps)
    ]
    network.eval()
    rng = Random("normalisations")
    images = sorted((line(rng).image for _ in range(MEASURED_ON)), key=lambda one: one.shape[1])
    for start in range(0, MEASURED_ON, TOGETHER):
        network(shown(images[start : start + TOGETHER]))
    for hook in hooks:
        hook.remove()
    for one, (count, total, squares) in zip(map(_normal, steps), sums, strict=True):
        mean = total / count
        spread = squares / count - mean.square()
        one.running_mean, one.running_var = mean.float(), spread.float()
        one.bias.add_(mean)
        one.weight.copy_((spread + one.eps).sqrt())


def main(arguments: list[str]) -> None:
    """Write the weights into the folder that the command line names."""
    network, seen = unfolded(MODEL)
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    torch.save({"network": network.state_dict(), "seen": seen, "steps": 0}, folder / "last.pt")
    print(json.dumps({"lines": seen, "errors": error_rates(network)}))


if __name__ == "__main__":
    main(sys.argv[1:])
