/// The first schema.
///
/// Rows that belong to a resize carry its `number` instead of its request id: resizes come in the
/// order of their numbers, so those rows share few pages, however random request ids are: with
/// UUIDs that halves the CPU of a batch.
///
/// What a batch looks up and what it writes again each time stands in narrow tables of its own
/// (`requests`, `instances`), apart from the wide records; every index costs each request about a
/// microsecond, so there is none that only a rare question of an operator would use.
let migration0001 = """
  -- Never changed. Clustered by its key; lists by instance or tenant go through all of it, which is
  -- narrow.
  CREATE TABLE requests (
    request_id  TEXT    PRIMARY KEY,
    resize      INTEGER NOT NULL,         -- resizes.number
    instance_id TEXT    NOT NULL,
    tenant_id   TEXT    NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE resizes (
    number           INTEGER PRIMARY KEY, -- in the order of first commits
    request_id       TEXT    NOT NULL,    -- unique in requests
    state            TEXT    NOT NULL,
    needs_attention  INTEGER NOT NULL,
    wake_at          INTEGER,             -- ms; the timer is due, or the lease on it is over
    version          INTEGER NOT NULL,
    begun_by         TEXT    NOT NULL,    -- the worker that made the row
    beginning_length INTEGER NOT NULL,    -- how many entries are in it:
    beginning        TEXT    NOT NULL,    -- the first page of its timeline, see timeline_pages
    record           TEXT    NOT NULL,    -- JSON of RecordCodec: the whole resize
    CONSTRAINT "a timeline has 1048574 entries at most" CHECK (beginning_length <= 1048574)
  );
  -- Timers, and lists by state: those without a timer stand in the order of their numbers.
  CREATE INDEX resizes_by_state     ON resizes (state, wake_at);
  CREATE INDEX resizes_by_attention ON resizes (needs_attention) WHERE needs_attention = 1;

  CREATE TABLE instances (
    instance_id TEXT    PRIMARY KEY,
    number      INTEGER NOT NULL,         -- instance_records.number
    revision    INTEGER NOT NULL,
    live_resize TEXT,
    is_removed  INTEGER NOT NULL,
    version     INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE instance_records (
    number INTEGER PRIMARY KEY,
    record TEXT    NOT NULL               -- JSON of RecordCodec: the instance
  );

  -- What statistics tell without going through all rows; each commit adds what it changes.
  CREATE TABLE counters (
    name  TEXT    PRIMARY KEY,            -- a state of resizes, or 'instances' without removed ones
    value INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- The payments and refunds of the resizes, for operators' queries; their source is the record.
  CREATE VIEW payments AS
    SELECT number AS resize,
      json_extract(record, '$.payment.id')        AS id,
      json_extract(record, '$.payment.purpose')   AS purpose,
      json_extract(record, '$.payment.state')     AS state,
      json_extract(record, '$.payment.amount[0]') AS minor_units,
      json_extract(record, '$.payment.amount[1]') AS currency,
      json_extract(record, '$.payment.attempt')   AS attempt
    FROM resizes WHERE json_extract(record, '$.payment.id') IS NOT NULL
    UNION ALL
    SELECT number,
      json_extract(record, '$.refund.id'),
      json_extract(record, '$.refund.purpose'),
      json_extract(record, '$.refund.state'),
      json_extract(record, '$.refund.amount[0]'),
      json_extract(record, '$.refund.amount[1]'),
      json_extract(record, '$.refund.attempt')
    FROM resizes WHERE json_extract(record, '$.refund.id') IS NOT NULL;

  -- Double entry, append-only, a chain of hashes in each account. The key forbids posting a
  -- movement to an account twice, the index two entries at one place.
  CREATE TABLE ledger (
    number        INTEGER PRIMARY KEY,
    resize        INTEGER NOT NULL,
    movement_id   TEXT    NOT NULL,
    account       TEXT    NOT NULL,
    minor_units   INTEGER NOT NULL,       -- positive debits the account
    currency      TEXT    NOT NULL,
    purpose       TEXT    NOT NULL,
    posted_at     INTEGER NOT NULL,
    position      INTEGER NOT NULL,       -- counts the entries of the account from 1
    previous_hash BLOB    NOT NULL,
    hash          BLOB    NOT NULL,
    UNIQUE (resize, movement_id, account)
  );
  CREATE UNIQUE INDEX ledger_by_account ON ledger (account, currency, position);
  CREATE TRIGGER ledger_update BEFORE UPDATE ON ledger
    BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER ledger_delete BEFORE DELETE ON ledger
    BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
  -- INSERT OR REPLACE deletes rows without asking the trigger above. FAIL, here and in our own
  -- insertions, spares SQLite from copying every page in case it has to take one statement back; we
  -- roll the whole transaction back.
  CREATE TRIGGER ledger_replace BEFORE INSERT ON ledger
    WHEN NEW.number > 0 AND EXISTS (SELECT 1 FROM ledger WHERE number = NEW.number)
      OR EXISTS (SELECT 1 FROM ledger WHERE (resize, movement_id, account)
        = (NEW.resize, NEW.movement_id, NEW.account))
      OR EXISTS (SELECT 1 FROM ledger WHERE (account, currency, position)
        = (NEW.account, NEW.currency, NEW.position))
    BEGIN SELECT raise(FAIL, 'the ledger is append-only, and this row is there'); END;

  -- Where each account of the ledger stands; only ever goes forward.
  CREATE TABLE ledger_heads (
    account  TEXT    NOT NULL,
    currency TEXT    NOT NULL,
    position INTEGER NOT NULL,            -- of the last entry
    balance  INTEGER NOT NULL,            -- minor units, positive is a debit
    hash     BLOB    NOT NULL,            -- of the last entry
    PRIMARY KEY (account, currency)
  ) WITHOUT ROWID;
  CREATE TRIGGER ledger_heads_update BEFORE UPDATE ON ledger_heads
    WHEN NEW.position <= OLD.position
      OR (NEW.account, NEW.currency) <> (OLD.account, OLD.currency)
    BEGIN SELECT raise(ABORT, 'an account of the ledger only goes forward'); END;
  CREATE TRIGGER ledger_heads_delete BEFORE DELETE ON ledger_heads
    BEGIN SELECT raise(ABORT, 'an account of the ledger only goes forward'); END;
  CREATE TRIGGER ledger_heads_replace BEFORE INSERT ON ledger_heads
    WHEN EXISTS (SELECT 1 FROM ledger_heads WHERE (account, currency)
      = (NEW.account, NEW.currency))
    BEGIN SELECT raise(ABORT, 'an account of the ledger only goes forward'); END;

  -- What happened to a resize. A page is what one commit tells of it; the first commit's stands in
  -- resizes.beginning, which saves a row with each request, later ones are rows here.
  -- One number is its key, so that new pages are put behind the last one, without a search for their
  -- place: clustered by (resize, number), each row cost half as much again.
  CREATE TABLE timeline_pages (
    key     INTEGER PRIMARY KEY,          -- resize << 20 | number
    length  INTEGER NOT NULL,             -- how many entries it has
    worker  TEXT    NOT NULL,
    entries TEXT    NOT NULL,             -- JSON: [[at, event, state, detail or null], …]
    resize  INTEGER AS (key >> 20),
    number  INTEGER AS (key & 1048575),   -- of its first entry, counted within the resize from 1
    CONSTRAINT "a timeline has 1048574 entries at most" CHECK (number + length <= 1048575)
  );
  CREATE TRIGGER timeline_pages_update BEFORE UPDATE ON timeline_pages
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER timeline_pages_delete BEFORE DELETE ON timeline_pages
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER timeline_pages_replace BEFORE INSERT ON timeline_pages
    WHEN EXISTS (SELECT 1 FROM timeline_pages WHERE key = NEW.key)
    BEGIN SELECT raise(FAIL, 'the timeline is append-only, and this row is there'); END;
  -- The first pages are append-only likewise. Updates of other columns run none of this. Pages belong
  -- to the row by its number, which answers to every name of a rowid. A number that SQLite is still to
  -- choose is -1 or NULL here, and is not looked up: a seek costs more than the rest of the trigger.
  CREATE TRIGGER resizes_update
    BEFORE UPDATE OF number, rowid, oid, _rowid_, begun_by, beginning_length, beginning ON resizes
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER resizes_delete BEFORE DELETE ON resizes
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER resizes_replace BEFORE INSERT ON resizes
    WHEN NEW.number > 0 AND EXISTS (SELECT 1 FROM resizes WHERE number = NEW.number)
    BEGIN SELECT raise(FAIL, 'the timeline is append-only, and this row is there'); END;
  CREATE VIEW timeline AS
    SELECT resize, number + entry.key AS number, json_extract(entry.value, '$[0]') AS at, worker,
      json_extract(entry.value, '$[1]') AS event, json_extract(entry.value, '$[2]') AS state,
      json_extract(entry.value, '$[3]') AS detail
    FROM (
      SELECT number AS resize, 1 AS number, begun_by AS worker, beginning AS entries FROM resizes
      UNION ALL
      SELECT resize, number, worker, entries FROM timeline_pages
    ) AS page
    -- CROSS keeps SQLite from copying all pages before it reads them.
    CROSS JOIN json_each(page.entries) AS entry;

  -- What people did by hand; what was about a resize stands in its timeline as well.
  CREATE TABLE operator_actions (
    number      INTEGER PRIMARY KEY,
    at          INTEGER NOT NULL,
    operator    TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    request_id  TEXT,
    message_id  TEXT,
    queue       TEXT,
    reason_code TEXT,
    detail      TEXT
  );
  CREATE TRIGGER operator_actions_update BEFORE UPDATE ON operator_actions
    BEGIN SELECT raise(ABORT, 'what operators did is append-only'); END;
  CREATE TRIGGER operator_actions_delete BEFORE DELETE ON operator_actions
    BEGIN SELECT raise(ABORT, 'what operators did is append-only'); END;
  CREATE TRIGGER operator_actions_replace BEFORE INSERT ON operator_actions
    WHEN EXISTS (SELECT 1 FROM operator_actions WHERE number = NEW.number)
    BEGIN SELECT raise(FAIL, 'what operators did is append-only, and this row is there'); END;

  -- A row is a page: messages of one commit, consecutive sequences. It goes with the last of them
  -- that the broker confirms. Clustered by its key, so that a page is one seek.
  CREATE TABLE outbox (
    owner          TEXT    NOT NULL,
    first_sequence INTEGER NOT NULL,
    last_sequence  INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    message_count  INTEGER NOT NULL,      -- those that are not confirmed
    payment_count  INTEGER NOT NULL,      -- those of them that ask for payments and refunds
    unconfirmed    BLOB    NOT NULL,      -- a bit for each sequence, as SequenceBits writes them
    payments       BLOB    NOT NULL,      -- likewise
    page           INTEGER NOT NULL,      -- outbox_pages.number
    PRIMARY KEY (owner, last_sequence)
  ) WITHOUT ROWID;
  CREATE TABLE outbox_pages (
    number   INTEGER PRIMARY KEY,
    messages BLOB    NOT NULL             -- as OutboxPage writes them, compressed
  );
  -- Pages that could not be read, as they were; for people to look at.
  CREATE TABLE outbox_set_aside (
    number         INTEGER PRIMARY KEY,
    reason         TEXT    NOT NULL,
    owner          TEXT,                  -- the rest is as it was found, NULL where it was missing
    first_sequence INTEGER,
    last_sequence  INTEGER,
    created_at     INTEGER,
    unconfirmed    BLOB,
    payments       BLOB,
    messages       BLOB
  );

  CREATE TABLE workers (
    worker            TEXT    PRIMARY KEY,
    started_at        INTEGER NOT NULL,
    beat_at           INTEGER NOT NULL,
    payments_answered INTEGER NOT NULL,
    payments_failed   INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- Messages that may have ended workers, and the workers that have begun with them and not ended.
  CREATE TABLE trials (
    message TEXT NOT NULL,
    worker  TEXT NOT NULL,
    PRIMARY KEY (message, worker)
  ) WITHOUT ROWID;

  -- What operators have switched for all workers.
  CREATE TABLE switches (
    name       TEXT    PRIMARY KEY,
    is_paused  INTEGER NOT NULL,
    changed_by TEXT,
    changed_at INTEGER
  ) WITHOUT ROWID;

  -- The circuit breaker over all payments; one row once it has moved.
  CREATE TABLE breaker (
    name     TEXT    PRIMARY KEY,         -- 'payments'
    revision INTEGER NOT NULL,
    phase    TEXT    NOT NULL,
    since    INTEGER,
    until    INTEGER,
    openings INTEGER NOT NULL,
    worker   TEXT,
    failed   INTEGER NOT NULL,
    outcomes INTEGER NOT NULL
  ) WITHOUT ROWID;
  """
