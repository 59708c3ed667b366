import CZlib
import Definitions
import Messages
import TestSupport
import Testing

@testable import Commands

/// Tables that look nothing like ours, read by a mapping alone.
struct ImportLayoutsTests {
  private let folder = TemporaryFolder()

  private func run(
    items: String, events: [String], mapping: String, badShareMax: Double = 0
  ) throws -> ImportReport {
    var options = ImportOptions(
      items: [items], features: "\(Checkout.root)/deploy/features.json",
      output: folder.file("data"))
    options.events = events
    options.mapping = mapping
    options.timeZone = "Europe/Berlin"
    options.badShareMax = badShareMax
    return try Importer.run(options, compileZone: { _ in try WallClockTests.berlin() })
  }

  private func catalogue() throws -> Catalogue {
    try Catalogue(loading: folder.file("data/catalogue.brigade"))
  }

  private func events() throws -> [Event] {
    var events: [Event] = []
    try EventLog.read(folder.file("data/events.brigade")) { event, _ in events.append(event) }
    return events
  }

  private func gzip(_ text: String, to name: String) -> String {
    let path = folder.file(name)
    let stream = gzopen(path, "wb")
    let bytes = Array(text.utf8)
    #expect(gzwrite(stream, bytes, UInt32(bytes.count)) == bytes.count)
    gzclose(stream)
    return path
  }

  // MARK: The example that ships

  private func importDelivery() throws -> ImportReport {
    let example = "\(Checkout.root)/deploy/mappings/delivery"
    return try run(
      items: "\(example)/stores.csv", events: ["\(example)/orders.tsv"],
      mapping: "\(example)/mapping.json")
  }

  @Test func `order lines of a delivery service come in`() throws {
    let report = try importDelivery()
    let table = try #require(report.table(.events))
    // One order is cancelled, one has two lines, and "-" is no order's number.
    #expect((table.rows, table.kept, table.leftOut, table.duplicates) == (10, 8, 1, 1))
    #expect(report.eventsByKind == [.click: 2, .order: 6])
    #expect(report.json.contains("\"left_out\": 1"))
    let events = try events()
    let first = try #require(events.first)
    // 18:41 on Berlin's clock, in summer.
    #expect(first.timeMilliseconds == 1_759_509_660_000)
    #expect((first.kind, first.userID, first.itemID, first.value) == (.click, "7001", "104", 0))
    #expect(events[1].id == "5001")
    #expect(events[1].value == 12.9)
    #expect(events[1].place?.latitude == 52.52)
    #expect(events[1].place?.longitude == 13.405)
  }

  @Test func `places, ratings out of ten and categories from general to special come in`() throws {
    _ = try importDelivery()
    let catalogue = try catalogue()
    let thai = try #require(catalogue.items.first)
    #expect(thai.name == "Mai Thai")
    #expect(thai.coordinate == Coordinate(latitude: 52.5219, longitude: 13.4132))
    #expect(thai.categories.map { catalogue.categoryNames[$0] } == ["Thai", "Asian", "Food"])
    #expect((thai.price, thai.rating, thai.ratings) == (2, 4.3, 212))
    // Midnight of 3 May 2021; the zone of these tests has no summer time before 2025.
    #expect(thai.openedMilliseconds == 1_620_000_000_000 - 3_600_000)
    #expect(catalogue.items[4].rating.isNaN)
    #expect(catalogue.items[5].hours.alwaysOpen)
  }

  // MARK: JSON Lines

  private static let places = """
    {"poi": {"no": 17, "geo": {"latE7": 525200000, "lonE7": 134050000}}, "tags": [{"t": "Thai"}, {"t": "hot"}], "stars": 8}
    {"poi": {"no": 18, "geo": {"latE7": 524996000, "lonE7": 134184000}}, "tags": [], "stars": null}
    {"poi": {"no": 17, "geo": {"latE7": 525200000, "lonE7": 134050000}}, "tags": [{"t": "Bar"}]}

    """
  private static let visits = """
    {"t": 1759509660, "who": {"id": 9007199254740993}, "poi": {"no": 17}, "at": [13.4, 52.5], "did": "buy", "sum": 1290}
    {"t": 1759509661.5, "who": {"id": 4}, "poi": {"no": 18}, "at": [13.4, 52.5], "did": "look", "test": true}
    {"t": 1759509662, "who": {"id": 4}, "poi": {"no": 18}, "at": [], "did": "buy"}

    """
  private static let placesMapping = """
    {"items": {"id": "poi.no", "repeats": true,
               "latitude": {"column": "poi.geo.latE7", "scale": 1e-7},
               "longitude": {"column": "poi.geo.lonE7", "scale": 1e-7},
               "categories": {"column": "tags.t", "values": {"hot": ""}, "default": "Other"},
               "rating": {"column": "stars", "scale": 0.5, "default": 2.5}},
     "events": {"time": {"column": "t", "unit": "seconds"}, "user": "who.id", "item": "poi.no",
                "kind": {"column": "did", "values": {"buy": "order", "look": "click"}},
                "longitude": {"column": "at", "part": 1}, "latitude": {"column": "at", "part": 2},
                "value": {"column": "sum", "scale": 0.01, "default": 20},
                "position": "pos", "keep": {"test": [""]}}}
    """

  @Test func `nested JSON Lines with numbers for ids come in`() throws {
    folder.write(Self.placesMapping, to: "mapping.json")
    let report = try run(
      items: gzip(Self.places, to: "places.jsonl.gz"),
      events: [gzip(Self.visits, to: "visits.ndjson.gz")],
      mapping: folder.file("mapping.json"))
    #expect(report.table(.items)?.duplicates == 1)
    #expect(report.table(.events)?.leftOut == 1)
    let catalogue = try catalogue()
    #expect(catalogue.items.map(\.id) == ["17", "18"])
    let place = catalogue.items[0].coordinate
    #expect(abs(place.latitude - 52.52) < 1e-9 && abs(place.longitude - 13.405) < 1e-9)
    #expect(
      catalogue.items.map { $0.categories.map { catalogue.categoryNames[$0] } }
        == [["Thai"], ["Other"]])
    // The default is in stars, not in half ones.
    #expect(catalogue.items.map(\.rating) == [4, 2.5])
    let events = try events()
    #expect(events.map(\.userID) == ["9007199254740993", "4"])
    #expect(events.map(\.value) == [12.9, 20])
    #expect(events[0].place?.latitude == 52.5)
    #expect(events[1].place == nil)
  }

  @Test func `a column that no row of JSON Lines has is told`() throws {
    folder.write(Self.placesMapping, to: "mapping.json")
    folder.write(Self.places, to: "places.jsonl")
    folder.write(Self.visits, to: "visits.jsonl")
    let report = try run(
      items: folder.file("places.jsonl"), events: [folder.file("visits.jsonl")],
      mapping: folder.file("mapping.json"))
    #expect(
      report.table(.events)?.absentColumns == ["pos of \(folder.file("visits.jsonl"))"])
    #expect(report.text.contains("no row has the column pos of "))
    #expect(report.table(.items)?.absentColumns == [])
  }

  // MARK: One table for both

  @Test func `items may be taken from the table of the events`() throws {
    folder.write(
      """
      470\t49bbd6c0\tArts Store\t40.71981\t-74.00258\t-240\tTue Apr 03 18:00:09 +0000 2012
      979\t4a43c0ae\tBridge\t40.60680\t-74.04417\t-240\tTue Apr 03 18:00:25 +0000 2012
      470\t49bbd6c0\tArts Store\t40.71981\t-74.00258\t-240\tWed Apr 04 18:00:09 +0000 2012

      """, to: "checkins.txt")
    let header = #"["user", "venue", "category", "lat", "lon", "offset", "at"]"#
    folder.write(
      """
      {"items": {"delimiter": "\\t", "header": \(header), "repeats": true, "id": "venue",
                 "latitude": "lat", "longitude": "lon", "categories": "category"},
       "events": {"delimiter": "\\t", "header": \(header), "user": "user", "item": "venue",
                  "kind": {"constant": "order"},
                  "time": {"column": "at", "format": "%a %b %d %H:%M:%S %z %Y"}}}
      """, to: "mapping.json")
    let path = folder.file("checkins.txt")
    let report = try run(items: path, events: [path], mapping: folder.file("mapping.json"))
    #expect((report.items, report.events, report.users) == (2, 3, 2))
    #expect(report.table(.items)?.duplicates == 1)
    #expect(try events().first?.timeMilliseconds == 1_333_476_009_000)
  }

  // MARK: What does not fit

  @Test func `a bad row names file, line, field and column`() throws {
    folder.write(
      """
      no;where;score;kind
      1;52.5,13.4;8.5;x
      2;52.5;8,5;x
      3;52.5,east;8,5;x
      4;52.5,13.4;8,5;x

      """, to: "items.csv")
    folder.write("at;k;u;i\n31.10.2025;buy;u;4\n2025-10-31;view;u;4\n", to: "events.csv")
    folder.write(
      """
      {"items": {"delimiter": ";", "id": "no", "rating": {"column": "score", "decimal": ",", "scale": 0.5},
                 "latitude": {"column": "where", "separator": ",", "part": 1},
                 "longitude": {"column": "where", "separator": ",", "part": 2}},
       "events": {"delimiter": ";", "time": {"column": "at", "format": "%d.%m.%Y", "time_zone": "Europe/Berlin"},
                  "kind": "k", "user": "u", "item": "i"}}
      """, to: "mapping.json")
    let report = try run(
      items: folder.file("items.csv"), events: [folder.file("events.csv")],
      mapping: folder.file("mapping.json"), badShareMax: 1)
    let items = folder.file("items.csv")
    let events = folder.file("events.csv")
    #expect(
      report.tables.flatMap(\.firstBad).map(\.description) == [
        "\(items):2: rating (column \"score\") is not a number: \"8.5\"",
        "\(items):3: one of latitude and longitude is missing",
        "\(items):4: longitude (column \"where\") is not a number: \"east\"",
        "\(events):2: kind (column \"k\") is none of open, impression, click, order, rating; "
          + "\"values\" translates, \"keep\" leaves out: \"buy\"",
        "\(events):3: time (column \"at\"): not a time like %d.%m.%Y: \"2025-10-31\"",
      ])
  }

  @Test func `a column to keep by must be there`() throws {
    folder.write("id,latitude,longitude,state\na,1,2,open\n", to: "items.csv")
    folder.write(
      """
      {"items": {"id": "id", "latitude": "latitude", "longitude": "longitude",
                 "keep": {"stat": ["open"]}}}
      """, to: "mapping.json")
    let error = #expect(throws: ImportError.self) {
      try run(
        items: folder.file("items.csv"), events: [], mapping: folder.file("mapping.json"))
    }
    #expect(
      error?.description.hasSuffix(
        "no column \"stat\" for items.keep; did you mean \"state\"?") == true)
  }
}
