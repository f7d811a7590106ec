import GRDB
import Resizing

/// Keeps the operators' table of payments and refunds in step with the resizes.
struct PaymentRows {
  private let upsert: PreparedStatement

  init(_ db: Database) throws {
    upsert = try PreparedStatement(
      db,
      """
      INSERT INTO payments (resize, id, purpose, state, minor_units, currency, attempt)
      VALUES ((SELECT number FROM resizes WHERE request_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7)
      ON CONFLICT (resize, id) DO UPDATE
      SET purpose = excluded.purpose, state = excluded.state, minor_units = excluded.minor_units,
        currency = excluded.currency, attempt = excluded.attempt
      WHERE state <> excluded.state OR attempt <> excluded.attempt
      """)
  }

  func write(_ resizes: [Resize]) throws {
    for resize in resizes {
      if let payment = resize.payment { try write(payment, of: resize.requestId) }
      if let refund = resize.refund { try write(refund, of: resize.requestId) }
    }
  }

  private func write(_ movement: Movement, of requestId: String) throws {
    try upsert.bind(requestId, at: 1)
    try upsert.bind(movement.id, at: 2)
    try upsert.bind(movement.purpose.rawValue, at: 3)
    try upsert.bind(movement.state.rawValue, at: 4)
    try upsert.bind(movement.amount.minorUnits, at: 5)
    try upsert.bind(movement.amount.currency.code, at: 6)
    try upsert.bind(Int64(movement.attempt), at: 7)
    try upsert.run()
  }
}
