import Contracts
import Resizing
import Storage

extension PostgresStore {
  public func load(_ keys: FactKeys) async throws(StoreError) -> Facts {
    if keys.requestIds.isEmpty && keys.instanceIds.isEmpty { return Facts() }
    let call = Statement.facts(Array(keys.requestIds), Array(keys.instanceIds))
    return try await run([call]) { answers throws(PostgresError) in
      var facts = Facts()
      facts.resizes.reserveCapacity(keys.requestIds.count)
      facts.instances.reserveCapacity(keys.instanceIds.count)
      for row in answers[0] {
        if row.isNull(at: 3) {
          facts.resizes[row.text(at: 0)] = try Resize(row: row)
        } else {
          facts.instances[row.text(at: 0)] = try InstanceRecord(row: row)
        }
      }
      return facts
    }
  }

  public func commit(_ changes: ChangeSet) async throws(StoreError) -> CommitOutcome {
    try changes.requireBalancedPostings()
    if changes.isEmpty { return .committed }
    let calls = changes.calls
    return try await withSession { session throws(PostgresError) in
      do throws(PostgresError) {
        if changes.postings.isEmpty {
          try await session.run(calls.asTransaction) { _ in }
        } else {
          // The heads of the accounts are held from the first round trip to the end of the second.
          let heads = Statement.lockHeads(of: Set(changes.postings.map(\.ledgerAccount)))
          try await session.transact(calls + [heads]) { answers throws(PostgresError) in
            (try Statement.append(changes.postings, onto: answers.last), ())
          }
        }
        return .committed
      } catch {
        guard error.isConflict else { throw error }
        let versions = Statement.versions(
          changes.resizes.map(\.requestId),
          changes.instances.map(\.instance.instanceId) + changes.locks.map(\.instanceId))
        return try await session.run([versions]) { changes.conflict(with: $0[0]) }
      }
    }
  }
}

extension ChangeSet {
  fileprivate var isEmpty: Bool {
    resizes.isEmpty && instances.isEmpty && locks.isEmpty && timeline.isEmpty
      && postings.isEmpty && outbox.isEmpty && confirmed.isEmpty && trials.isEmpty
  }

  /// Everything but the postings.
  fileprivate var calls: [Call] {
    Statement.write(resizes) + Statement.write(instances, locks)
      + Statement.append(timeline, by: worker)
      + Statement.delete(confirmed, of: worker) + Statement.append(outbox)
      + Statement.endTrials(of: trials)
  }

  /// Which of the rows have another version now; one that stands twice is behind itself.
  ///
  /// Versions only grow, and the transaction that got in the way is committed: a row that was stale is
  /// stale for good.
  fileprivate func conflict(with versions: Rows) -> CommitOutcome {
    var resizeVersions: [String: Int64] = [:]
    var instanceVersions: [String: Int64] = [:]
    for row in versions {
      if row.flag(at: 0) {
        resizeVersions[row.text(at: 1)] = row.integer(at: 2)
      } else {
        instanceVersions[row.text(at: 1)] = row.integer(at: 2)
      }
    }
    func stale(
      _ carried: [(id: String, version: Int64, isNew: Bool)], _ now: [String: Int64]
    ) -> [String] {
      var seen: Set<String> = []
      return carried.filter { id, version, isNew in
        !seen.insert(id).inserted || now[id] != (isNew ? nil : version)
      }.map(\.id)
    }
    return .conflict(
      requestIds: stale(
        resizes.map { ($0.requestId, $0.version, $0.version == 0) }, resizeVersions),
      instanceIds: stale(
        instances.map { ($0.instance.instanceId, $0.version, $0.version == 0) }
          + locks.map { ($0.instanceId, $0.version, false) }, instanceVersions))
  }
}

extension Resize {
  /// Reads a row that begins with id, version and record.
  init(row: Rows.Row) throws(PostgresError) {
    do throws(ContractViolation) {
      self = try RecordCodec.decodeResize(row.bytes(at: 2))
    } catch {
      throw unreadable("resize \(row.text(at: 0))", error)
    }
    version = row.integer(at: 1)
  }
}

extension InstanceRecord {
  /// Reads a row of id, version, record, revision, live resize, and whether it is removed.
  init(row: Rows.Row) throws(PostgresError) {
    let instance: Instance
    do throws(ContractViolation) {
      instance = try RecordCodec.decodeInstance(row.bytes(at: 2))
    } catch {
      throw unreadable("instance \(row.text(at: 0))", error)
    }
    self.init(
      instance: instance, revision: row.integer(at: 3), liveResize: row.optionalText(at: 4),
      version: row.integer(at: 1), isRemoved: row.flag(at: 5))
  }
}

/// One row that cannot be read is not the fault of its neighbours, so it is refused, not corrupt.
func unreadable(_ what: String, _ why: some Sendable) -> PostgresError {
  PostgresError(.store(.refused), "The stored record of \(what) cannot be read: \(why)")
}
