internal import Messages

/// Something that a person did.
public struct BrigadeEvent: Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    /// Opened the app.
    case open
    /// Was shown the item. Gateways log what they serve by themselves.
    case impression
    case click
    /// Ordered from, visited, bought; the value is its price.
    case order
    /// The value is 1 to 5.
    case rating
  }

  /// In degrees.
  public struct Place: Equatable, Sendable {
    public var latitude: Double
    public var longitude: Double

    public init(latitude: Double, longitude: Double) {
      self.latitude = latitude
      self.longitude = longitude
    }
  }

  /// Unique; the same id again is the same event. A UUID will do.
  public var id: String
  public var kind: Kind
  /// Unix milliseconds.
  public var timeMilliseconds: Int64
  public var userID: String
  /// Required but for `open`.
  public var itemID: String
  /// Of the ranking that led to it; empty: none.
  public var requestID = ""
  /// 1 for the first place in that ranking; 0 unknown.
  public var position = 0
  public var value = 0.0
  /// Where the user was; nil unknown.
  public var place: Place?

  public init(
    id: String, kind: Kind, timeMilliseconds: Int64, userID: String, itemID: String
  ) {
    self.id = id
    self.kind = kind
    self.timeMilliseconds = timeMilliseconds
    self.userID = userID
    self.itemID = itemID
  }

  var message: Event {
    var event = Event()
    event.id = id
    event.kind =
      switch kind {
      case .open: .open
      case .impression: .impression
      case .click: .click
      case .order: .order
      case .rating: .rating
      }
    event.timeMilliseconds = timeMilliseconds
    event.userID = userID
    event.itemID = itemID
    event.requestID = requestID
    event.position = UInt32(clamping: position)
    event.value = value
    event.place = place.map { Messages.Place(latitude: $0.latitude, longitude: $0.longitude) }
    return event
  }
}

/// How far told events have got.
public struct BrigadeReceipt: Equatable, Sendable {
  /// Answers that reflect this position of the log, or a later one, reflect the events; nil when a
  /// gateway keeps them on its disk until the log can take them.
  public let position: UInt64?
  /// The others had been told before.
  public let appended: Int
  /// Processes of the log that have them on disk.
  public let copies: Int

  init(_ response: AppendResponse) {
    position = response.spooled ? nil : response.position
    appended = Int(response.appended)
    copies = Int(response.copies)
  }
}
