-- What a worker's account needs on a schema that its owner has made, and no more: it can append to ledger,
-- timeline and what operators did, but not change them. As the owner:
--
--   psql … -v schema=resize -v account=resize_worker -f ops/database/grants.sql

GRANT USAGE ON SCHEMA :"schema" TO :"account";
SET search_path = :"schema";
GRANT SELECT ON migrations, payments TO :"account";
GRANT SELECT, INSERT, UPDATE ON resizes, instances, ledger_heads, switches, breaker TO :"account";
GRANT SELECT, INSERT ON ledger, timeline, operator_actions, outbox_set_aside TO :"account";
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox, workers, trials TO :"account";
GRANT EXECUTE ON FUNCTION require_rows(bigint, bigint), refuse(text), count_of(int8multirange) TO :"account";
