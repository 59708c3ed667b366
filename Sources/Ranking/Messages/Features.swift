package import CMessages
package import RPC

package struct GetRequest: Message {
  package var userID: String = ""
  /// Required.
  package var nowMilliseconds: Int64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__GetRequest>?) -> Void {
    brigade__v1__get_request__init
  }

  package init(_ c: Brigade__V1__GetRequest) {
    userID = String(c.user_id)
    nowMilliseconds = c.now_ms
  }

  package func write(to c: inout Brigade__V1__GetRequest, in arena: Arena) {
    c.user_id = arena.string(userID)
    c.now_ms = nowMilliseconds
  }
}

package struct GetResponse: Message {
  /// The user is in the catalogue or in the log.
  package var known: Bool = false
  /// The user's own features, in definition order.
  package var names: [String] = []
  package var values: [Float] = []
  /// Items ordered before now_ms, most often first.
  package var historyKeys: [UInt64] = []
  /// How often.
  package var historyOrders: [UInt32] = []
  /// Events applied.
  package var logPosition: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__GetResponse>?) -> Void {
    brigade__v1__get_response__init
  }

  package init(_ c: Brigade__V1__GetResponse) {
    known = c.known != 0
    names = Array(c.names, c.n_names)
    values = Array(c.values, c.n_values)
    historyKeys = Array(c.history_keys, c.n_history_keys)
    historyOrders = Array(c.history_orders, c.n_history_orders)
    logPosition = c.log_position
  }

  package func write(to c: inout Brigade__V1__GetResponse, in arena: Arena) {
    c.known = known ? 1 : 0
    (c.names, c.n_names) = (arena.strings(names), names.count)
    (c.values, c.n_values) = (arena.array(values), values.count)
    (c.history_keys, c.n_history_keys) = (arena.array(historyKeys), historyKeys.count)
    (c.history_orders, c.n_history_orders) = (arena.array(historyOrders), historyOrders.count)
    c.log_position = logPosition
  }
}

package struct AssembleRequest: Message {
  package var userID: String = ""
  /// Required.
  package var nowMilliseconds: Int64 = 0
  /// Required.
  package var place: Place?
  /// One row each, in this order.
  package var keys: [UInt64] = []
  /// The columns' names are wanted too.
  package var names: Bool = false

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__AssembleRequest>?) -> Void {
    brigade__v1__assemble_request__init
  }

  package init(_ c: Brigade__V1__AssembleRequest) {
    userID = String(c.user_id)
    nowMilliseconds = c.now_ms
    place = Place(c.place)
    keys = Array(c.keys, c.n_keys)
    names = c.names != 0
  }

  package func write(to c: inout Brigade__V1__AssembleRequest, in arena: Arena) {
    c.user_id = arena.string(userID)
    c.now_ms = nowMilliseconds
    c.place = arena.message(place)
    (c.keys, c.n_keys) = (arena.array(keys), keys.count)
    c.names = names ? 1 : 0
  }
}

package struct AssembleResponse: Message {
  /// Fingerprint of the feature definition.
  package var schema: UInt64 = 0
  package var columns: UInt32 = 0
  /// Row-major, keys × columns; NaN is missing.
  package var matrix: [Float] = []
  /// Rows whose item this replica does not have.
  package var unknownItems: UInt32 = 0
  /// Time spent on what is stored: attributes, windows.
  package var storedMicroseconds: UInt64 = 0
  /// And on what depends on the request: distance, hour, crosses.
  package var requestMicroseconds: UInt64 = 0
  /// Events applied.
  package var logPosition: UInt64 = 0
  /// Of the columns, where they are wanted.
  package var names: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__AssembleResponse>?) -> Void {
    brigade__v1__assemble_response__init
  }

  package init(_ c: Brigade__V1__AssembleResponse) {
    schema = c.schema
    columns = c.columns
    matrix = Array(c.matrix, c.n_matrix)
    unknownItems = c.unknown_items
    storedMicroseconds = c.stored_us
    requestMicroseconds = c.request_us
    logPosition = c.log_position
    names = Array(c.names, c.n_names)
  }

  package func write(to c: inout Brigade__V1__AssembleResponse, in arena: Arena) {
    c.schema = schema
    c.columns = columns
    (c.matrix, c.n_matrix) = (arena.array(matrix), matrix.count)
    c.unknown_items = unknownItems
    c.stored_us = storedMicroseconds
    c.request_us = requestMicroseconds
    c.log_position = logPosition
    (c.names, c.n_names) = (arena.strings(names), names.count)
  }
}
