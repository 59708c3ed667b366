package import CMessages

package struct HealthRequest: Message {
  /// Empty asks for the process as a whole.
  package var service: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__HealthRequest>?) -> Void {
    brigade__v1__health_request__init
  }

  package init(_ c: Brigade__V1__HealthRequest) {
    service = String(c.service)
  }

  package func write(to c: inout Brigade__V1__HealthRequest, in arena: Arena) {
    c.service = arena.string(service)
  }
}

package enum ServingStatus: UInt32, Sendable, CaseIterable {
  case unknown = 0
  case serving = 1
  /// Starting or draining.
  case notServing = 2

  package init(_ c: Brigade__V1__ServingStatus) { self = Self(rawValue: c.rawValue) ?? .unknown }
  package var c: Brigade__V1__ServingStatus { Brigade__V1__ServingStatus(rawValue: rawValue) }
}

package struct HealthResponse: Message {
  package var status: ServingStatus = .unknown

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__HealthResponse>?) -> Void {
    brigade__v1__health_response__init
  }

  package init(_ c: Brigade__V1__HealthResponse) {
    status = ServingStatus(c.status)
  }

  package func write(to c: inout Brigade__V1__HealthResponse, in arena: Arena) {
    c.status = status.c
  }
}

package struct ListRequest: Message {

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ListRequest>?) -> Void {
    brigade__v1__list_request__init
  }

  package init(_ c: Brigade__V1__ListRequest) {
  }

  package func write(to c: inout Brigade__V1__ListRequest, in arena: Arena) {
  }
}

package struct ListResponse: Message {
  package var methods: [MethodDescription] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ListResponse>?) -> Void {
    brigade__v1__list_response__init
  }

  package init(_ c: Brigade__V1__ListResponse) {
    methods = Array(c.methods, c.n_methods)
  }

  package func write(to c: inout Brigade__V1__ListResponse, in arena: Arena) {
    (c.methods, c.n_methods) = (arena.messages(methods), methods.count)
  }
}

package struct MethodDescription: Message {
  /// Brigade.v1.Gateway/Rank.
  package var name: String = ""
  /// Brigade.v1.RankRequest.
  package var request: String = ""
  package var response: String = ""
  /// Pure, idempotent or once.
  package var safety: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__MethodDescription>?) -> Void {
    brigade__v1__method_description__init
  }

  package init(_ c: Brigade__V1__MethodDescription) {
    name = String(c.name)
    request = String(c.request)
    response = String(c.response)
    safety = String(c.safety)
  }

  package func write(to c: inout Brigade__V1__MethodDescription, in arena: Arena) {
    c.name = arena.string(name)
    c.request = arena.string(request)
    c.response = arena.string(response)
    c.safety = arena.string(safety)
  }
}

package struct DescribeRequest: Message {
  /// A method or a message type; empty describes all.
  package var name: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__DescribeRequest>?) -> Void {
    brigade__v1__describe_request__init
  }

  package init(_ c: Brigade__V1__DescribeRequest) {
    name = String(c.name)
  }

  package func write(to c: inout Brigade__V1__DescribeRequest, in arena: Arena) {
    c.name = arena.string(name)
  }
}

package struct DescribeResponse: Message {
  package var methods: [MethodDescription] = []
  /// Every type reached from what was asked.
  package var messages: [MessageDescription] = []
  package var enums: [EnumDescription] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__DescribeResponse>?) -> Void {
    brigade__v1__describe_response__init
  }

  package init(_ c: Brigade__V1__DescribeResponse) {
    methods = Array(c.methods, c.n_methods)
    messages = Array(c.messages, c.n_messages)
    enums = Array(c.enums, c.n_enums)
  }

  package func write(to c: inout Brigade__V1__DescribeResponse, in arena: Arena) {
    (c.methods, c.n_methods) = (arena.messages(methods), methods.count)
    (c.messages, c.n_messages) = (arena.messages(messages), messages.count)
    (c.enums, c.n_enums) = (arena.messages(enums), enums.count)
  }
}

package struct MessageDescription: Message {
  package var name: String = ""
  package var fields: [FieldDescription] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__MessageDescription>?) -> Void {
    brigade__v1__message_description__init
  }

  package init(_ c: Brigade__V1__MessageDescription) {
    name = String(c.name)
    fields = Array(c.fields, c.n_fields)
  }

  package func write(to c: inout Brigade__V1__MessageDescription, in arena: Arena) {
    c.name = arena.string(name)
    (c.fields, c.n_fields) = (arena.messages(fields), fields.count)
  }
}

package struct FieldDescription: Message {
  package var name: String = ""
  package var number: UInt32 = 0
  /// A protobuf scalar type, "message" or "enum".
  package var type: String = ""
  /// Of a message or an enum.
  package var typeName: String = ""
  package var repeated: Bool = false
  package var packed: Bool = false
  /// Fields of a message with the same number exclude one another; 0: none.
  package var oneof: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__FieldDescription>?) -> Void {
    brigade__v1__field_description__init
  }

  package init(_ c: Brigade__V1__FieldDescription) {
    name = String(c.name)
    number = c.number
    type = String(c.type)
    typeName = String(c.type_name)
    repeated = c.repeated != 0
    packed = c.packed != 0
    oneof = c.oneof
  }

  package func write(to c: inout Brigade__V1__FieldDescription, in arena: Arena) {
    c.name = arena.string(name)
    c.number = number
    c.type = arena.string(type)
    c.type_name = arena.string(typeName)
    c.repeated = repeated ? 1 : 0
    c.packed = packed ? 1 : 0
    c.oneof = oneof
  }
}

package struct EnumDescription: Message {
  package var name: String = ""
  package var values: [EnumValueDescription] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__EnumDescription>?) -> Void {
    brigade__v1__enum_description__init
  }

  package init(_ c: Brigade__V1__EnumDescription) {
    name = String(c.name)
    values = Array(c.values, c.n_values)
  }

  package func write(to c: inout Brigade__V1__EnumDescription, in arena: Arena) {
    c.name = arena.string(name)
    (c.values, c.n_values) = (arena.messages(values), values.count)
  }
}

package struct EnumValueDescription: Message {
  package var name: String = ""
  package var number: Int32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__EnumValueDescription>?) -> Void
  {
    brigade__v1__enum_value_description__init
  }

  package init(_ c: Brigade__V1__EnumValueDescription) {
    name = String(c.name)
    number = c.number
  }

  package func write(to c: inout Brigade__V1__EnumValueDescription, in arena: Arena) {
    c.name = arena.string(name)
    c.number = number
  }
}
