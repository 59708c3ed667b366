package import CMessages

/// A message type as protobuf-c describes it.
package struct MessageType: @unchecked Sendable {
  private let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

  package init(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) {
    self.descriptor = descriptor
  }

  package var name: String { String(cString: descriptor.pointee.name) }

  package var fields: [ProtobufCFieldDescriptor] {
    Array(
      UnsafeBufferPointer(
        start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields)))
  }

  package var description: MessageDescription {
    var result = MessageDescription()
    result.name = name
    let groups = oneofGroups
    result.fields = fields.map { field in
      var description = FieldDescription(field)
      if field.isInOneof {
        description.oneof = UInt32(1 + groups.firstIndex(of: field.quantifier_offset)!)
      }
      return description
    }
    return result
  }

  /// protobuf-c keeps no names of oneofs; their fields share the place of the case's number.
  private var oneofGroups: [UInt32] {
    Set(fields.filter(\.isInOneof).map(\.quantifier_offset)).sorted()
  }

  private var children: [MessageType] {
    fields.filter { $0.type == PROTOBUF_C_TYPE_MESSAGE }.map {
      MessageType($0.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))
    }
  }

  /// The types themselves and all that their fields are made of, by name.
  package static func reachable(from roots: [MessageType]) -> [MessageType] {
    var found: [String: MessageType] = [:]
    var open = roots
    while let type = open.popLast() {
      if found.updateValue(type, forKey: type.name) == nil { open += type.children }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  package static func enums(of types: [MessageType]) -> [EnumDescription] {
    var found: [String: EnumDescription] = [:]
    for field in types.flatMap(\.fields) where field.type == PROTOBUF_C_TYPE_ENUM {
      let type = EnumDescription(
        field.descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self).pointee)
      found[type.name] = type
    }
    return found.values.sorted { $0.name < $1.name }
  }
}

extension ProtobufCFieldDescriptor {
  fileprivate var isInOneof: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 }
}

extension FieldDescription {
  fileprivate init(_ field: ProtobufCFieldDescriptor) {
    self.init()
    name = String(cString: field.name)
    number = field.id
    type = Self.typeName(field.type)
    repeated = field.label == PROTOBUF_C_LABEL_REPEATED
    packed = repeated && field.flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue) != 0
    if field.type == PROTOBUF_C_TYPE_MESSAGE {
      typeName = String(
        cString: field.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
          .pointee.name)
    } else if field.type == PROTOBUF_C_TYPE_ENUM {
      typeName = String(
        cString: field.descriptor.assumingMemoryBound(to: ProtobufCEnumDescriptor.self)
          .pointee.name)
    }
  }

  private static func typeName(_ type: ProtobufCType) -> String {
    switch type {
    case PROTOBUF_C_TYPE_INT32: "int32"
    case PROTOBUF_C_TYPE_SINT32: "sint32"
    case PROTOBUF_C_TYPE_SFIXED32: "sfixed32"
    case PROTOBUF_C_TYPE_INT64: "int64"
    case PROTOBUF_C_TYPE_SINT64: "sint64"
    case PROTOBUF_C_TYPE_SFIXED64: "sfixed64"
    case PROTOBUF_C_TYPE_UINT32: "uint32"
    case PROTOBUF_C_TYPE_FIXED32: "fixed32"
    case PROTOBUF_C_TYPE_UINT64: "uint64"
    case PROTOBUF_C_TYPE_FIXED64: "fixed64"
    case PROTOBUF_C_TYPE_FLOAT: "float"
    case PROTOBUF_C_TYPE_DOUBLE: "double"
    case PROTOBUF_C_TYPE_BOOL: "bool"
    case PROTOBUF_C_TYPE_ENUM: "enum"
    case PROTOBUF_C_TYPE_STRING: "string"
    case PROTOBUF_C_TYPE_BYTES: "bytes"
    default: "message"
    }
  }
}

extension EnumDescription {
  fileprivate init(_ type: ProtobufCEnumDescriptor) {
    self.init()
    name = String(cString: type.name)
    values = UnsafeBufferPointer(start: type.values, count: Int(type.n_values)).map { value in
      var description = EnumValueDescription()
      description.name = String(cString: value.name)
      description.number = value.value
      return description
    }
  }
}
