internal import Definitions
internal import Glibc
internal import Messages

/// The places of a simulated city, column by column: half a million take 25 MB.
struct CityRestaurants {
  private(set) var coordinates: [Coordinate] = []
  private(set) var cuisines: [UInt8] = []
  private(set) var prices: [UInt8] = []
  /// Hidden: mean 0, deviation 1. Ratings are a noisy view of it.
  private(set) var qualities: [Float] = []
  /// Hidden: logarithm of how known it is from before the log begins.
  private(set) var fames: [Float] = []
  private(set) var hours: [UInt8] = []
  /// Unix milliseconds.
  private(set) var opened: [Int64] = []
  private var namesTaken: [String: Int] = [:]

  /// Calls `emit` with each place's catalogue item, in the order of the rows.
  init(
    _ options: CityOptions, map: CityMap, hours: CityHours, generator: inout SplitMix64,
    emit: (Item) throws -> Void
  ) rethrows {
    for row in 0..<options.restaurants {
      let neighbourhood = map.neighbourhoods[map.drawNeighbourhood(&generator)]
      add(
        in: neighbourhood, endMilliseconds: options.endMilliseconds, days: options.days, &generator)
      try emit(item(row, in: neighbourhood, hours: hours, zone: options.timeZone, &generator))
    }
    namesTaken = [:]
  }

  private mutating func add(
    in neighbourhood: CityMap.Neighbourhood, endMilliseconds: Int64, days: Int,
    _ generator: inout SplitMix64
  ) {
    let cuisine = generator.index(cumulative: neighbourhood.cumulativeCuisines)
    let kind = Cuisine.all[cuisine]
    let price = (kind.price + neighbourhood.price + 0.5 * generator.normal()).rounded()
    let quality = generator.normal()
    coordinates.append(
      CityMap.point(
        around: neighbourhood.center, deviationKilometres: neighbourhood.deviationKilometres,
        &generator))
    cuisines.append(UInt8(cuisine))
    prices.append(UInt8(max(1, min(4, price))))
    qualities.append(Float(quality))
    fames.append(Float(0.9 * generator.normal() + 0.4 * quality))
    hours.append(
      UInt8(
        CityHours.index(kind.style, habit: generator.uniform(), dayOff: generator.uniform())))
    // One in thirty joins while the log runs: the new ones that ranking must find out about.
    let ageDays =
      generator.happens(1.0 / 30)
      ? generator.uniform() * Double(days) : Double(days) + 4_000 * generator.uniform()
    opened.append(endMilliseconds - Int64(ageDays * 86_400) * 1000)
  }

  private mutating func item(
    _ row: Int, in neighbourhood: CityMap.Neighbourhood, hours: CityHours, zone: String,
    _ generator: inout SplitMix64
  ) -> Item {
    let cuisine = Cuisine.all[Int(cuisines[row])]
    var item = Item()
    item.id = "r\(row + 1)"
    item.name = name(cuisine, neighbourhood, &generator)
    item.place = coordinates[row].place
    item.categories = [cuisine.name, cuisine.region]
    item.price = UInt32(prices[row])
    item.ratings = UInt32(exp(3.5 + 1.2 * Double(fames[row])))
    let noise = 0.6 * generator.normal() / (1 + Double(item.ratings)).squareRoot()
    let rating = 3.8 + 0.42 * Double(qualities[row]) + noise + 0.1 * generator.normal()
    item.rating = Float((max(1, min(5, rating)) * 10).rounded() / 10)
    item.hours = hours.intervals[Int(self.hours[row])]
    item.zone = zone
    item.openedMilliseconds = opened[row]
    return item
  }

  /// A name that is taken gets its neighbourhood's after it, and then a number.
  private mutating func name(
    _ cuisine: Cuisine, _ neighbourhood: CityMap.Neighbourhood, _ generator: inout SplitMix64
  ) -> String {
    let name = "\(generator.pick(cuisine.firstNames)) \(generator.pick(cuisine.lastNames))"
    if namesTaken.updateValue(1, forKey: name) == nil { return name }
    let longer = "\(name) \(neighbourhood.name)"
    let count = namesTaken[longer, default: 0] + 1
    namesTaken[longer] = count
    return count == 1 ? longer : "\(longer) \(count)"
  }
}
