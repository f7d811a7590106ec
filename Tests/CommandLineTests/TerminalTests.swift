import Testing

@testable import resize_worker

@Suite("Terminal")
struct TerminalTests {
  @Test("columns are as wide as what is in them, wide characters counted twice")
  func table() {
    var table = TextTable(.init("NAME"), .init("AMOUNT", .right), .init("REMARK"))
    table.append("ins-1", "197.66 USD", "")
    table.append("实例-2", "5 JPY", "late")
    #expect(
      table.text(.plain) == """
        NAME        AMOUNT  REMARK
        ins-1   197.66 USD
        实例-2       5 JPY  late

        """)
  }

  @Test("a terminal that is too narrow is shown fewer columns, and told which are left out")
  func narrow() {
    var table = TextTable(
      .init("NAME"), .init("WORKER", leftOut: 2), .init("ZONE", leftOut: 1), .init("REMARK"))
    table.append("ins-1", "w-1", "eu", "late")
    func text(_ columns: Int?) -> String {
      table.text(TextStyle(isColourful: false, columns: columns))
    }
    #expect(text(nil) == "NAME   WORKER  ZONE  REMARK\nins-1  w-1     eu    late\n")
    #expect(text(27) == text(nil))
    #expect(
      text(26)
        == "NAME   WORKER  REMARK\nins-1  w-1     late\n(a wider terminal shows ZONE as well)\n"
    )
    #expect(
      text(5)
        == "NAME   REMARK\nins-1  late\n(a wider terminal shows ZONE, WORKER as well)\n")
  }

  @Test("what came from outside cannot steer the terminal")
  func printable() {
    #expect("a\u{1B}[31mb\nc".printable == "a·[31mb·c")
    #expect(TextTable.Cell("x\u{202E}y").text == "x·y")
    #expect("ordinary".printable == "ordinary")
  }

  @Test(
    "widths are those of a terminal",
    arguments: [("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("🙂", 2), ("", 0), ("─", 1)])
  func widths(text: String, width: Int) {
    #expect(text.displayWidth == width)
  }

  @Test("progress tells how many of how many, and how fast")
  func progress() {
    let text = ProgressReport.text(
      "confirmed", 7_000, of: 10_000, after: .seconds(2), barWidth: 10)
    #expect(text == "confirmed ███████░░░ 7,000 of 10,000, 3,500 a second")
    let plain = ProgressReport.text("imported", 12, of: nil, after: .zero, barWidth: nil)
    #expect(plain == "imported 12")
  }

  @Test(
    "numbers have commas",
    arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
  func grouped(number: Int, text: String) {
    #expect(number.grouped == text)
  }

  @Test("lines are numbered as they stand in the file, empty ones left out")
  func lines() {
    let lines = InputFile.lines(Array("a\n\n  \nb\r\nc".utf8))
    #expect(lines.map(\.number) == [1, 4, 5])
    #expect(lines.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "b\r", "c"])
  }
}
