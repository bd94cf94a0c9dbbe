"""The vitals as Prometheus reads them. The only file that knows its client library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from .vitals import ModelState, Vitals, Waiting

PREFIX = "first_responder"


def exposition(vitals: Vitals, version: str, accept: str) -> tuple[bytes, str]:
    """``(body, content type)`` in the format that the header ``accept`` asks for.

    The registry lives as long as one scrape: what is told is what was looked up for it.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_OneScrape(vitals, version))
    ProcessCollector(registry=registry)
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _OneScrape(Collector):
    def __init__(self, vitals: Vitals, version: str) -> None:
        self._vitals = vitals
        self._version = version

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily(f"{PREFIX}_build", "What runs.", {"version": self._version})
        yield from self._what_waits()
        yield from self._telegram()
        yield from self._model()
        yield from self._store()

    def _what_waits(self) -> Iterator[Metric]:
        rows = self._vitals.backlog
        said = "turns of customers without an outcome"
        yield from self._waiting("unanswered_turns", said, "", {"": rows.turns})
        said = "cases that wait for a person and that staff have not been shown"
        kinds = {"yes": rows.pressing, "no": rows.calm}
        yield from self._waiting("unseen_escalations", said, "pressing", kinds)
        lanes = {lane.name.lower(): waiting for lane, waiting in rows.outbox.items()}
        yield from self._waiting("outbox_waiting", "effects that wait to be done", "lane", lanes)
        said = "Effects of which nobody knows whether they happened."
        yield _gauge("unknown_outcomes", said, rows.uncertain)
        yield _gauge("quarantined_updates", "Updates set aside as poison.", rows.quarantined)

    def _waiting(
        self, name: str, said: str, label: str, kinds: Mapping[str, Waiting]
    ) -> Iterator[Metric]:
        """How many, and for how long the oldest has waited."""
        now, labels = self._vitals.now, [label] if label else []
        count = GaugeMetricFamily(f"{PREFIX}_{name}", f"How many {said}.", labels=labels)
        age = GaugeMetricFamily(
            f"{PREFIX}_{name}_oldest_seconds", f"The oldest of the {said}.", labels=labels
        )
        for kind, waiting in kinds.items():
            values = [kind] if label else []
            count.add_metric(values, waiting.count)
            age.add_metric(values, waiting.age(now))
        yield from (count, age)

    def _telegram(self) -> Iterator[Metric]:
        rows = self._vitals.backlog
        if rows.heard_at is not None:
            said = "When Telegram last answered a poll; by webhook: was last listened for."
            yield _gauge("telegram_heard_timestamp_seconds", said, rows.heard_at)
        if rows.update_at is not None:
            said = "When the last update was stored."
            yield _gauge("last_update_timestamp_seconds", said, rows.update_at)

    def _model(self) -> Iterator[Metric]:
        passes = self._vitals.passes
        state = GaugeMetricFamily(
            f"{PREFIX}_model", "1 for the state that the model is in.", labels=["state"]
        )
        for one in ModelState:
            state.add_metric([one], float(one is self._vitals.model))
        yield state
        yield SummaryMetricFamily(
            f"{PREFIX}_model_pass_seconds",
            "What the passes of the model took.",
            count_value=passes.count,
            sum_value=passes.seconds,
        )
        said = "Passes of the model that failed or came too late."
        yield CounterMetricFamily(f"{PREFIX}_model_failures", said, passes.failed)

    def _store(self) -> Iterator[Metric]:
        said = "0 while nothing can be stored."
        yield _gauge("store_writable", said, not self._vitals.refuses)
        said = "Writes that the store refused."
        yield CounterMetricFamily(f"{PREFIX}_store_write_errors", said, self._vitals.refused)


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", said, value=value)
