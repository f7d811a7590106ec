/// Rows under titles, in columns as wide as what is in them.
struct TextTable: Sendable {
  enum Alignment: Sendable {
    case left
    /// For numbers and amounts.
    case right
  }

  struct Column: Sendable {
    var title: String
    var alignment: Alignment

    init(_ title: String, _ alignment: Alignment = .left) {
      self.title = title
      self.alignment = alignment
    }
  }

  struct Cell: Sendable, ExpressibleByStringInterpolation {
    var text: String
    var tone: TextStyle.Tone?

    init(_ text: String, _ tone: TextStyle.Tone? = nil) {
      self.text = text.printable
      self.tone = tone
    }

    init(stringLiteral value: String) { self.init(value) }
  }

  var columns: [Column]
  var rows: [[Cell]] = []

  init(_ columns: Column...) { self.columns = columns }

  mutating func append(_ cells: Cell...) { rows.append(cells) }

  /// The titles and the rows, each a line ended with a line feed; trailing spaces are left out.
  func text(_ style: TextStyle) -> String {
    let titles = columns.map { Cell($0.title, .strong) }
    let widths = columns.indices.map { column in
      ([titles] + rows).reduce(0) { max($0, $1[column].text.displayWidth) }
    }
    return ([titles] + rows).reduce(into: "") { text, row in
      text += line(row, widths, style) + "\n"
    }
  }

  private func line(_ row: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
    let last = row.lastIndex { !$0.text.isEmpty } ?? 0
    return row[...last].enumerated().map { column, cell in
      let spaces = String(repeating: " ", count: widths[column] - cell.text.displayWidth)
      let painted = style.paint(cell.text, cell.tone)
      if columns[column].alignment == .right { return spaces + painted }
      return column == last ? painted : painted + spaces
    }.joined(separator: "  ")
  }
}
