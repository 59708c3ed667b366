import CMessages
import RPC

/// A generated message type, by protobuf-c's descriptor.
struct GeneratedType: @unchecked Sendable, CustomStringConvertible {
  let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

  init<C>(_ initialize: (UnsafeMutablePointer<C>?) -> Void) {
    descriptor = withUnsafeTemporaryAllocation(of: C.self, capacity: 1) { message in
      initialize(message.baseAddress)
      return UnsafeRawPointer(message.baseAddress!)
        .assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
    }
  }

  var name: String { String(cString: descriptor.pointee.name) }
  var description: String { name }
  var type: MessageType { MessageType(descriptor) }

  /// The bytes that protobuf-c makes of a message which it unpacked from `bytes`; nil where it
  /// finds none.
  func repacked(_ bytes: [UInt8]) -> [UInt8]? {
    guard let message = protobuf_c_message_unpack(descriptor, nil, bytes.count, bytes) else {
      return nil
    }
    defer { protobuf_c_message_free_unpacked(message, nil) }
    var packed = [UInt8](repeating: 0, count: protobuf_c_message_get_packed_size(message))
    protobuf_c_message_pack(message, &packed)
    return packed
  }

  /// Every message of proto/*.proto; `MessageRulesTests` holds the list against the files.
  static let all: [GeneratedType] = [
    GeneratedType(brigade__v1__advertisement__init),
    GeneratedType(brigade__v1__append_request__init),
    GeneratedType(brigade__v1__append_response__init),
    GeneratedType(brigade__v1__arm__init),
    GeneratedType(brigade__v1__assemble_request__init),
    GeneratedType(brigade__v1__assemble_response__init),
    GeneratedType(brigade__v1__attempt__init),
    GeneratedType(brigade__v1__cancel__init),
    GeneratedType(brigade__v1__catalogue_record__init),
    GeneratedType(brigade__v1__close__init),
    GeneratedType(brigade__v1__describe_request__init),
    GeneratedType(brigade__v1__describe_response__init),
    GeneratedType(brigade__v1__drain__init),
    GeneratedType(brigade__v1__enum_description__init),
    GeneratedType(brigade__v1__enum_value_description__init),
    GeneratedType(brigade__v1__event__init),
    GeneratedType(brigade__v1__explain__init),
    GeneratedType(brigade__v1__explained_item__init),
    GeneratedType(brigade__v1__explanation__init),
    GeneratedType(brigade__v1__field_description__init),
    GeneratedType(brigade__v1__filters__init),
    GeneratedType(brigade__v1__follow_request__init),
    GeneratedType(brigade__v1__follow_response__init),
    GeneratedType(brigade__v1__get_request__init),
    GeneratedType(brigade__v1__get_response__init),
    GeneratedType(brigade__v1__health_request__init),
    GeneratedType(brigade__v1__health_response__init),
    GeneratedType(brigade__v1__hello__init),
    GeneratedType(brigade__v1__hop__init),
    GeneratedType(brigade__v1__item__init),
    GeneratedType(brigade__v1__item_fate__init),
    GeneratedType(brigade__v1__list_request__init),
    GeneratedType(brigade__v1__list_response__init),
    GeneratedType(brigade__v1__message_description__init),
    GeneratedType(brigade__v1__metadata__init),
    GeneratedType(brigade__v1__method_description__init),
    GeneratedType(brigade__v1__open_interval__init),
    GeneratedType(brigade__v1__otlp_export_request__init),
    GeneratedType(brigade__v1__otlp_export_response__init),
    GeneratedType(brigade__v1__otlp_key_value__init),
    GeneratedType(brigade__v1__otlp_partial_success__init),
    GeneratedType(brigade__v1__otlp_resource__init),
    GeneratedType(brigade__v1__otlp_resource_spans__init),
    GeneratedType(brigade__v1__otlp_scope__init),
    GeneratedType(brigade__v1__otlp_scope_spans__init),
    GeneratedType(brigade__v1__otlp_span__init),
    GeneratedType(brigade__v1__otlp_status__init),
    GeneratedType(brigade__v1__otlp_value__init),
    GeneratedType(brigade__v1__ping__init),
    GeneratedType(brigade__v1__place__init),
    GeneratedType(brigade__v1__pong__init),
    GeneratedType(brigade__v1__promote_request__init),
    GeneratedType(brigade__v1__promote_response__init),
    GeneratedType(brigade__v1__rank_request__init),
    GeneratedType(brigade__v1__rank_response__init),
    GeneratedType(brigade__v1__ranked_item__init),
    GeneratedType(brigade__v1__request_head__init),
    GeneratedType(brigade__v1__response_head__init),
    GeneratedType(brigade__v1__rule__init),
    GeneratedType(brigade__v1__rule_move__init),
    GeneratedType(brigade__v1__score_request__init),
    GeneratedType(brigade__v1__score_response__init),
    GeneratedType(brigade__v1__search_request__init),
    GeneratedType(brigade__v1__search_response__init),
    GeneratedType(brigade__v1__user__init),
    GeneratedType(brigade__v1__zone__init),
  ]
}
