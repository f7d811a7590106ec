extension Statement {
  static let server = Statement(
    "server",
    """
    SELECT split_part(current_setting('server_version'), ' ', 1),
      (SELECT max(number) FROM migrations), current_user::text,
      (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
      current_setting('max_connections')::bigint, current_setting('fsync') = 'off'
    """)

  /// Ledger, timeline and what operators did need no more than to be read and appended to. Functions are
  /// everybody's unless somebody has revoked that; those of triggers need no permission.
  static let missingPermissions = Statement(
    "missing_permissions",
    """
    SELECT permission || ' on ' || name FROM (VALUES
      ('resizes', 'SELECT,INSERT,UPDATE'), ('instances', 'SELECT,INSERT,UPDATE'),
      ('payments', 'SELECT'), ('ledger', 'SELECT,INSERT'),
      ('ledger_heads', 'SELECT,INSERT,UPDATE'),
      ('timeline', 'SELECT,INSERT'), ('operator_actions', 'SELECT,INSERT'),
      ('outbox_set_aside', 'SELECT,INSERT'),
      ('outbox', 'SELECT,INSERT,UPDATE,DELETE'), ('workers', 'SELECT,INSERT,UPDATE,DELETE'),
      ('trials', 'SELECT,INSERT,UPDATE,DELETE'),
      ('switches', 'SELECT,INSERT,UPDATE'), ('breaker', 'SELECT,INSERT,UPDATE')
    ) AS needed (name, permissions), unnest(string_to_array(permissions, ',')) AS permission
    WHERE NOT has_table_privilege(name, permission)
    UNION ALL
    SELECT 'EXECUTE on ' || name FROM (VALUES
      ('require_rows', 'bigint,bigint'), ('refuse', 'text'), ('count_of', 'int8multirange')
    ) AS called (name, parameters)
    WHERE NOT has_function_privilege(name || '(' || parameters || ')', 'EXECUTE')
    """)
}
