"""What an evaluation found, as one self-contained page in the desk's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from ..conversation import Tone
from ..desk.desk_words import language_name
from ..safe_text import shortened, shown
from .chart import reliability, risk_curve
from .figures import ACTIONS
from .results import Broken, Confusion, Figures, Misread, Sentence, Stray, Summary, Tones
from .words import mends, percent, said

STYLE = Path(__file__).parent / "page.css"
PAIRS_SHOWN = 30
BROKEN_SHOWN = 100


def page(summary: Summary, desk: str) -> str:
    """HTML that needs no other file and no network; ``desk``: ``fr`` or ``en``."""
    desk = desk if desk == "fr" else "en"
    return _Page(summary, desk).html()


class _Page:
    def __init__(self, summary: Summary, desk: str) -> None:
        self._summary = summary
        self._desk = desk

    def html(self) -> str:
        every = self._summary.all
        title = self._said("title", brand=shown(self._summary.brand))
        sections = [
            self._glance(every),
            self._curve(),
            self._calibration(),
            self._languages(),
            self._tone(),
            self._must(),
            self._confusions(),
            self._strays(),
        ]
        return "\n".join(
            [
                f'<!doctype html>\n<html lang="{self._desk}">\n<head>\n<meta charset="utf-8">',
                '<meta name="viewport" content="width=device-width, initial-scale=1">',
                f"<title>{title}</title>",
                f"<style>\n{STYLE.read_text('utf-8')}</style>\n</head>\n<body>\n<main>",
                f"<h1>{title}</h1>",
                f"<p>{self._said('lead', messages=every.messages, covered=every.covered)}</p>",
                *(section for section in sections if section),
                "</main>\n</body>\n</html>\n",
            ]
        )

    # ------------------------------------------------------------------------- the sections

    def _glance(self, every: Figures) -> str:
        tiles = "".join(
            (
                self._tile("accuracy", every.accuracy),
                self._tile("coverage", every.coverage),
                self._tile("wrong", every.wrong_share),
                self._tile("auroc", every.auroc),
            )
        )
        rows = [(self._said(name), [self._share(every.actions[name])]) for name in ACTIONS]
        actions = self._table("actions", "action", ["share"], rows)
        actions += self._sentence("offered", every.offered)
        tiles = f'<dl class="tiles">{tiles}</dl>'
        return self._section("at_a_glance", tiles, f"<h3>{self._said('actions')}</h3>", actions)

    def _tile(self, name: str, figure: float | None) -> str:
        most = self._share(self._summary.max_wrong_answers)
        means = "unmeasured" if figure is None else f"{name}_means"
        return (
            f'<div><dt>{self._said(name)}</dt><dd><span class="figure">{self._share(figure)}</span>'
            f'<br><span class="soft">{self._said(means, max=most)}</span></dd></div>'
        )

    def _curve(self) -> str:
        means = self._said(
            "curve_means",
            threshold=self._share(self._summary.threshold),
            max=self._share(self._summary.max_wrong_answers),
        )
        possible = self._sentence("possible", self._summary.all.possible)
        picture = risk_curve(self._summary, self._desk)
        return self._section("curve", f"<p>{means}</p>", possible, picture)

    def _calibration(self) -> str:
        means = f"<p>{self._said('calibration_means')}</p>"
        means += self._sentence("ece", self._summary.calibration_error)
        rows = [
            (
                f"{self._share(part.low, 0)} – {self._share(part.high, 0)}",
                [str(part.messages), self._share(part.mean_probability), self._share(part.right)],
            )
            for part in self._summary.calibration
            if part.messages
        ]
        table = self._table("calibration", "certainty", ["messages", "certainty", "right"], rows)
        picture = reliability(self._summary, self._desk)
        return self._section("calibration", means, picture, table)

    def _languages(self) -> str:
        heads = ["messages", "covered", "accuracy", "macro_f1", "auroc", "coverage", "wrong"]
        groups = {"all": self._summary.all, **self._summary.languages}
        rows = [(self._language(lang), self._figures(one)) for lang, one in groups.items()]
        return self._section(
            "languages", self._table("languages", "language", [*heads, *ACTIONS], rows)
        )

    def _figures(self, one: Figures) -> list[str]:
        shares = (one.accuracy, one.macro_f1, one.auroc, one.coverage, one.wrong_share)
        actions = (one.actions[name] for name in ACTIONS)
        counts = [str(one.messages), str(one.covered)]
        return counts + [self._share(figure) for figure in (*shares, *actions)]

    def _tone(self) -> str:
        tone = self._summary.tone
        if not tone:
            return ""
        heads = ["messages", "tone_accuracy", "angry_found", "calm_flagged", "angry_found_at_5"]
        rows = [(self._language(lang), self._tones(one)) for lang, one in tone.items()]
        read = [
            (self._said(true), [str(counts[name]) for name in Tone])
            for true, counts in tone["all"].read.items()
        ]
        return self._section(
            "tone",
            f"<p>{self._said('tone_means')}</p>",
            self._table("tone", "language", heads, rows),
            f"<h3>{self._said('tone_read')}</h3>",
            self._table("tone_read", "true_tone", [str(name) for name in Tone], read),
        )

    def _tones(self, one: Tones) -> list[str]:
        shares = (one.accuracy, one.angry_found, one.calm_flagged, one.angry_found_at_5)
        return [str(one.messages), *map(self._share, shares)]

    def _must(self) -> str:
        must = self._summary.must
        if not must.messages:
            return ""
        means = self._said("must_means", agreed=self._share(must.agreed), messages=must.messages)
        rows = [
            (self._said(wanted), [str(done[action]) for action in ACTIONS])
            for wanted, done in must.done.items()
        ]
        table = self._table("must", "must_be", list(ACTIONS), rows)
        broken = "".join(self._broken(one) for one in must.broken[:BROKEN_SHOWN])
        below = f"<h3>{self._said('broken')}</h3><ul>{broken}</ul>" if broken else ""
        return self._section("must", f"<p>{means}</p>", table, below)

    def _broken(self, one: Broken) -> str:
        must, action = said(self._desk, one.must), said(self._desk, one.action)
        line = self._said("broken_line", must=must, action=action, why=one.why)
        return f'<li>{_quote(one.text)}<br><span class="soft">{line}</span></li>'

    def _confusions(self) -> str:
        pairs = self._summary.confusions
        if not pairs:
            return self._section("confusions", f"<p>{self._said('no_confusion')}</p>")
        once = f'<p class="soft">{self._said("once")}</p>'
        return self._section("confusions", once, *map(self._pair, pairs[:PAIRS_SHOWN]))

    def _pair(self, pair: Confusion) -> str:
        ways = "".join(map(self._misread, pair.misread))
        todo = escape(" ".join(mends(self._desk, pair)))
        return f'{ways}<p class="mend">{todo}</p>'

    def _misread(self, way: Misread) -> str:
        values = {"subject": way.subject, "taken_for": way.taken_for}
        title = self._said("misread", times=way.times, of=way.of, **values)
        return f"<h3>{title}</h3>{self._sentences(way.texts)}"

    def _strays(self) -> str:
        strays = self._summary.strays
        if not strays:
            return self._section("strays", f"<p>{self._said('no_stray')}</p>")
        todo = f'<p class="mend">{self._said("stray_mend")}</p>'
        return self._section("strays", todo, *map(self._stray, strays[:PAIRS_SHOWN]))

    def _stray(self, stray: Stray) -> str:
        values = {"times": stray.times, "answered": stray.answered}
        title = self._said("stray", subject=stray.subject, **values)
        return f"<h3>{title}</h3>{self._sentences(stray.texts)}"

    # ----------------------------------------------------------------------------- the parts

    def _said(self, key: str, **values: object) -> str:
        return escape(said(self._desk, key, **values))

    def _language(self, lang: str) -> str:
        return said(self._desk, "all") if lang == "all" else language_name(self._desk, lang)

    def _share(self, figure: float | None, digits: int = 1) -> str:
        return percent(self._desk, figure, digits)

    def _sentence(self, name: str, figure: float | None) -> str:
        """What a figure means; nothing where it could not be had."""
        if figure is None:
            return ""
        return f"<p>{self._said(f'{name}_means', **{name: self._share(figure)})}</p>"

    def _section(self, name: str, *parts: str) -> str:
        inside = "\n".join(part for part in parts if part)
        head = f'<h2 id="{name}">{self._said(name)}</h2>'
        return f'<section aria-labelledby="{name}">\n{head}\n{inside}\n</section>'

    def _table(
        self, name: str, first: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]
    ) -> str:
        top = "".join(f'<th scope="col">{self._said(head)}</th>' for head in (first, *heads))
        body = "".join(
            f'<tr><th scope="row">{escape(label)}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
            for label, cells in rows
        )
        return (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{self._said(name)}">'
            f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _sentences(self, texts: Sequence[Sentence]) -> str:
        lines = "".join(
            f"<li>{_quote(one.text)} "
            f'<span class="soft">{self._share(one.probability, 0)}</span></li>'
            for one in texts
        )
        return f"<ul>{lines}</ul>"


def _quote(text: str) -> str:
    return escape(shortened(" ".join(shown(text).split()), 280))
