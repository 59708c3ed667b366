internal import Definitions
internal import Glibc
package import Messages

/// `brigade city`: a simulated city. Nothing in it is real but, by default, where it lies.
///
/// Places stand in neighbourhoods; people with hidden tastes open an app around meal times, see a
/// list, click, order and sometimes rate. So there is something for a model to learn, and what it
/// could learn at best is known. Memory: the places and people and one day of events.
package struct City {
  private static let dayMilliseconds: Int64 = 86_400_000
  private static let orderPrices = [0.0, 14, 24, 42, 75]

  private let options: CityOptions
  private let zone: ZoneTable
  private let map: CityMap
  private let writer: DataFolderWriter
  private var ranking: CityRanking
  private var users: [CityUser]
  private var generator: SplitMix64
  private var events = EventSorter()
  private var eventNumber = 0
  private var summary = CitySummary()

  /// Throws `ImportError` for options that make no city, and what reading the definition and
  /// writing the folder throw; all of them describe themselves. `progress` gets a line now and then.
  package static func run(
    _ options: CityOptions, compileZone: (String) throws -> Zone = ZoneCompiler.compile,
    progress: (String) -> Void = { _ in }
  ) throws -> CitySummary {
    guard options.problems.isEmpty else { throw ImportError.mapping(problems: options.problems) }
    var city = try City(options, zone: try compileZone(options.timeZone), progress)
    return try city.simulate(progress)
  }

  private init(_ options: CityOptions, zone: Zone, _ progress: (String) -> Void) throws {
    self.options = options
    self.zone = try ZoneTable(zone)
    generator = SplitMix64(seed: options.seed)
    let writer = try DataFolderWriter(folder: options.output, featuresPath: options.features)
    writer.add(zone)
    progress("building \(options.restaurants) restaurants")
    map = CityMap(
      center: options.center, restaurants: options.restaurants, generator: &generator)
    let hours = CityHours()
    let restaurants = CityRestaurants(
      options, map: map, hours: hours, generator: &generator, emit: writer.add)
    ranking = CityRanking(restaurants, hours: hours)
    users = []
    for number in 1...options.users {
      users.append(CityUser(map: map, generator: &generator))
      var user = User()
      user.id = "u\(number)"
      user.home = users[number - 1].home.place
      writer.add(user)
    }
    self.writer = writer
  }

  private mutating func simulate(_ progress: (String) -> Void) throws -> CitySummary {
    // Local days do not begin when the log does: one more of them touches it.
    for day in 0...options.days {
      let noon = options.endMilliseconds - Int64(options.days - day) * Self.dayMilliseconds
      let midnight = localMidnight(of: noon)
      for user in users.indices { simulateDay(of: user, midnight: midnight) }
      let isLast = day == options.days
      try events.flush(before: isLast ? .max : midnight) { payload, row in
        try writer.add(event: payload, orderedRow: row)
      }
      if day % 7 == 6 { progress("day \(day + 1) of \(options.days)") }
    }
    summary.restaurants = writer.itemsCount
    summary.users = writer.usersCount
    summary.events = writer.eventsCount
    summary.neighbourhoods = map.neighbourhoods.count
    summary.radiusKilometres = map.radiusKilometres
    try writer.finish()
    return summary
  }

  /// Milliseconds on the local clock as if it were UTC.
  private func localMidnight(of milliseconds: Int64) -> Int64 {
    let offset = zone.offsetSeconds(atUnixSeconds: milliseconds / 1000)
    let local = milliseconds + Int64(offset) * 1000
    return local - local % Self.dayMilliseconds
  }

  private func utc(local milliseconds: Int64) -> Int64 {
    let near = zone.offsetSeconds(atUnixSeconds: milliseconds / 1000)
    let offset = zone.offsetSeconds(atUnixSeconds: milliseconds / 1000 - Int64(near))
    return milliseconds - Int64(offset) * 1000
  }

  private mutating func simulateDay(of user: Int, midnight: Int64) {
    // 1970 began on a Thursday.
    let weekday = Int((midnight / Self.dayMilliseconds + 3) % 7)
    for meal in Meal.allCases {
      guard generator.happens(users[user].rate * meal.frequency(weekday: weekday)) else { continue }
      let normal = max(-3, min(3, generator.normal()))
      let minute = meal.minutes.mean + meal.minutes.deviation * normal
      let time = utc(local: midnight + Int64(minute * 60_000))
      let start = options.endMilliseconds - Int64(options.days) * Self.dayMilliseconds
      guard time >= start, time < options.endMilliseconds else { continue }
      simulateSession(user, meal, weekday: weekday, at: time)
    }
  }
}

/// One session.
extension City {
  private mutating func simulateSession(_ user: Int, _ meal: Meal, weekday: Int, at time: Int64) {
    let place = users[user].place(meal, weekday: weekday, map: map, &generator)
    let minute = LocalTime(unixMilliseconds: time, zone: zone).minuteOfWeek
    let shown = ranking.rank(
      for: users[user], at: place, milliseconds: time, minuteOfWeek: minute, &generator)
    guard !shown.isEmpty else { return }
    summary.sessions += 1
    var event = Event()
    event.userID = "u\(user + 1)"
    event.place = place.place
    event.timeMilliseconds = time
    emit(.open, event, row: nil)
    event.requestID = "q\(summary.sessions)"
    event.timeMilliseconds = time + 400
    for (index, candidate) in shown.enumerated() {
      event.position = UInt32(index + 1)
      emit(.impression, event, row: candidate.row)
    }
    let choice = CityChoice(
      shown, user: users[user], restaurants: ranking.restaurants, meal: meal, milliseconds: time,
      &generator)
    act(choice, on: shown, user, &event)
  }

  private mutating func act(
    _ choice: CityChoice, on shown: [CityRanking.Candidate], _ user: Int, _ event: inout Event
  ) {
    for index in choice.clicked {
      event.timeMilliseconds += 3_000 + Int64(20_000 * generator.uniform())
      event.position = UInt32(index + 1)
      emit(.click, event, row: shown[index].row)
    }
    guard let index = choice.ordered else { return }
    let row = shown[index].row
    event.timeMilliseconds += 20_000 + Int64(120_000 * generator.uniform())
    event.position = UInt32(index + 1)
    event.value = orderPrice(row)
    emit(.order, event, row: row)
    users[user].visit(row, at: event.timeMilliseconds)
    ranking.noteOrder(row)
    guard generator.happens(0.3) else { return }
    event.timeMilliseconds += 3_600_000 + Int64(14 * 3_600_000 * generator.uniform())
    event.value = rating(row, by: users[user])
    // Given later and elsewhere.
    event.place = nil
    emit(.rating, event, row: row)
  }

  private mutating func orderPrice(_ row: Int) -> Double {
    let typical = Self.orderPrices[Int(ranking.restaurants.prices[row])]
    return (typical * exp(0.3 * generator.normal()) * 100).rounded() / 100
  }

  private mutating func rating(_ row: Int, by user: CityUser) -> Double {
    let restaurants = ranking.restaurants
    let liking =
      0.5 * Double(restaurants.qualities[row])
      + 0.3 * Double(user.tastes[Int(restaurants.cuisines[row])])
    return max(1, min(5, (3.8 + liking + 0.6 * generator.normal()).rounded()))
  }

  /// What would come after the log's end is not written.
  private mutating func emit(_ kind: EventKind, _ template: Event, row: Int?) {
    guard template.timeMilliseconds < options.endMilliseconds else { return }
    eventNumber += 1
    var event = template
    event.id = "e\(eventNumber)"
    event.kind = kind
    if let row { event.itemID = "r\(row + 1)" }
    summary.eventsByKind[kind, default: 0] += 1
    events.append(event, row: row)
  }
}
