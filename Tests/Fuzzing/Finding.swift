/// A rule that an input breaks: what was done with it, and what came of it.
public struct Finding: Error, CustomStringConvertible {
  public var subject: FuzzSubject
  public var rule: String
  public var description: String { "\(subject.rawValue): \(rule)" }
}
