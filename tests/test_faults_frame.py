"""The fault programme tells what it found: figures, tables, and every promise that did not hold."""

from __future__ import annotations

from tests.faults import LONG, SHORT, Report, Scale
from tests.faults.__main__ import report_of, themes
from tests.faults.document import as_text, last_line, written


class _Breaks:
    """Nothing survives this."""

    def run(self, scale: Scale, seed: int, out: Report) -> None:
        out.figure("kills", scale.count("kills", short=3, long=1000))
        raise RuntimeError(f"seed {seed}")


def test_a_theme_that_cannot_finish_is_a_violation_and_keeps_its_figures() -> None:
    report = report_of("power", _Breaks(), SHORT, seed=7)
    assert report.figures == {"kills": 3}
    assert "did not finish" in report.violations[0].what
    assert last_line([report]) == "kills=3 lost=0 doubled=0 powercuts=0 violations=1"


def test_a_count_that_was_asked_for_wins() -> None:
    assert LONG.count("kills", short=3, long=1000) == 1000
    assert Scale(is_long=True, counts={"kills": 20}).count("kills", short=3, long=1000) == 20


def test_the_last_line_sums_over_the_themes() -> None:
    reports = [Report("kills", {"kills": 1200, "lost": 1}), Report("power", {"powercuts": 10_500})]
    assert last_line(reports) == "kills=1200 lost=1 doubled=0 powercuts=10500 violations=0"


def test_the_document_keeps_its_words_and_the_other_themes() -> None:
    first = Report("kills", {"kills": 5})
    first.table(("where", "lost"), [("before the commit", 0)])
    document = written("# Reliability\n\nRead me.\n", first, "Nothing is lost.", "`x` at abc.")
    document = written(document, Report("power"), "No power, no harm.", "`y` at abc.")
    again = written(document, Report("kills", {"kills": 9}), "Nothing is lost.", "`x` at def.")
    assert again.startswith("# Reliability\n\nRead me.\n")
    assert "No power, no harm." in again
    assert "kills 9" in again and "kills 5" not in again
    assert "| before the commit | 0 |" in document
    more = written(f"{document}\n## The twins\n", Report("clocks"), "In time.", "`z` at abc.")
    assert more.index("In time.") < more.index("## The twins")


def test_a_violation_is_shown_with_where_to_see_it() -> None:
    report = Report("clock")
    report.violation("an alarm came early", "seed 3, tick 11")
    assert "an alarm came early (seed 3, tick 11)" in as_text(report)
    assert "an alarm came early (seed 3, tick 11)" in written("", report, "", "")


def test_every_theme_says_what_it_promises() -> None:
    assert all((theme.__doc__ or "").strip() for theme in themes().values())
