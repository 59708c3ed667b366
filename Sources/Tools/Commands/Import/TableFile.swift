internal import JSON
internal import Node

/// Reads the rows of one file of a table.
struct TableFile {
  private enum Format {
    case csv(delimiter: UInt8)
    case jsonLines
  }

  /// A row and its fields' places, or what is wrong with the row of that line.
  typealias Body = (_ line: Int, _ row: Result<RowFields, RowProblem>) throws -> Void

  let path: String
  let table: ImportTable
  let mapping: TableMapping
  let limits: RowLimits

  init(path: String, table: ImportTable, mapping: TableMapping, limits: RowLimits = RowLimits()) {
    self.path = path
    self.table = table
    self.mapping = mapping
    self.limits = limits
  }

  /// Returns the columns of the header that no field takes. Throws `ImportError` where the file as a
  /// whole cannot be read, and whatever `body` throws.
  func forEachRow(_ body: Body) throws -> [String] {
    switch try format() {
    case .csv(let delimiter): return try readCSV(delimiter, body)
    case .jsonLines:
      try readJSONLines(body)
      return []
    }
  }

  private func format() throws(ImportError) -> Format {
    let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
    if name.hasSuffix(".tsv") { return .csv(delimiter: mapping.delimiter ?? UInt8(ascii: "\t")) }
    if name.hasSuffix(".csv") { return .csv(delimiter: mapping.delimiter ?? UInt8(ascii: ",")) }
    throw .file(
      path: path, reason: "its name ends in none of .csv, .tsv, .jsonl, .ndjson (and .gz after it)")
  }

  private func readCSV(_ delimiter: UInt8, _ body: Body) throws -> [String] {
    var columns = try mapping.header.map { try TableColumns(header: $0, of: self) }
    var parser = CSVParser(delimiter: delimiter, limits: limits)
    func emit(_ line: Int, _ row: Result<[String], RowProblem>) throws {
      guard let known = columns else {
        columns = try TableColumns(header: try headerRow(line, row), of: self)
        return
      }
      try body(line, row.flatMap { known.fields($0, line: line) })
    }
    let file = try InputFile(path)
    try file.forEachChunk { try parser.feed($0, emit) }
    try parser.finish(emit)
    guard let columns else { throw ImportError.file(path: path, reason: "it has no header row") }
    return columns.ignored
  }

  private func headerRow(
    _ line: Int, _ row: Result<[String], RowProblem>
  ) throws(ImportError) -> [String] {
    switch row {
    case .success(let names): return names
    case .failure(let problem):
      throw .file(path: "\(path):\(line)", reason: "the header row: \(problem)")
    }
  }

  private func readJSONLines(_ body: Body) throws {
    let columns = TableColumns(mapping: mapping)
    var splitter = LineSplitter(lineBytesMax: limits.rowBytesMax)
    func emit(_ line: Int, _ bytes: Result<[UInt8], RowProblem>) throws {
      if case .success(let bytes) = bytes, bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
      try body(line, bytes.flatMap { columns.fields(json: $0, line: line) })
    }
    let file = try InputFile(path)
    try file.forEachChunk { try splitter.feed($0, emit) }
    try splitter.finish(emit)
  }
}

/// Which column of a file each field is.
struct TableColumns {
  private let mapping: TableMapping
  private let indexes: [String: Int]
  private let count: Int
  /// Columns that no field takes.
  let ignored: [String]

  /// JSON Lines: every row has its own names.
  init(mapping: TableMapping) {
    self.mapping = mapping
    indexes = [:]
    count = 0
    ignored = []
  }

  /// Throws where a column is missing that the mapping names, or that a required field needs.
  init(header: [String], of file: TableFile) throws(ImportError) {
    mapping = file.mapping
    count = header.count
    var places: [String: Int] = [:]
    for (index, name) in header.enumerated() {
      guard places.updateValue(index, forKey: name) == nil else {
        throw .file(path: file.path, reason: "the column \"\(name)\" is there twice")
      }
    }
    var indexes: [String: Int] = [:]
    var taken: Set<String> = []
    for field in file.table.fields {
      guard case .column(let column)? = mapping.fields[field.name]?.source else { continue }
      if let place = places[column] {
        indexes[field.name] = place
        taken.insert(column)
      } else if field.isRequired || !mapping.isDefault {
        let hint = nearestName(to: column, among: header).map { "; did you mean \"\($0)\"?" }
        throw .file(
          path: file.path,
          reason: "no column \"\(column)\" for \(file.table.rawValue).\(field.name)"
            + (hint ?? "; it has \(header.joined(separator: ", "))"))
      }
    }
    self.indexes = indexes
    ignored = header.filter { !taken.contains($0) }
  }

  func fields(_ row: [String], line: Int) -> Result<RowFields, RowProblem> {
    guard row.count == count else {
      return .failure(
        RowProblem(
          "the row has another number of fields than the header", "\(row.count), not \(count)"))
    }
    return .success(
      RowFields(
        row: InputRow(line: line, content: .fields(row)), mapping: mapping, indexes: indexes))
  }

  func fields(json bytes: [UInt8], line: Int) -> Result<RowFields, RowProblem> {
    do throws(JSONError) {
      let value = try JSONValue(parsing: bytes)
      guard value.object != nil else {
        return .failure(RowProblem("the line is no JSON object", value.typeName))
      }
      return .success(
        RowFields(
          row: InputRow(line: line, content: .object(value)), mapping: mapping, indexes: [:]))
    } catch {
      return .failure(
        RowProblem("the line is not JSON", "column \(error.position.column): \(error.message)"))
    }
  }
}
