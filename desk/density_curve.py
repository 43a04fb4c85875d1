"""The density along a roll as a drawing: where film is clear, dark, or changes."""

from __future__ import annotations

from collections.abc import Sequence

_WIDTH, _HEIGHT, _MOST = 1000, 120, 500
_TONES = 255


def density_curve(tones: Sequence[int]) -> str:
    """Return tones along film (0 dark, 255 clear) as an SVG; empty for fewer than two.

    A long roll is drawn as the range of tones in each step, so that no short flash is lost.
    """
    if len(tones) < 2:
        return ""
    size = -(-len(tones) // _MOST)
    ranges = [
        (min(part), max(part))
        for start in range(0, len(tones), size)
        if (part := tones[start : start + size + 1])
    ]
    step = _WIDTH / max(1, len(ranges) - 1)
    upper = " ".join(f"{at * step:.1f},{_y(high):.1f}" for at, (_, high) in enumerate(ranges))
    lower = " ".join(
        f"{at * step:.1f},{_y(low):.1f}" for at, (low, _) in reversed(list(enumerate(ranges)))
    )
    middle = " ".join(
        f"{at * step:.1f},{_y((low + high) / 2):.1f}" for at, (low, high) in enumerate(ranges)
    )
    return (
        f'<figure class="density"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'preserveAspectRatio="none" aria-label="Tone along the film, from its start at the left">'
        f"<title>{_said(tones)}</title>"
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" class="ground"/>'
        f'<polygon points="{upper} {lower}" class="range"/>'
        f'<polyline points="{middle}" class="middle" vector-effect="non-scaling-stroke"/></svg>'
        f"<figcaption><span>start</span><span>{_said(tones)}</span><span>end</span></figcaption>"
        "</figure>"
    )


def _y(tone: float) -> float:
    return _HEIGHT * (1 - max(0.0, min(_TONES, tone)) / _TONES)


def _said(tones: Sequence[int]) -> str:
    usual = sorted(tones)[len(tones) // 2]
    return f"usual tone {usual}, from {min(tones)} to {max(tones)} of {_TONES}; up is clear film"
