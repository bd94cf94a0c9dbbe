"""Whose turn it is among what waits to go out: by lane, then so that nobody delays the others."""

from __future__ import annotations

from ..errand import Lane
from .rows import PRIORITY_ORDER

MANY = 4
"""So many words of one conversation go to a group as fast as it takes them,"""
REST_S = 30.0
"""and more at once only in a calm group: else one joined message in so many seconds."""
LATELY_S = MANY * REST_S
"""So long it counts: nobody has more than this pace for ever."""
MINUTE_S, BUSY = 60.0, 10
"""A group had half of its 20 sends in Telegram's minute: places are short."""

_LATELY = (
    "FROM outbox d WHERE d.queue = o.queue AND d.lane = o.lane "
    f"AND d.claimed_at > :now - {LATELY_S}"
)
_AROUND = f"FROM outbox d WHERE d.chat_id = h.chat_id AND d.claimed_at > :now - {MINUTE_S}"
HEADS = f"""
WITH RECURSIVE queues (queue) AS (
  SELECT min(queue) FROM outbox WHERE state IN ('new', 'claimed')
  UNION ALL
  SELECT (SELECT min(o.queue) FROM outbox o
          WHERE o.state IN ('new', 'claimed') AND o.queue > q.queue)
  FROM queues q WHERE q.queue IS NOT NULL
),
waiting AS (
  SELECT o.*, (SELECT count(*) {_LATELY}) AS lately, (SELECT max(d.claimed_at) {_LATELY}) AS latest
  FROM queues q JOIN outbox o ON o.id = (
    SELECT min(h.id) FROM outbox h WHERE h.queue = q.queue AND h.state IN ('new', 'claimed'))
  WHERE o.state = 'new' AND o.parked = 0
),
heads AS (
  SELECT *, CASE WHEN lane = '{Lane.PERSON}' AND chat_id < 0 AND lately >= {MANY}
    AND (SELECT count(*) {_AROUND}) >= {BUSY}
    THEN max(not_before, latest + {REST_S}) ELSE not_before END AS goes_at
  FROM waiting h
)
"""
"""The first of each queue, and from when on it may go. From queue to queue by the index: what
stands behind is not looked at, be it ten thousand rows."""

TURN = (
    f"CASE o.lane WHEN '{Lane.STAFF}' THEN (SELECT {PRIORITY_ORDER} FROM cases c "
    "WHERE c.id = o.case_id) ELSE o.lately END"
)
"""Whose turn it is among effects of one lane."""
