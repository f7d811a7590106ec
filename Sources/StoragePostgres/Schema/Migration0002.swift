/// The view of payments reads a record whose texts hold U+0000, too.
///
/// In JSON that character is written as an escape, which PostgreSQL can keep but not read: one such record
/// made the view fail for all. Like other stored texts, it is shown with U+FFFD in its place. A backslash
/// before the escape is one of the text's own only if it is not escaped itself.
let migration0002 = #"""
  CREATE OR REPLACE VIEW payments AS
    SELECT number AS resize, movement ->> 'id' AS id, movement ->> 'purpose' AS purpose,
      movement ->> 'state' AS state, (movement -> 'amount' ->> 0)::bigint AS minor_units,
      movement -> 'amount' ->> 1 AS currency, (movement ->> 'attempt')::bigint AS attempt
    FROM (
      SELECT number, CASE WHEN strpos(record, '\u0000') = 0 THEN record
        ELSE regexp_replace(record, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g') END::json AS record
      FROM resizes) AS read
    CROSS JOIN LATERAL (VALUES (record -> 'payment'), (record -> 'refund')) AS known (movement)
    WHERE movement ->> 'id' IS NOT NULL;
  """#
