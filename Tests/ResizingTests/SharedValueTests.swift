import Billing
import Resizing
import Testing

@Suite("Values that are shared")
struct SharedValueTests {
  @Test("Instances that differ in any part are not equal, however they are shared")
  func instances() {
    func instance(_ part: Int = -1) -> Instance {
      func word(_ index: Int) -> String { index == part ? "other" : "same" }
      return Instance(
        instanceId: word(0), tenantId: word(1), product: word(2), zone: part == 3 ? nil : "zone",
        billingMode: part == 4 ? .postpaid : .prepaid, state: word(5),
        disks: [Disk(role: word(6), media: "cloud", sizeGiB: 50)], operation: part == 7 ? "o" : nil,
        subscription: Subscription(configuration: Configuration(units: part == 8 ? 2 : 1)))
    }
    #expect(instance() == instance())
    for part in 0..<9 { #expect(instance(part) != instance()) }
  }

  @Test("Requests that differ in any part are not equal, however they are shared")
  func requests() {
    func request(_ part: Int = -1) -> ResizeRequest {
      func word(_ index: Int) -> String { index == part ? "other" : "same" }
      func money(_ index: Int) -> Money? {
        index == part ? nil : Money(minorUnits: 1, currency: dollar)
      }
      return ResizeRequest(
        requestId: word(0), tenantId: word(1), instanceId: word(2),
        target: ResizeTarget(spec: word(3)), billingMode: part == 4 ? .postpaid : nil,
        voucher: money(5), maxCharge: money(6), dryRun: part == 7)
    }
    #expect(request() == request())
    for part in 0..<8 { #expect(request(part) != request()) }
  }

  @Test("An instance with another part has the others as they were")
  func with() {
    let instance = Instance.uhost()
    let other = instance.with(product: "p", state: "s", operation: "o")
    #expect(other.with(product: instance.product, state: instance.state) != instance)
    #expect(other.product == "p" && other.state == "s" && other.operation == "o")
    #expect(other.subscription == instance.subscription && other.disks == instance.disks)
    #expect(instance.with() == instance)
  }
}
