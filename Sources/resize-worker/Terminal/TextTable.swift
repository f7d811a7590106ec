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
    /// Columns with a rank are left out where the terminal is too narrow, the lowest rank first.
    var rank: Int?

    init(_ title: String, _ alignment: Alignment = .left, leftOut rank: Int? = nil) {
      self.title = title
      self.alignment = alignment
      self.rank = rank
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
  ///
  /// On a terminal that is too narrow for them, columns are left out by their rank, and a last line
  /// names them.
  func text(_ style: TextStyle) -> String {
    var table = self
    var missing: [String] = []
    while let width = style.columns, table.width > width, let column = table.mostDispensable {
      missing.append(table.columns.remove(at: column).title)
      for row in table.rows.indices { table.rows[row].remove(at: column) }
    }
    guard !missing.isEmpty else { return table.lines(style) }
    let note = "(a wider terminal shows \(missing.joined(separator: ", ")) as well)"
    return table.lines(style) + style.paint(note, .quiet) + "\n"
  }

  private var mostDispensable: Int? {
    columns.indices.filter { columns[$0].rank != nil }
      .min { (columns[$0].rank ?? 0) < (columns[$1].rank ?? 0) }
  }

  private var widths: [Int] {
    columns.indices.map { column in
      rows.reduce(columns[column].title.displayWidth) { max($0, $1[column].text.displayWidth) }
    }
  }

  private var width: Int { widths.reduce(0, +) + 2 * (columns.count - 1) }

  private func lines(_ style: TextStyle) -> String {
    let widths = widths
    let titles = columns.map { Cell($0.title, .strong) }
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
