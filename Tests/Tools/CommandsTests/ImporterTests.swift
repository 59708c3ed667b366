import CZlib
import Definitions
import Messages
import TestSupport
import Testing

@testable import Commands

struct ImporterTests {
  private let folder = TemporaryFolder()

  /// Without asking the machine, whose time zone is one for all tests of this process.
  static func zone(_ name: String) throws -> Zone {
    guard name != "Nowhere/At_All" else { throw InvalidZone(name: name, reason: "unknown") }
    var zone = Zone()
    zone.name = name
    zone.fromUtcSeconds = [0]
    zone.offsetSeconds = [-8 * 3600]
    return zone
  }

  private func options(_ files: [String: String]) -> ImportOptions {
    for (name, text) in files { folder.write(text, to: name) }
    func paths(_ table: String) -> [String] {
      files.keys.filter { $0.hasPrefix(table) }.sorted().map(folder.file)
    }
    var options = ImportOptions(
      items: paths("items"), features: "\(Checkout.root)/deploy/features.json",
      output: folder.file("a/b/data"))
    options.users = paths("users")
    options.events = paths("events")
    options.badShareMax = 1
    return options
  }

  private func run(_ files: [String: String], mapping: String? = nil) throws -> ImportReport {
    var options = options(files)
    if let mapping {
      folder.write(mapping, to: "mapping.json")
      options.mapping = folder.file("mapping.json")
    }
    return try Importer.run(options, compileZone: Self.zone)
  }

  private func catalogue() throws -> Catalogue {
    try Catalogue(loading: folder.file("a/b/data/catalogue.brigade"))
  }

  private func events() throws -> [Event] {
    var events: [Event] = []
    try EventLog.read(folder.file("a/b/data/events.brigade")) { event, _ in events.append(event) }
    return events
  }

  private let items = """
    id,latitude,longitude,name,categories,price,rating,ratings,hours,opened,extra
    a,40.7,-74,Ada,Thai; Asian,2,4.5,10,Mo-Fr 11:00-22:00,2012-01-01,x
    b,40.8,-74.1,,Pizza,,,,,,y

    """

  @Test func `the columns of the help make a catalogue`() throws {
    let report = try run(["items.csv": items])
    let catalogue = try catalogue()
    let ada = try #require(catalogue.items.first)
    #expect(ada.name == "Ada")
    #expect(ada.categories.map { catalogue.categoryNames[$0] } == ["Thai", "Asian"])
    #expect((ada.price, ada.ratings) == (2, 10))
    #expect(ada.rating == 4.5)
    #expect(ada.openedMilliseconds == 1_325_376_000_000)
    #expect(!ada.hours.isOpen(minuteOfWeek: 10 * 60))
    #expect(catalogue.items[1].name == "Pizza b")
    #expect(catalogue.items[1].rating.isNaN)
    #expect(catalogue.items[1].hours.alwaysOpen)
    #expect(report.table(.items)?.ignoredColumns == ["extra of \(folder.file("items.csv"))"])
    #expect(
      FileBytes.equal(
        folder.bytes(of: "a/b/data/features.json"), "\(Checkout.root)/deploy/features.json"))
  }

  @Test func `bad rows are counted by reason and named by line`() throws {
    let report = try run([
      "items.csv": items + """
        c,91,0,,,,,,,,
        d,x,0,,,,,,,,
        a,1,1,,,,,,,,
        e,1
        f,1,1,,,9,,,,,
        g,1,1,,,,,,sometimes,,
        h,,,,,,,,,,
        i,1,1,,,,nan,,,,
        """
    ])
    let table = try #require(report.table(.items))
    #expect((table.rows, table.kept, table.bad) == (10, 2, 8))
    #expect(table.reasons.values.reduce(0, +) == 8)
    #expect(
      table.firstBad.map { "\($0.line) \($0.problem)" } == [
        "4 latitude is not -90 to 90: 91", "5 latitude is not a number: \"x\"",
        "6 an item of this id is there already: \"a\"",
        "7 the row has another number of fields than the header: 2, not 11",
        "8 price is not 0 to 4: 9",
        "9 not opening hours: \"sometimes\": \"sometimes\" has no times",
        "10 no latitude and longitude", "11 rating is not a number: \"nan\"",
      ])
    #expect(report.text.contains("items.csv:5: latitude is not a number: \"x\""))
    #expect(try catalogue().items.count == 2)
  }

  private let eventHeader = "id,time,kind,user,item,value,latitude,longitude\n"

  @Test func `events are sorted, repeated ids dropped, and unlisted users added`() throws {
    let report = try run([
      "items.csv": items, "users.csv": "id,latitude,longitude\nu1,40.7,-74\n",
      "events.csv": eventHeader + """
        e2,2012-05-01T12:00Z,order,u2,a,12.5,40.7,-74
        e1,2012-04-01T12:00Z,open,u1,,,,
        e2,2012-06-01T12:00Z,order,u2,a,12.5,,
        e3,2012-05-01T12:00Z,rating,u2,a,4,,
        """,
    ])
    let table = try #require(report.table(.events))
    #expect((table.rows, table.kept, table.duplicates, table.bad) == (4, 3, 1, 0))
    #expect(report.usersAdded == 1)
    #expect(report.eventsByKind == [.open: 1, .order: 1, .rating: 1])
    let events = try events()
    #expect(events.map(\.id) == ["e1", "e2", "e3"])
    #expect(events[1].place?.latitude == 40.7)
    #expect(events[0].place == nil)
    let users = try catalogue().users
    #expect(Set(users.keys) == ["u1", "u2"])
    #expect(users["u1"]?.home?.latitude == 40.7)
  }

  @Test func `an event that cannot be is a bad row`() throws {
    let report = try run([
      "items.csv": items,
      "events.csv": eventHeader + """
        1,2012-05-01T12:00Z,order,u,nowhere,,,
        2,2012-05-01T12:00Z,bought,u,a,,,
        3,2012-05-01T12:00Z,order,,a,,,
        4,2012-05-01T12:00Z,click,u,,,,
        5,2012-05-01T12:00Z,rating,u,a,,,
        6,2012-05-01T12:00Z,rating,u,a,6,,
        7,2012-05-01,order,u,a,,1,
        8,,order,u,a,,,
        9,yesterday,order,u,a,,,
        """,
    ])
    #expect(
      report.table(.events)?.firstBad.map(\.problem.reason) == [
        "no table has the item",
        "kind is none of open, impression, click, order, rating", "no user", "no item",
        "a rating without a value", "value is not 1 to 5",
        "one of latitude and longitude is missing", "no time",
        "time: not a time like 2012-04-03T18:04:00Z",
      ])
    #expect(try events().isEmpty)
    // A user whom only bad rows name is nobody.
    #expect(report.users == 0)
  }

  @Test func `ids that rows lack are made of their content`() throws {
    let files = [
      "items.csv": items,
      "events.csv": """
      time,kind,user,item
      2012-05-01T12:00Z,order,u,a
      2012-05-01T12:00Z,order,u,b
      2012-05-01T12:00Z,order,u,a
      """,
    ]
    let report = try run(files)
    #expect(report.table(.events)?.duplicates == 1)
    let ids = try events().map(\.id)
    #expect(Set(ids).count == 2)
    _ = try run(files)
    #expect(try events().map(\.id) == ids)
  }

  @Test func `JSON Lines are read with paths and arrays`() throws {
    let report = try run(
      [
        "items.jsonl": """
        {"id": 7, "geo": {"lat": 1.5, "lon": 2}, "tags": ["Thai", "Asian"]}
        not json
        [1]
        {"id": "x\\u0000", "geo": {"lat": 1, "lon": 2}, "tags": null}

        {"id": "y", "geo": {"lat": 1, "lon": 2}, "tags": [{}]}
        """
      ],
      mapping: """
        {"items": {"id": "id", "latitude": "geo.lat", "longitude": "geo.lon", "categories": "tags"}}
        """)
    let table = try #require(report.table(.items))
    #expect((table.rows, table.bad) == (5, 4))
    #expect(table.firstBad.map(\.line) == [2, 3, 4, 6])
    #expect(try catalogue().items.map(\.name) == ["Thai 7"])
  }

  @Test func `a mapping renames, scales, splits, replaces and fixes`() throws {
    _ = try run(
      [
        "items.csv": "r1|1|2|Thai/Asian|8\n",
        "events.tsv": "when\twhat\tuid\trid\n1333476240\tbuy\tu\tr1\n",
      ],
      mapping: """
        {"items": {"id": "k", "latitude": "y", "longitude": "x", "time_zone": {"constant": "Mars/X"},
                   "categories": {"column": "c", "separator": "/"}, "rating": {"column": "s", "scale": 0.5},
                   "delimiter": "|", "header": ["k", "y", "x", "c", "s"]},
         "events": {"time": {"column": "when", "unit": "seconds"}, "user": "uid", "item": "rid",
                    "kind": {"column": "what", "values": {"buy": "order"}}}}
        """)
    let catalogue = try catalogue()
    #expect(catalogue.items[0].rating == 4)
    #expect(catalogue.categoryNames == ["Thai", "Asian"])
    #expect(catalogue.zones[catalogue.items[0].zone].name == "Mars/X")
    #expect(try events().map(\.timeMilliseconds) == [1_333_476_240_000])
    #expect(try events().map(\.kind) == [.order])
  }

  @Test func `gzip is read, and a cut one is an error`() throws {
    let path = folder.file("items.csv.gz")
    let stream = gzopen(path, "wb")
    let bytes = Array(items.utf8)
    #expect(gzwrite(stream, bytes, UInt32(bytes.count)) == bytes.count)
    gzclose(stream)
    var options = options([:])
    options.items = [path]
    #expect(try Importer.run(options, compileZone: Self.zone).items == 2)
    folder.write(Array(folder.bytes(of: "items.csv.gz").dropLast(12)), to: "items.csv.gz")
    #expect(throws: ImportError.self) { try Importer.run(options, compileZone: Self.zone) }
  }

  @Test func `too many bad rows leave the folder as it was`() throws {
    _ = try run(["items.csv": items])
    let before = folder.bytes(of: "a/b/data/catalogue.brigade")
    var options = options(["items.csv": items + "c,91,0,,,,,,,,\n"])
    options.badShareMax = 0.3
    let error = #expect(throws: ImportError.self) {
      try Importer.run(options, compileZone: Self.zone)
    }
    guard case .tooManyBadRows(let report, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(report.table(.items)?.bad == 1)
    #expect(folder.bytes(of: "a/b/data/catalogue.brigade") == before)
    options.badShareMax = 0.34
    #expect(try Importer.run(options, compileZone: Self.zone).items == 2)
  }

  @Test func `a file that does not fit is named, with the nearest column`() throws {
    func failure(_ files: [String: String], mapping: String? = nil) -> String {
      do {
        _ = try run(files, mapping: mapping)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      failure(["items.csv": "id,latitute,longitude\n"]).hasSuffix(
        "no column \"latitude\" for items.latitude; did you mean \"latitute\"?"))
    #expect(failure(["items.csv": ""]).hasSuffix("it has no header row"))
    #expect(failure(["items.csv": "id,id\n"]).hasSuffix("the column \"id\" is there twice"))
    #expect(failure(["items.xls": ""]).contains(".csv, .tsv, .jsonl"))
    #expect(failure(["items.csv": "id\n"], mapping: "{").contains("mapping.json:1:2"))
    var missing = options(["items.csv": items])
    missing.items = [folder.file("none.csv")]
    #expect(throws: ImportError.self) { try Importer.run(missing, compileZone: Self.zone) }
  }

  @Test func `a time zone that the machine lacks makes bad rows`() throws {
    let report = try run([
      "items.csv": "id,latitude,longitude,time_zone\na,1,1,Nowhere/At_All\nb,1,1,Mars/X\n"
    ])
    #expect(report.table(.items)?.reasons == ["unknown time zone": 1])
  }

  @Test func `the popular file has the most ordered items first`() throws {
    _ = try run([
      "items.csv": items,
      "events.csv": "time,kind,user,item\n2012-05-01T12:00Z,order,u,b\n2012-05-01,click,u,a\n",
    ])
    let popular = try Catalogue(
      loading: folder.file("a/b/data/popular.brigade"), kind: Catalogue.popularKind)
    #expect(popular.items.map(\.id) == ["b", "a"])
  }

  @Test(
    .enabled(
      if: SharedData.has("data/nyc/visits.csv.gz"),
      "\(SharedData.absence("data/nyc/visits.csv.gz"))"))
  func `the New York check-ins come in without a bad row`() throws {
    var options = options([:])
    options.items = ["\(SharedData.folder)/data/nyc/venues.csv.gz"]
    options.events = ["\(SharedData.folder)/data/nyc/visits.csv.gz"]
    options.mapping = "\(Checkout.root)/deploy/mappings/foursquare-nyc.json"
    options.timeZone = "America/New_York"
    let report = try Importer.run(options, compileZone: Self.zone)
    #expect((report.items, report.users, report.events) == (1_154, 1_027, 23_905))
    #expect(report.tables.allSatisfy { $0.bad == 0 && $0.duplicates == 0 })
    #expect(try catalogue().items.allSatisfy { !($0.rating > 5) })
  }
}

private enum FileBytes {
  static func equal(_ bytes: [UInt8], _ path: String) -> Bool {
    (try? FileContents.read(path, bytesMax: 1 << 20)) == bytes
  }
}
