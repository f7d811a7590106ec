import Testing

@testable import Worker

@Suite("The mailbox of a worker")
struct EventMailboxTests {
  private func deliveries(_ count: UInt64) -> WorkerEvent {
    .intake(
      .deliveries((0..<count).map { IntakeDelivery(queue: .requests, tag: $0, epoch: 1, body: []) })
    )
  }

  @Test("Confirms and few deliveries wait for a reader that has others to wait for")
  func patience() {
    var pending = PendingEvents()
    let patience = EventPatience(deliveries: 4, confirms: .max)
    #expect(pending.canWait(patience))
    pending.append(.relay(.confirmed([1, 2, 3])))
    pending.append(deliveries(3))
    #expect(pending.canWait(patience))
    #expect(!pending.canWait(EventPatience(deliveries: 4, confirms: 3)))
    pending.append(deliveries(1))
    #expect(!pending.canWait(patience))
  }

  @Test("Everything else wakes any reader", arguments: [WorkerEvent.tick, .drain, .heartbeatDone])
  func pressing(_ event: WorkerEvent) {
    var pending = PendingEvents()
    pending.append(event)
    #expect(!pending.canWait(EventPatience(deliveries: .max, confirms: .max)))
  }

  @Test("What was taken does not press any more")
  func taken() {
    var pending = PendingEvents()
    pending.append(.tick)
    #expect(pending.takeAll().count == 1)
    #expect(pending.canWait(.none))
  }

  @Test("A reader gets all that came, in order, from whatever threads")
  func order() async {
    let mailbox = EventMailbox()
    await withDiscardingTaskGroup { group in
      for sender in 0..<4 {
        group.addTask {
          for number in 0..<500 {
            mailbox.put(.relay(.confirmed([Int64(sender), Int64(number)])))
          }
        }
      }
      var last = [Int64](repeating: -1, count: 4)
      while last.contains(where: { $0 < 499 }) {
        for event in await mailbox.take(.none) {
          guard case .relay(.confirmed(let pair)) = event else { continue }
          #expect(pair[1] == last[Int(pair[0])] + 1)
          last[Int(pair[0])] = pair[1]
        }
      }
    }
  }

  @Test("A reader whose task is canceled gets nothing, and waits no longer")
  func cancellation() async {
    let mailbox = EventMailbox()
    let reader = Task { await mailbox.take(.none).count }
    reader.cancel()
    #expect(await reader.value == 0)
  }
}
