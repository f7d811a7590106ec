import Contracts
import Resizing

extension FuzzSubject {
  func checkScenario(_ bytes: [UInt8]) throws(Finding) {
    guard case .scenario(let scenario) = ScenarioLine(bytes) else { return }
    let machine = ResizeMachine(
      rules: ResizeRules(), catalogs: CatalogHistory([scenario.catalog]))
    let record = InstanceRecord(instance: scenario.instance, revision: 0)
    let assessment: Assessment
    do throws(Rejection) {
      assessment = try machine.assess(scenario.request, record, scenario.now)
    } catch {
      return try require(!error.reason.message.isEmpty, "a request is rejected without a word")
    }
    try check(assessment.quote)
    let answer = ScenarioAnswer.encode(
      id: scenario.id, quote: assessment.quote, lines: assessment.lines)
    _ = try expect("the answer is no JSON") { () throws(JSONError) in
      try JSONParser.parse(answer)
    }
  }
}
