import ScriptFixture
import Testing

/// Real workers, a real broker, real database files. Every message that the tests see is kept and
/// validated against its JSON Schema when all of them have ended.
@Suite("End to end", .validatesMessages, .takesTurns, .timeLimit(.minutes(15)))
enum EndToEnd {}
