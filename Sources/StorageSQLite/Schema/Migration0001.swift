/// The first schema.
///
/// Rows that belong to a resize carry its `number` instead of its request id: resizes come in the
/// order of their numbers, so those rows share few pages, however random request ids are: with
/// UUIDs that halves the CPU of a batch.
let migration0001 = """
  CREATE TABLE resizes (
    number          INTEGER PRIMARY KEY,  -- in the order of first commits
    request_id      TEXT    NOT NULL UNIQUE,
    instance_id     TEXT    NOT NULL,
    tenant_id       TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    needs_attention INTEGER NOT NULL,
    wake_at         INTEGER,              -- ms; the timer is due, or the lease on it is over
    version         INTEGER NOT NULL,
    record          TEXT    NOT NULL      -- JSON of RecordCodec: the whole resize
  );
  CREATE INDEX resizes_by_state     ON resizes (state);
  CREATE INDEX resizes_by_instance  ON resizes (instance_id);
  CREATE INDEX resizes_by_tenant    ON resizes (tenant_id);
  CREATE INDEX resizes_by_wake_at   ON resizes (wake_at) WHERE wake_at IS NOT NULL;
  CREATE INDEX resizes_by_attention ON resizes (needs_attention) WHERE needs_attention = 1;

  CREATE TABLE instances (
    number      INTEGER PRIMARY KEY,
    instance_id TEXT    NOT NULL UNIQUE,
    revision    INTEGER NOT NULL,
    live_resize TEXT,
    is_removed  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    record      TEXT    NOT NULL          -- JSON of RecordCodec: the instance
  );
  CREATE INDEX instances_removed ON instances (is_removed) WHERE is_removed = 1;

  -- The payments and refunds of the resizes, for operators' queries. Written with the resize in one
  -- transaction and never read by the worker: the resize's record is the source.
  CREATE TABLE payments (
    resize      INTEGER NOT NULL,         -- resizes.number
    id          TEXT    NOT NULL,         -- the idempotency key
    purpose     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    minor_units INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    attempt     INTEGER NOT NULL,
    PRIMARY KEY (resize, id)
  ) WITHOUT ROWID;

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
  -- INSERT OR REPLACE deletes rows without asking the trigger above.
  CREATE TRIGGER ledger_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger WHERE number = NEW.number)
      OR EXISTS (SELECT 1 FROM ledger WHERE (resize, movement_id, account)
        = (NEW.resize, NEW.movement_id, NEW.account))
      OR EXISTS (SELECT 1 FROM ledger WHERE (account, currency, position)
        = (NEW.account, NEW.currency, NEW.position))
    BEGIN SELECT raise(ABORT, 'the ledger is append-only, and this row is there'); END;

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

  CREATE TABLE timeline (
    number INTEGER PRIMARY KEY,
    resize INTEGER NOT NULL,
    at     INTEGER NOT NULL,
    worker TEXT    NOT NULL,
    event  TEXT    NOT NULL,
    state  TEXT    NOT NULL,
    detail TEXT
  );
  CREATE INDEX timeline_by_resize ON timeline (resize);
  CREATE TRIGGER timeline_update BEFORE UPDATE ON timeline
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER timeline_delete BEFORE DELETE ON timeline
    BEGIN SELECT raise(ABORT, 'the timeline is append-only'); END;
  CREATE TRIGGER timeline_replace BEFORE INSERT ON timeline
    WHEN EXISTS (SELECT 1 FROM timeline WHERE number = NEW.number)
    BEGIN SELECT raise(ABORT, 'the timeline is append-only, and this row is there'); END;

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

  -- A row is a page: the messages of one commit, consecutive sequences. It goes with the last of them
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
    messages BLOB    NOT NULL             -- as OutboxPage writes them
  );

  CREATE TABLE workers (
    worker            TEXT    PRIMARY KEY,
    started_at        INTEGER NOT NULL,
    beat_at           INTEGER NOT NULL,
    payments_answered INTEGER NOT NULL,
    payments_failed   INTEGER NOT NULL
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
