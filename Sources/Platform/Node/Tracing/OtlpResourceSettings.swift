/// What receivers are told of the process that records traces, besides what it knows itself
/// (OpenTelemetry's `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`).
package struct OtlpResourceSettings: Equatable, Sendable {
  package struct Attribute: Equatable, Sendable {
    package var name: String
    package var value: String
  }

  /// More are refused.
  static let attributesMax = 64

  /// Empty for the program's own.
  package var serviceName = ""
  package var attributes: [Attribute] = []

  package init() {}

  /// True of the whole cluster, and so of the replicas that ride along.
  private static func isShared(_ name: String) -> Bool {
    name.hasPrefix("deployment.") || name == "service.namespace"
  }

  /// Of one resource. What is given here goes before what is known by itself.
  /// - Parameter version: nil for a replica that others have recorded.
  func attributes(service: String, instance: String, version: String?) -> [Attribute] {
    var result = [
      Attribute(name: "service.name", value: service),
      Attribute(name: "service.namespace", value: "brigade"),
    ]
    if let version { result.append(Attribute(name: "service.version", value: version)) }
    if !instance.isEmpty { result.append(Attribute(name: "service.instance.id", value: instance)) }
    var given = attributes.filter { version != nil || Self.isShared($0.name) }
    if version != nil, !serviceName.isEmpty {
      given.append(Attribute(name: "service.name", value: serviceName))
    }
    for attribute in given {
      if let known = result.firstIndex(where: { $0.name == attribute.name }) {
        result[known] = attribute
      } else {
        result.append(attribute)
      }
    }
    return result
  }

  // MARK: As text

  /// `name=value,name=value`, with values percent-encoded as in W3C's baggage; nil for anything else.
  static func attributes(_ text: String) -> [Attribute]? {
    var result: [Attribute] = []
    for pair in text.split(separator: ",") {
      guard let equals = pair.firstIndex(of: "="), result.count < attributesMax,
        let value = decoded(trimmed(pair[pair.index(after: equals)...]))
      else { return nil }
      let name = trimmed(pair[..<equals])
      guard !name.isEmpty else { return nil }
      result.append(Attribute(name: String(name), value: value))
    }
    return result
  }

  static func text(_ attributes: [Attribute]) -> String {
    attributes.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }

  /// Nil where a percent sign begins no byte, or the bytes are no UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var left = Array(text.utf8)[...]
    while let byte = left.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(decoding: left.prefix(2), as: UTF8.self)
      guard digits.utf8.count == 2, digits.first?.isHexDigit == true,
        let value = UInt8(digits, radix: 16)
      else { return nil }
      bytes.append(value)
      left = left.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
