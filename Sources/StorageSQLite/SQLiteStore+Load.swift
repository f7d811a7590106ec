import Contracts
import GRDB
import Resizing
import Storage

extension SQLiteStore {
  public func load(_ keys: FactKeys) async throws(StoreError) -> Facts {
    if keys.requestIds.isEmpty && keys.instanceIds.isEmpty { return Facts() }
    return try await readForCommit { db in
      var facts = Facts()
      // Room for what the batch adds, too: a dictionary that grows hashes every id again.
      facts.resizes.reserveCapacity(keys.requestIds.count)
      facts.instances.reserveCapacity(keys.instanceIds.count)
      // One seek a key: as fast here as a join with json_each, and nothing has to be escaped.
      let resizes = try PreparedStatement(
        db,
        Resize.selection
          + "WHERE number = (SELECT resize FROM requests WHERE requests.request_id = ?1)")
      var instanceIds = keys.instanceIds
      for requestId in keys.requestIds {
        try resizes.bind(requestId, at: 1)
        guard try resizes.next() else { continue }
        let resize = try Resize(row: resizes)
        facts.resizes[requestId] = resize
        instanceIds.insert(resize.request.instanceId)
        resizes.reset()
      }
      let instances = try PreparedStatement(
        db, InstanceRecord.selection + "WHERE instance_id = ?1")
      for instanceId in instanceIds {
        try instances.bind(instanceId, at: 1)
        guard try instances.next() else { continue }
        facts.instances[instanceId] = try InstanceRecord(row: instances)
        instances.reset()
      }
      return facts
    }
  }
}

extension Resize {
  static let selection = "SELECT version, record, request_id FROM resizes "

  /// Reads the present row of a statement whose first columns are those of `selection`.
  init(row: PreparedStatement) throws {
    do throws(ContractViolation) {
      self = try RecordCodec.decodeResize(row.bytes(at: 1))
    } catch {
      throw unreadable("resize \(row.text(at: 2))", error)
    }
    version = row.integer(at: 0)
  }
}

extension InstanceRecord {
  static let selection = """
    SELECT version, record, instance_id, revision, live_resize, is_removed
    FROM instances JOIN instance_records ON instance_records.number = instances.number 
    """

  /// Reads the present row of a statement that begins with `selection`.
  init(row: PreparedStatement) throws {
    let instance: Instance
    do throws(ContractViolation) {
      instance = try RecordCodec.decodeInstance(row.bytes(at: 1))
    } catch {
      throw unreadable("instance \(row.text(at: 2))", error)
    }
    self.init(
      instance: instance, revision: row.integer(at: 3), liveResize: row.optionalText(at: 4),
      version: row.integer(at: 0), isRemoved: row.integer(at: 5) != 0)
  }
}

/// One row that cannot be read is not the fault of its neighbours, so it is refused, not corrupt.
func unreadable(_ what: String, _ why: some Sendable) -> StoreError {
  StoreError(.refused, "The stored record of \(what) cannot be read: \(why)")
}
