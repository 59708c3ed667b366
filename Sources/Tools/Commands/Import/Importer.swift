internal import Definitions
package import Messages
internal import Storage

/// `brigade import`: the user's own tables become a data folder.
///
/// Rows that cannot be used are counted and reported, never dropped in silence; what an event says of
/// an item that no table lists is such a row. Events are put in the order of their times.
/// Memory: all of it, encoded, about 100 bytes an event.
package struct Importer {
  private let options: ImportOptions
  private let compileZone: (String) throws -> Zone
  private let progress: (String) -> Void
  private let writer: DataFolderWriter
  private var report = ImportReport()
  /// By key; ids are compared where keys are equal.
  private var itemRows: [UInt64: Int32] = [:]
  private var itemIDs: [String] = []
  private var userIDs: Set<String> = []
  private var eventIDs: Set<String> = []
  /// True where the machine knows the zone.
  private var zones: [String: Bool] = [:]
  private var events = EventSorter()

  /// Throws `ImportError`, or what reading the definition and writing the folder throw; all of them
  /// describe themselves. `progress` gets a line now and then.
  package static func run(
    _ options: ImportOptions,
    compileZone: @escaping (String) throws -> Zone = ZoneCompiler.compile,
    progress: @escaping (String) -> Void = { _ in }
  ) throws -> ImportReport {
    var mapping = ImportMapping()
    if let path = options.mapping {
      let bytes = try FileContents.read(path, bytesMax: ImportMapping.fileBytesMax)
      mapping = try ImportMapping(parsing: bytes, file: path, compileZone: compileZone)
    }
    var importer = try Importer(options, compileZone: compileZone, progress: progress)
    try importer.readTables(mapping)
    return try importer.finish()
  }

  private init(
    _ options: ImportOptions, compileZone: @escaping (String) throws -> Zone,
    progress: @escaping (String) -> Void
  ) throws {
    self.options = options
    self.compileZone = compileZone
    self.progress = progress
    writer = try DataFolderWriter(folder: options.output, featuresPath: options.features)
    writer.add(try compileZone(options.timeZone))
    zones[options.timeZone] = true
  }

  private mutating func readTables(_ mapping: ImportMapping) throws {
    try read(.items, options.items, mapping) { importer, fields in try importer.addItem(fields) }
    try read(.users, options.users, mapping) { importer, fields in try importer.addUser(fields) }
    try read(.events, options.events, mapping) { importer, fields in try importer.addEvent(fields) }
  }

  /// `add` throws `RowProblem` for a bad row, and tells whether the row was new.
  private mutating func read(
    _ table: ImportTable, _ paths: [String], _ mapping: ImportMapping,
    _ add: (inout Importer, RowFields) throws -> Bool
  ) throws {
    let rowsPerProgress = 250_000
    var counts = TableReport(table, badRowsShown: options.badRowsShown)
    for path in paths {
      let file = TableFile(path: path, table: table, mapping: mapping.table(table))
      counts.files.append(path)
      let columns = try file.forEachRow { line, row in
        counts.rows += 1
        do {
          let fields = try row.get()
          if !(try fields.isKept()) {
            counts.leftOut += 1
          } else if !(try add(&self, fields)) {
            counts.duplicates += 1
          }
        } catch let problem as RowProblem {
          counts.note(problem, file: path, line: line)
        }
        if counts.rows % rowsPerProgress == 0 { progress("\(table.rawValue): \(counts.rows) rows") }
      }
      counts.ignoredColumns += columns.ignored.map { "\($0) of \(path)" }
      counts.absentColumns += columns.absent.map { "\($0) of \(path)" }
    }
    if !paths.isEmpty { report.tables.append(counts) }
  }

  private mutating func finish() throws -> ImportReport {
    guard report.tables.allSatisfy({ $0.badShare <= options.badShareMax }) else {
      throw ImportError.tooManyBadRows(report: report, shareMax: options.badShareMax)
    }
    progress("writing \(options.output)")
    try events.flush { payload, row in try writer.add(event: payload, orderedRow: row) }
    report.items = writer.itemsCount
    report.users = writer.usersCount
    report.events = writer.eventsCount
    try writer.finish()
    return report
  }
}

/// One row each; false for one that is there already.
extension Importer {
  private mutating func addItem(_ fields: RowFields) throws -> Bool {
    let item = try ImportRowReader.item(fields, defaultZone: options.timeZone)
    let key = itemKey(item.id)
    if let row = itemRows[key] {
      let other = itemIDs[Int(row)]
      if other == item.id, fields.mapping.repeats { return false }
      throw other == item.id
        ? RowProblem("an item of this id is there already", RowProblem.quote(item.id))
        : RowProblem(
          "another item has the same key; rename one of them", "\"\(other)\" and \"\(item.id)\"")
    }
    try admitZone(item.zone)
    itemRows[key] = Int32(itemIDs.count)
    itemIDs.append(item.id)
    writer.add(item)
    return true
  }

  private mutating func admitZone(_ name: String) throws {
    if zones[name] == nil {
      do {
        writer.add(try compileZone(name))
        zones[name] = true
      } catch {
        zones[name] = false
      }
    }
    if zones[name] != true { throw RowProblem("unknown time zone", RowProblem.quote(name)) }
  }

  private mutating func addUser(_ fields: RowFields) throws -> Bool {
    let user = try ImportRowReader.user(fields)
    guard userIDs.insert(user.id).inserted else {
      if fields.mapping.repeats { return false }
      throw RowProblem("a user of this id is there already", RowProblem.quote(user.id))
    }
    writer.add(user)
    return true
  }

  private mutating func addEvent(_ fields: RowFields) throws -> Bool {
    let event = try ImportRowReader.event(fields)
    let row = itemRows[itemKey(event.itemID)].map(Int.init)
    if !event.itemID.isEmpty, row.map({ itemIDs[$0] }) != event.itemID {
      throw RowProblem("no table has the item", RowProblem.quote(event.itemID))
    }
    guard eventIDs.insert(event.id).inserted else { return false }
    if userIDs.insert(event.userID).inserted {
      var user = User()
      user.id = event.userID
      writer.add(user)
      report.usersAdded += 1
    }
    report.eventsByKind[event.kind, default: 0] += 1
    report.firstMilliseconds = min(report.firstMilliseconds ?? .max, event.timeMilliseconds)
    report.lastMilliseconds = max(report.lastMilliseconds ?? .min, event.timeMilliseconds)
    events.append(event, row: row)
    return true
  }
}
