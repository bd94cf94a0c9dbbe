-- The store. Times are seconds since the epoch (UTC). Truth lives here and nowhere else:
-- whatever the program keeps in memory can be rebuilt from these rows.
--
-- A database is brought up to date step by step; a step that has shipped is never changed, what
-- comes after it (new tables, ALTER TABLE) goes into a new step at the end of this file.

-- step: first_schema

-- What Telegram sent, before Telegram was told that we have it.
CREATE TABLE inbox (
  seq          INTEGER PRIMARY KEY AUTOINCREMENT,  -- our order of arrival; never used again
  bot_id       INTEGER NOT NULL,
  update_id    INTEGER NOT NULL,
  conversation TEXT    NOT NULL,       -- what is drained in order: 'c:<customer>', 's:<chat>:<topic>',
                                       -- 'h:<customer>': people have it, the model is to hear it
  body         TEXT    NOT NULL,       -- as received; emptied when there is an outcome
  received_at  REAL    NOT NULL,
  state        TEXT    NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'poison')),
  tries        INTEGER NOT NULL DEFAULT 0,   -- failures, and deaths of the process, on this row
  case_id      INTEGER REFERENCES cases (id),
  outcome      TEXT,                   -- what was done about it, in one word
  done_at      REAL,
  UNIQUE (bot_id, update_id)           -- dedupe by identity: "highest seen" would drop late ones
) STRICT;
CREATE INDEX inbox_open ON inbox (conversation, seq) WHERE state = 'new';

-- From which update on Telegram is asked next; moves in the transaction that stores the batch.
CREATE TABLE offsets (
  bot_id INTEGER PRIMARY KEY,
  next   INTEGER NOT NULL
) STRICT;

CREATE TABLE customers (
  id       INTEGER PRIMARY KEY,        -- Telegram's id of the person
  name     TEXT    NOT NULL,
  username TEXT,
  language TEXT,                       -- of their last turn that could be told
  met_at   REAL,                       -- when the bot said that it is a machine
  blocked  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE cases (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,  -- the number staff speak about
  customer_id   INTEGER NOT NULL REFERENCES customers (id),
  state         TEXT    NOT NULL,
  opened_at     REAL    NOT NULL,
  changed_at    REAL    NOT NULL,
  version       INTEGER NOT NULL DEFAULT 0,  -- grows with each change; a writer that lost refuses
  language      TEXT,
  subject       TEXT,
  answered      TEXT    NOT NULL DEFAULT '[]',  -- subjects answered since the boundary
  choices       TEXT    NOT NULL DEFAULT '[]',  -- subjects offered by the open clarification
  clarified     INTEGER NOT NULL DEFAULT 0,     -- asked once already; never twice in a case
  boundary      INTEGER NOT NULL DEFAULT 0,     -- inbox.seq before which the bot reads nothing
  reason        TEXT,
  priority      TEXT    NOT NULL DEFAULT 'normal',
  tone          TEXT    NOT NULL DEFAULT 'calm',
  owner_id      INTEGER,
  owner_name    TEXT,
  waiting_since REAL,
  due_at        REAL,                  -- the promise
  staff_chat_id INTEGER,
  thread_id     INTEGER,               -- the topic; NULL: none yet, or lost
  card_id       INTEGER,               -- the message in it that carries the brief
  closed_at     REAL
) STRICT;
CREATE UNIQUE INDEX cases_one_open ON cases (customer_id) WHERE state <> 'closed';
CREATE INDEX cases_customer ON cases (customer_id, id);
CREATE INDEX cases_topic ON cases (staff_chat_id, thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX cases_state ON cases (state) WHERE state <> 'closed';

-- Every word of a case, whoever wrote it. (chat_id, message_id) is where it was written,
-- (copy_chat_id, copy_id) where its copy lies: edits, replies and reactions find their way by these.
CREATE TABLE messages (
  id           INTEGER PRIMARY KEY,
  case_id      INTEGER NOT NULL REFERENCES cases (id),
  author       TEXT    NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'note')),
  name         TEXT,                   -- of the agent
  text         TEXT    NOT NULL,
  was          TEXT,                   -- the text before it was edited
  media        TEXT,
  at           REAL    NOT NULL,
  chat_id      INTEGER,
  message_id   INTEGER,                -- NULL until the bot's own message has been sent
  copy_chat_id INTEGER,
  copy_id      INTEGER
) STRICT;
CREATE INDEX messages_case ON messages (case_id, id);
CREATE INDEX messages_written ON messages (chat_id, message_id);
CREATE INDEX messages_copied ON messages (copy_chat_id, copy_id);

-- What the model understood, and what was decided because of it, one row a turn.
CREATE TABLE decisions (
  id        INTEGER PRIMARY KEY,
  case_id   INTEGER NOT NULL REFERENCES cases (id),
  at        REAL    NOT NULL,
  first_seq INTEGER NOT NULL,          -- the turn: inbox rows first_seq..last_seq of the customer
  last_seq  INTEGER NOT NULL,
  kind      TEXT    NOT NULL CHECK (kind IN ('reply', 'clarify', 'hand_over', 'stay_quiet')),
  subject   TEXT,
  reason    TEXT,
  why       TEXT    NOT NULL,
  reading   TEXT    NOT NULL           -- JSON: probabilities, tone, language, risk
) STRICT;
CREATE INDEX decisions_case ON decisions (case_id, id);

-- One thing to do to the outside world, stored before it is done.
CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  case_id    INTEGER REFERENCES cases (id),
  queue      TEXT    NOT NULL,         -- effects of one queue are done one after the other
  chat_id    INTEGER,                  -- whose budget it spends; NULL: nobody's
  lane       TEXT    NOT NULL,         -- who goes first when a budget is short
  repeat     TEXT    NOT NULL CHECK (repeat IN ('never', 'at_least_once', 'freely')),
  purpose    TEXT    NOT NULL,         -- what the outcome is for: 'answer', 'brief', 'relay', ...
  ref        INTEGER,                  -- the messages row that waits for the outcome
  kind       TEXT    NOT NULL,
  payload    TEXT    NOT NULL,
  state      TEXT    NOT NULL DEFAULT 'new'
             CHECK (state IN ('new', 'claimed', 'sent', 'failed', 'uncertain', 'withdrawn')),
  tries      INTEGER NOT NULL DEFAULT 0,
  not_before REAL    NOT NULL DEFAULT 0,
  created_at REAL    NOT NULL,
  claimed_at REAL,
  worker     TEXT,                     -- which run of the program claimed it
  done_at    REAL,
  result     TEXT                      -- JSON list of message ids, the words of the refusal, or
                                       -- (withdrawn) the row that carries the words
) STRICT;
CREATE INDEX outbox_open ON outbox (lane, id) WHERE state = 'new';
CREATE INDEX outbox_queue ON outbox (queue, id) WHERE state IN ('new', 'claimed');
CREATE INDEX outbox_claimed ON outbox (worker) WHERE state = 'claimed';
CREATE INDEX outbox_case ON outbox (case_id, id);

-- Clocks that survive a restart. A timer fires once: its row is closed by the same transaction.
CREATE TABLE timers (
  id      INTEGER PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES cases (id),
  kind    TEXT    NOT NULL,
  due_at  REAL    NOT NULL,
  fired_at REAL,
  UNIQUE (case_id, kind)               -- setting a clock again moves it
) STRICT;
CREATE INDEX timers_due ON timers (due_at) WHERE fired_at IS NULL;

-- What the buttons under one message mean. The button itself carries the opaque token only.
CREATE TABLE keyboards (
  token   TEXT    PRIMARY KEY,
  case_id INTEGER NOT NULL REFERENCES cases (id),
  chat_id INTEGER NOT NULL,            -- a press from any other chat is refused
  role    TEXT    NOT NULL CHECK (role IN ('customer', 'staff')),
  acts    TEXT    NOT NULL,            -- JSON list; the data of a button is token.index
  made_at REAL    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX keyboards_case ON keyboards (case_id);

-- A group that was upgraded answers to a new id; the configured one is looked up here.
CREATE TABLE moved_chats (
  old_id INTEGER PRIMARY KEY,
  new_id INTEGER NOT NULL
) STRICT;

-- The audit: who did what to which case. Append-only; carries ids, never anybody's words.
CREATE TABLE events (
  id       INTEGER PRIMARY KEY,
  at       REAL    NOT NULL,
  kind     TEXT    NOT NULL,
  case_id  INTEGER,
  actor_id INTEGER,
  detail   TEXT
) STRICT;
CREATE INDEX events_case ON events (case_id, id);
CREATE TRIGGER events_are_not_rewritten BEFORE UPDATE ON events
BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;

-- step: staff

-- People of the staff group as they were last seen there. Who may act is in the config, not here.
CREATE TABLE staff (
  id         INTEGER PRIMARY KEY,      -- Telegram's id of the person
  name       TEXT    NOT NULL,         -- for buttons, lists and mentions; carries no authority
  username   TEXT,
  off_since  REAL                      -- off duty since then; NULL, or no row: on duty
) STRICT;

-- step: fair_outbox

-- How much a queue had lately: who had least goes first when a budget is short.
CREATE INDEX outbox_lately ON outbox (queue, claimed_at) WHERE claimed_at IS NOT NULL;

-- step: telling

-- The customer's own words that show the tone or the risk: JSON list, part of the messages' text.
ALTER TABLE cases ADD COLUMN telling TEXT NOT NULL DEFAULT '[]';

-- step: staff_group

-- What the bot itself posted among staff about a case: in General a reply to it finds the case.
CREATE TABLE posts (
  chat_id    INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  case_id    INTEGER NOT NULL REFERENCES cases (id),
  PRIMARY KEY (chat_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX posts_case ON posts (case_id);

-- A group that cannot be written to; the row goes when the first message arrives there again.
CREATE TABLE lost_groups (
  chat_id INTEGER PRIMARY KEY,
  since   REAL    NOT NULL,
  why     TEXT    NOT NULL             -- Telegram's words
) STRICT;

-- step: lists

-- When many wait at once, their briefs are joined: one message that lists several cases.
CREATE TABLE lists (
  id         INTEGER PRIMARY KEY,
  purpose    TEXT    NOT NULL CHECK (purpose IN ('list', 'digest')),
  chat_id    INTEGER NOT NULL,
  message_id INTEGER,                  -- NULL until it has been sent
  made_at    REAL                      -- when its cases were chosen: at the last moment
) STRICT;
CREATE INDEX lists_made ON lists (chat_id, purpose, made_at);

CREATE TABLE listed (
  list_id INTEGER NOT NULL REFERENCES lists (id),
  case_id INTEGER NOT NULL REFERENCES cases (id),
  PRIMARY KEY (list_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX listed_case ON listed (case_id);

-- When the brief of a waiting case, or its line in a list, first was where staff read.
ALTER TABLE cases ADD COLUMN seen_at REAL;

-- A topic that is made only once somebody claims the case; until then the case stands in a list.
ALTER TABLE outbox ADD COLUMN parked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_topics ON outbox (case_id) WHERE purpose = 'topic' AND state = 'new';

-- step: held_replies
-- An agent's reply that did not go out yet, because its author is asked about it first.
CREATE TABLE held_replies (
  id         INTEGER PRIMARY KEY,
  case_id    INTEGER NOT NULL REFERENCES cases (id),
  agent_id   INTEGER NOT NULL,
  agent_name TEXT    NOT NULL,
  owner_id   INTEGER,                  -- who held the case when it was asked: once confirmed
                                       -- with that person there, it is not asked again
  messages   TEXT    NOT NULL,         -- JSON: as written; emptied once decided, for it may hold
  found      TEXT    NOT NULL,         -- what should never be kept; JSON: the doubts, likewise
  state      TEXT    NOT NULL CHECK (state IN
             ('asked', 'behind', 'sent', 'discarded', 'expired', 'over')),
                                       -- behind: clean or not, an earlier one of theirs is asked
                                       -- about; over: the case left staff meanwhile
  is_edit    INTEGER NOT NULL,         -- the customer has the words it shall replace
  asked_id   INTEGER                   -- the message that asks; NULL until it has been sent
) STRICT;
CREATE INDEX held_replies_open ON held_replies (case_id) WHERE state IN ('asked', 'behind');
CREATE INDEX held_replies_case ON held_replies (case_id, agent_id);

-- step: promises

-- Every wait of a customer for a person: what honest waiting times are reckoned from.
CREATE TABLE promises (
  id       INTEGER PRIMARY KEY,
  case_id  INTEGER NOT NULL REFERENCES cases (id),
  priority TEXT    NOT NULL,
  since    REAL    NOT NULL,           -- when the customer began to wait
  due_at   REAL    NOT NULL,
  ahead    INTEGER NOT NULL,           -- other cases as pressing that were owed a reply then
  on_duty  INTEGER NOT NULL,           -- people on duty then
  kept_at  REAL,                       -- a person's words arrived; NULL: not yet, or never
  UNIQUE (case_id, since)              -- a changed priority moves the promise, it makes no second
) STRICT;
CREATE INDEX promises_kept ON promises (priority, kept_at) WHERE kept_at IS NOT NULL;

-- The rungs of the ladder have their names: a clock that was running keeps running.
UPDATE OR REPLACE timers SET kind = 'remind' WHERE kind = 'half';
UPDATE OR REPLACE timers SET kind = 'lead' WHERE kind = 'due';

-- step: ratings

-- How a case went, as its customer said in one tap when it was resolved; the first tap stands.
CREATE TABLE ratings (
  case_id     INTEGER PRIMARY KEY REFERENCES cases (id) ON DELETE CASCADE,
  score       TEXT    NOT NULL CHECK (score IN ('good', 'fair', 'bad')),
  at          REAL    NOT NULL,
  comment_ref INTEGER REFERENCES messages (id) ON DELETE SET NULL  -- the words stay in the transcript
) STRICT;

-- step: taken_back

-- When an agent took their words back at the customer's; the line stays in the record.
ALTER TABLE messages ADD COLUMN taken_back_at REAL;

-- step: own_rights

-- The language they asked for by command; it goes before the one they happen to write in.
ALTER TABLE customers ADD COLUMN chosen TEXT;
ALTER TABLE customers ADD COLUMN chosen_at REAL;

-- When the words of a closed case were taken out; the case itself is still counted.
ALTER TABLE cases ADD COLUMN emptied_at REAL;
CREATE INDEX cases_with_words ON cases (closed_at) WHERE state = 'closed' AND emptied_at IS NULL;
CREATE INDEX cases_closed ON cases (closed_at) WHERE state = 'closed';
CREATE INDEX inbox_case ON inbox (case_id) WHERE case_id IS NOT NULL;  -- else a case that goes is
                                                                       -- looked for in all of it

-- Buttons about a person, not about a case, have no case ("erase everything", "in English").
CREATE TABLE keyboards_of_all (
  token   TEXT    PRIMARY KEY,
  case_id INTEGER REFERENCES cases (id),
  chat_id INTEGER NOT NULL,            -- a press from any other chat is refused
  role    TEXT    NOT NULL CHECK (role IN ('customer', 'staff')),
  acts    TEXT    NOT NULL,            -- JSON list; the data of a button is token.index
  made_at REAL    NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO keyboards_of_all SELECT token, case_id, chat_id, role, acts, made_at FROM keyboards;
DROP TABLE keyboards;
ALTER TABLE keyboards_of_all RENAME TO keyboards;
CREATE INDEX keyboards_case ON keyboards (case_id);

-- What is to be done at a time and belongs to no case: the daily retention, and wiping from the
-- write-ahead log what was erased. A row, so that no restart forgets it.
CREATE TABLE chores (
  name   TEXT PRIMARY KEY,
  due_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- What is still known of cases that retention deleted: how many there were.
CREATE TABLE tallies (
  month TEXT    NOT NULL,              -- '2026-11', in UTC
  what  TEXT    NOT NULL,              -- 'cases', 'reason', 'subject', 'tone', 'language'
  of    TEXT    NOT NULL,
  n     INTEGER NOT NULL,
  PRIMARY KEY (month, what, of)
) STRICT, WITHOUT ROWID;

-- Append-only, but for one thing: a person who is erased is taken out of what they did.
DROP TRIGGER events_are_not_rewritten;
CREATE TRIGGER events_are_not_rewritten BEFORE UPDATE ON events
WHEN (NEW.id, NEW.at, NEW.kind, NEW.case_id) IS NOT (OLD.id, OLD.at, OLD.kind, OLD.case_id)
  OR NEW.actor_id IS NOT NULL AND NEW.actor_id IS NOT OLD.actor_id
  OR NEW.detail IS NOT NULL AND NEW.detail IS NOT OLD.detail
BEGIN SELECT RAISE (ABORT, 'events are append-only'); END;
CREATE INDEX events_actor ON events (actor_id, at) WHERE actor_id IS NOT NULL;

-- step: boards

-- The board of a group: one message, edited in place.
CREATE TABLE boards (
  chat_id    INTEGER PRIMARY KEY,
  message_id INTEGER,                  -- NULL: not sent yet, or lost
  drawn_at   REAL    NOT NULL          -- how long ago limits how soon it is edited again
) STRICT;

-- step: snooze

-- Put off until then: out of the queue, not out of the promise. NULL: not put off.
ALTER TABLE cases ADD COLUMN snoozed_until REAL;

-- step: drafts

-- What a person could answer, shown under the brief; gone once the case is closed.
CREATE TABLE drafts (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,  -- stands in buttons: never used again
  case_id   INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
  text      TEXT    NOT NULL,          -- a copy: what is sent is what was shown
  source    INTEGER,                   -- the case that was settled with it; NULL: approved answer
  put_aside INTEGER NOT NULL DEFAULT 0,  -- how often another was asked for
  sent_at   REAL
) STRICT;
CREATE INDEX drafts_case ON drafts (case_id);
CREATE INDEX cases_settled ON cases (language, closed_at)
  WHERE state = 'closed' AND owner_id IS NOT NULL;

-- step: presence

-- When Telegram was last heard, and an absence that staff have not been told of yet. One row.
CREATE TABLE presence (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  at        REAL    NOT NULL,
  away_from REAL,
  back_at   REAL
) STRICT;

-- step: barring

-- Blocked by staff (not: who blocked the bot, that is `blocked`): since when, for what reason, by
-- whom. The reason stands here and in the transcript, for the audit carries nobody's words.
ALTER TABLE customers ADD COLUMN barred_at REAL;
ALTER TABLE customers ADD COLUMN barred_why TEXT;
ALTER TABLE customers ADD COLUMN barred_by INTEGER;

-- step: vitals

-- What a monitor counts at each look; both are next to empty.
CREATE INDEX inbox_poison ON inbox (seq) WHERE state = 'poison';
CREATE INDEX outbox_uncertain ON outbox (id) WHERE state = 'uncertain';

-- step: pages

-- Overdue cases that a lead is to be told of in private: many at once are one message.
CREATE TABLE pages (
  lead_id INTEGER NOT NULL,
  case_id INTEGER NOT NULL REFERENCES cases (id),
  told_in INTEGER,                     -- the outbox row that tells of it; NULL: none yet
  PRIMARY KEY (lead_id, case_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_case ON pages (case_id);
CREATE INDEX pages_told ON pages (told_in) WHERE told_in IS NOT NULL;

-- step: introduced_when_delivered

-- The line by which the bot says that it is a machine; `met_at` is set once that has arrived.
ALTER TABLE customers ADD COLUMN intro_ref INTEGER;

-- step: staff_in_private

-- When they started the bot in private: it may write to them there. NULL: never, or they left.
ALTER TABLE staff ADD COLUMN started_at REAL;

-- step: fair_groups

-- How much a group had lately: while it is short of places, who had many rests.
CREATE INDEX outbox_group ON outbox (chat_id, claimed_at) WHERE claimed_at IS NOT NULL;

-- step: made_topics

-- Which effect made a topic is asked of the topics alone, not of all that was ever sent.
CREATE INDEX outbox_made ON outbox (chat_id, result) WHERE purpose = 'topic';

-- step: crowds

-- Asked at every hand-over, when hundreds wait as well as when one does: how many a person owes a
-- reply and since when, who was not shown yet, whose topic is still to be made.
CREATE INDEX cases_owed ON cases (priority, state, waiting_since, due_at)
  WHERE state IN ('waiting', 'claimed') AND due_at IS NOT NULL;
CREATE INDEX cases_unseen ON cases (priority, waiting_since)
  WHERE state = 'waiting' AND seen_at IS NULL;
CREATE INDEX outbox_unbegun ON outbox (chat_id, id)
  WHERE purpose = 'topic' AND state = 'new' AND parked = 0;

-- step: given_drafts

-- A draft that was given to be copied shows what settled another case: it goes when that one's
-- words go.
ALTER TABLE posts ADD COLUMN quotes INTEGER;
CREATE INDEX posts_quotes ON posts (quotes) WHERE quotes IS NOT NULL;
CREATE INDEX outbox_given ON outbox (ref) WHERE purpose = 'given';

-- step: alarms_that_follow

-- 1: the alarm in General of cases in a list, which follows them as the list does.
ALTER TABLE lists ADD COLUMN rings INTEGER NOT NULL DEFAULT 0;
