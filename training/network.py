"""The network: convolutions over a line image, one guess at a character for every four columns.

Three steps, one with a residual layer, bring 32 rows to one; six residual layers that reach
farther, and nearer again, let a guess see eight letters to each side.
No layer keeps a state, so that a line is one pass of whole-number arithmetic once exported.
Trained with connectionist temporal classification (Graves et al. 2006).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ocr.line_model import stacked

STRIDE = 4
"""Columns of the line image for one column of guesses."""
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
"""Where the network is trained: on a graphics processor when there is one."""
_SHORT = DEVICE.type == "cuda" or bool(torch.cpu.get_capabilities().get("amx_bf16"))
"""Whether numbers of 16 bits are the faster ones; without AMX they take a processor longer."""


class Step(nn.Module):
    """A convolution with its normalisation, then what is positive of it."""

    def __init__(
        self, before: int, after: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0), dilation: int = 1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.convolution = nn.Conv2d(
            before, after, kernel, stride, padding, dilation=(1, dilation), bias=False
        )
        self.normal: nn.Module = nn.BatchNorm2d(after, momentum=0.05)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the positive part."""
        return torch.relu(self.normal(self.convolution(x)))


class Beside(nn.Module):
    """Adds to each place what its neighbours say of it; says little before it has learned."""

    def __init__(self, channels: int, kernel: tuple[int, int], dilation: int = 1) -> None:
        super().__init__()
        reach = (kernel[0] // 2, kernel[1] // 2 * dilation)
        self.step = Step(channels, channels, kernel, padding=reach, dilation=dilation)
        assert isinstance(self.step.normal, nn.BatchNorm2d)
        nn.init.constant_(self.step.normal.weight, 0.1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return ``x`` with its context."""
        return x + self.step(x)


class Reader(nn.Module):
    """From ``(n, 1, 32, width)`` of ink, 0.0 to 1.0, to ``(n, width / 4, characters + 1)`` logits.

    The first of the characters is the blank.
    """

    def __init__(self, characters: int, channels: int = 192) -> None:
        super().__init__()
        self.strokes = Step(1, 40, (5, 5), (4, 2), (2, 2))
        self.parts = nn.Sequential(Step(40, 96, (3, 3), (2, 2), (1, 1)), Beside(96, (3, 3)))
        self.columns = Step(96, channels, (4, 3), (1, 1), (0, 1))
        dilations = (1, 1, 2, 3, 5, 1)
        self.context = nn.Sequential(*(Beside(channels, (1, 5), one) for one in dilations))
        self.guess = nn.Conv2d(channels, characters + 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        seen = self.context(self.columns(self.parts(self.strokes(x))))
        logits: torch.Tensor = self.guess(seen)
        return logits.squeeze(2).transpose(1, 2)


def fastest() -> torch.autocast:
    """Return the context in which the network computes with the numbers that are fastest here."""
    return torch.autocast(DEVICE.type, torch.bfloat16, enabled=_SHORT)


def shown(images: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
    """Return line images as the network takes them, together."""
    batch = torch.from_numpy(stacked(images)).to(DEVICE)
    return batch.contiguous(memory_format=torch.channels_last)
