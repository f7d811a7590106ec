/// The first schema; the tables are those of the store on SQLite.
///
/// Rows that belong to a resize carry its `number` instead of its request id: resizes come in the
/// order of their numbers, so those rows share few pages, however random request ids are. Ids are
/// compared byte by byte (`COLLATE "C"`), in every database alike. Times are milliseconds since the
/// epoch.
let migration0001 = """
  CREATE TABLE resizes (
    number          bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id      text    COLLATE "C" NOT NULL CONSTRAINT resizes_request_id UNIQUE,
    instance_id     text    COLLATE "C" NOT NULL,
    tenant_id       text    COLLATE "C" NOT NULL,
    state           text    COLLATE "C" NOT NULL,
    needs_attention boolean NOT NULL,
    wake_at         bigint,             -- the timer is due, or the lease on it is over
    version         bigint  NOT NULL,
    record          text    NOT NULL    -- JSON of RecordCodec: the whole resize
  );
  CREATE INDEX resizes_by_state     ON resizes (state, number);
  CREATE INDEX resizes_by_instance  ON resizes (instance_id, number);
  CREATE INDEX resizes_by_tenant    ON resizes (tenant_id, number);
  CREATE INDEX resizes_by_wake_at   ON resizes (wake_at, number) WHERE wake_at IS NOT NULL;
  CREATE INDEX resizes_by_attention ON resizes (number) WHERE needs_attention;

  CREATE TABLE instances (
    number      bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance_id text    COLLATE "C" NOT NULL CONSTRAINT instances_instance_id UNIQUE,
    revision    bigint  NOT NULL,
    live_resize text    COLLATE "C",
    is_removed  boolean NOT NULL,
    version     bigint  NOT NULL,
    record      text    NOT NULL        -- JSON of RecordCodec: the instance
  );
  CREATE INDEX instances_removed ON instances (number) WHERE is_removed;

  -- Records are about 2 KB, from where on PostgreSQL would compress them and move them to another table.
  ALTER TABLE resizes SET (toast_tuple_target = 8160);
  ALTER TABLE instances SET (toast_tuple_target = 8160);

  -- The payments and refunds of the resizes, for operators' queries; their source is the record.
  CREATE VIEW payments AS
    SELECT number AS resize, movement ->> 'id' AS id, movement ->> 'purpose' AS purpose,
      movement ->> 'state' AS state, (movement -> 'amount' ->> 0)::bigint AS minor_units,
      movement -> 'amount' ->> 1 AS currency, (movement ->> 'attempt')::bigint AS attempt
    FROM (SELECT number, record::json AS record FROM resizes) AS read
    CROSS JOIN LATERAL (VALUES (record -> 'payment'), (record -> 'refund')) AS known (movement)
    WHERE movement ->> 'id' IS NOT NULL;

  -- Double entry, append-only, a chain of hashes in each account. The key forbids posting a
  -- movement to an account twice, the index two entries at one place.
  CREATE TABLE ledger (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    resize      bigint NOT NULL,
    movement_id text   COLLATE "C" NOT NULL,
    account     text   COLLATE "C" NOT NULL,
    minor_units bigint NOT NULL,        -- positive debits the account
    currency      text   COLLATE "C" NOT NULL,
    purpose       text   NOT NULL,
    posted_at     bigint NOT NULL,
    position      bigint NOT NULL,      -- counts the entries of the account from 1
    previous_hash bytea  NOT NULL,
    hash          bytea  NOT NULL,
    UNIQUE (resize, movement_id, account)
  );
  CREATE UNIQUE INDEX ledger_by_account ON ledger (account, currency, position);

  -- Where each account of the ledger stands; only ever goes forward.
  CREATE TABLE ledger_heads (
    account  text   COLLATE "C" NOT NULL,
    currency text   COLLATE "C" NOT NULL,
    position bigint NOT NULL,           -- of the last entry
    balance  bigint NOT NULL,           -- minor units, positive is a debit
    hash     bytea  NOT NULL,           -- of the last entry
    CONSTRAINT ledger_heads_first PRIMARY KEY (account, currency)
  ) WITH (fillfactor = 50);

  CREATE TABLE timeline (
    resize bigint NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    at     bigint NOT NULL,
    worker text   NOT NULL,
    event  text   NOT NULL,
    state  text   NOT NULL,
    detail text,
    PRIMARY KEY (resize, number)
  );

  -- What people did by hand; what was about a resize stands in its timeline as well.
  CREATE TABLE operator_actions (
    number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          bigint NOT NULL,
    operator    text   NOT NULL,
    action      text   NOT NULL,
    request_id  text,
    message_id  text,
    queue       text,
    reason_code text,
    detail      text
  );

  CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME USING ERRCODE = 'RW002';
    END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON ledger_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  CREATE FUNCTION refuse_step_back() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.position <= OLD.position OR (NEW.account, NEW.currency) <> (OLD.account, OLD.currency) THEN
        RAISE EXCEPTION 'an account of the ledger only goes forward' USING ERRCODE = 'RW002';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER forward_only BEFORE UPDATE ON ledger_heads
    FOR EACH ROW EXECUTE FUNCTION refuse_step_back();
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_actions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

  -- A row is a page: the messages of one commit, consecutive sequences. It goes with the last of them
  -- that the broker confirms. Not compressed by the server: OutboxPage does so.
  CREATE TABLE outbox (
    owner          text   COLLATE "C" NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence  bigint NOT NULL,
    created_at     bigint NOT NULL,
    message_count  bigint NOT NULL,     -- those that are not confirmed
    payment_count  bigint NOT NULL,     -- those of them that ask for payments and refunds
    unconfirmed    int8multirange NOT NULL,
    payments       int8multirange NOT NULL,
    messages       bytea  NOT NULL,     -- as OutboxPage writes them, compressed
    PRIMARY KEY (owner, last_sequence)
  );
  ALTER TABLE outbox ALTER COLUMN messages SET STORAGE EXTERNAL;

  -- Pages that could not be read, as they were; for people to look at.
  CREATE TABLE outbox_set_aside (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reason         text   NOT NULL,
    owner          text   COLLATE "C" NOT NULL,
    first_sequence bigint NOT NULL,
    last_sequence  bigint NOT NULL,
    created_at     bigint NOT NULL,
    unconfirmed    int8multirange NOT NULL,
    payments       int8multirange NOT NULL,
    messages       bytea  NOT NULL
  );

  CREATE FUNCTION count_of(sequences int8multirange) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(upper(range) - lower(range)), 0)::bigint FROM unnest(sequences) AS range
  $$;

  CREATE TABLE workers (
    worker            text   COLLATE "C" PRIMARY KEY,
    started_at        bigint NOT NULL,
    beat_at           bigint NOT NULL,
    payments_answered bigint NOT NULL,
    payments_failed   bigint NOT NULL
  );

  -- Messages that may have ended workers, and the workers that have begun with them and not ended.
  CREATE TABLE trials (
    message text COLLATE "C" NOT NULL,
    worker  text COLLATE "C" NOT NULL,
    PRIMARY KEY (message, worker)
  );

  -- What operators have switched for all workers.
  CREATE TABLE switches (
    name       text    COLLATE "C" PRIMARY KEY,
    is_paused  boolean NOT NULL,
    changed_by text,
    changed_at bigint
  );

  -- The circuit breaker over all payments; one row once it has moved.
  CREATE TABLE breaker (
    name     text   COLLATE "C" PRIMARY KEY,  -- 'payments'
    revision bigint NOT NULL,
    phase    text   NOT NULL,
    since    bigint,
    until    bigint,
    openings bigint NOT NULL,
    worker   text,
    failed   bigint NOT NULL,
    outcomes bigint NOT NULL
  );

  -- Ends a transaction whose compare-and-set has not found every row as it was loaded.
  CREATE FUNCTION require_rows(written bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      IF written <> expected THEN
        RAISE EXCEPTION 'of % rows % are as they were loaded', expected, written USING ERRCODE = 'RW001';
      END IF;
    END $$;

  CREATE FUNCTION refuse(reason text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION '%', reason USING ERRCODE = 'RW003';
    END $$;
  """
