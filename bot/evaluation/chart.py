"""The two pictures of an evaluation, as SVG: coverage against risk, and certainty against truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from ..desk.desk_words import words
from .measures import Point
from .results import Summary
from .words import percent, said

WIDTH, HEIGHT, LEFT, TOP = 480, 260, 64, 16
TICKS = 5


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture from 0 to 1 to the right, and from 0 to ``top`` upwards."""

    desk: str
    top: float

    def x(self, share: float) -> float:
        return round(LEFT + share * WIDTH, 1)

    def y(self, share: float) -> float:
        return round(TOP + (1 - share / self.top) * HEIGHT, 1)

    def drawn(self, inside: Sequence[str], named: tuple[str, str], title: str) -> str:
        """The whole picture; ``named``: what is to the right, and what upwards."""
        ticks = [self._tick(number / TICKS) for number in range(TICKS + 1)]
        below, above = (escape(name) for name in named)
        end, bottom = LEFT + WIDTH, TOP + HEIGHT
        return "\n".join(
            [
                f'<svg viewBox="0 0 {end + 32} {bottom + 52}" role="img">',
                f"<title>{escape(title)}</title>",
                *ticks,
                f'<text x="{end}" y="{bottom + 44}" text-anchor="end">{below} →</text>',
                f'<text x="{LEFT + 8}" y="{TOP + 12}">↑ {above}</text>',
                *inside,
                "</svg>",
            ]
        )

    def _tick(self, share: float) -> str:
        x, y = self.x(share), self.y(share * self.top)
        bottom = TOP + HEIGHT
        return (
            f'<line class="grid" x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y}" y2="{y}"/>'
            f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">'
            f"{percent(self.desk, share * self.top, 0)}</text>"
            f'<text x="{x}" y="{bottom + 22}" text-anchor="middle">'
            f"{percent(self.desk, share, 0)}</text>"
        )


def risk_curve(summary: Summary, desk: str) -> str:
    """Wrong answers against covered messages answered, with the limit and the threshold."""
    points = [Point(1.0, 0.0, 0.0), *summary.curve]
    highest = max(point.risk for point in points)
    plot = Plot(desk, next(top for top in (0.1, 0.25, 0.5, 1.0) if highest <= top))
    path = " ".join(f"{plot.x(p.coverage)},{plot.y(p.risk)}" for p in points)
    limit = plot.y(summary.max_wrong_answers)
    inside = [
        f'<line class="limit" x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{limit}" y2="{limit}"/>',
        f'<polyline class="line" points="{path}"/>',
    ]
    at = [point for point in points if point.probability >= summary.threshold]
    inside.append(_dot(plot.x(at[-1].coverage), plot.y(at[-1].risk), 6))
    axes = f"{said(desk, 'curve_y')} / {said(desk, 'curve_x')}"
    title = words(desk, "labelled", label=said(desk, "curve"), text=axes)
    return plot.drawn(inside, (said(desk, "curve_x"), said(desk, "curve_y")), title)


def reliability(summary: Summary, desk: str) -> str:
    """How often each certainty is right; a larger dot stands for more messages."""
    plot = Plot(desk, 1.0)
    most = max((part.messages for part in summary.calibration), default=0)
    inside = [
        f'<line class="limit" x1="{plot.x(0)}" y1="{plot.y(0)}" x2="{plot.x(1)}" y2="{plot.y(1)}"/>'
    ]
    for part in summary.calibration:
        if part.mean_probability is not None and part.right is not None:
            size = 4 + 8 * (part.messages / most) ** 0.5
            inside.append(_dot(plot.x(part.mean_probability), plot.y(part.right), size))
    named = (said(desk, "calibration_x"), said(desk, "calibration_y"))
    return plot.drawn(inside, named, said(desk, "calibration"))


def _dot(x: float, y: float, size: float) -> str:
    return f'<circle class="dot" cx="{x}" cy="{y}" r="{size:.1f}"/>'
