internal import JSON

/// JSON to protobuf bytes.
struct MessageEncoder {
  let schema: MessageSchema
  let limits: TranscodingLimits

  func encode(
    _ json: JSONValue, as shape: MessageShape, depth: Int
  ) throws(TranscodingError) -> [UInt8] {
    guard depth <= limits.depthMax else {
      throw problem("messages are nested deeper than \(limits.depthMax)", json)
    }
    guard let members = json.object else { throw unexpected(json, "an object") }
    var output: [UInt8] = []
    for (index, value) in try assign(members, shape) {
      let field = shape.fields[index]
      do throws(TranscodingError) {
        try append(value, field, depth, to: &output)
      } catch {
        throw error.inside(field.jsonName)
      }
    }
    return output
  }

  /// Which field each member is for, in the order of field numbers; nulls are left out.
  private func assign(
    _ members: [JSONMember], _ shape: MessageShape
  ) throws(TranscodingError) -> [(Int, JSONValue)] {
    var taken: [Int: JSONValue] = [:]
    var oneofs: [UInt32: String] = [:]
    for member in members {
      guard let index = shape.index(name: member.name) else { throw unknown(member, shape) }
      let field = shape.fields[index]
      guard taken.updateValue(member.value, forKey: index) == nil else {
        throw problem("stands twice, under both of its names", member)
      }
      guard field.oneof != 0, !member.value.isNull else { continue }
      if let other = oneofs.updateValue(member.name, forKey: field.oneof) {
        throw problem("excludes \(other), which is set too", member)
      }
    }
    return taken.filter { !$0.value.isNull }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func unknown(_ member: JSONMember, _ shape: MessageShape) -> TranscodingError {
    let names = shape.fields.map(\.jsonName)
    var hint = ""
    if let meant = nearestName(to: member.name, among: names) {
      hint = "; did you mean \(meant)?"
    } else if names.isEmpty {
      hint = ", nor any other"
    } else {
      hint = "; it has \(names.joined(separator: ", "))"
    }
    return problem("\(shape.name) has no such field\(hint)", member)
  }

  private func append(
    _ value: JSONValue, _ field: FieldShape, _ depth: Int, to output: inout [UInt8]
  ) throws(TranscodingError) {
    guard field.isRepeated else {
      let payload = try self.payload(value, field.kind, depth)
      // The encoding of every type's default, and of nothing else, is all zeros.
      if field.hasImplicitPresence, payload.allSatisfy({ $0 == 0 }) { return }
      output.appendTag(field.number, field.kind.wireType)
      output += payload
      return
    }
    guard let elements = value.array else { throw unexpected(value, "an array") }
    var packed: [UInt8] = []
    for (index, element) in elements.enumerated() {
      do throws(TranscodingError) {
        let payload = try self.payload(element, field.kind, depth)
        if field.isPacked {
          packed += payload
        } else {
          output.appendTag(field.number, field.kind.wireType)
          output += payload
        }
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    guard !packed.isEmpty else { return }
    output.appendTag(field.number, .delimited)
    output.appendDelimited(packed)
  }

  /// What follows the tag.
  private func payload(
    _ value: JSONValue, _ kind: FieldShape.Kind, _ depth: Int
  ) throws(TranscodingError) -> [UInt8] {
    var output: [UInt8] = []
    switch kind {
    case .scalar(let scalar): try append(value, scalar, to: &output)
    case .enumeration(let name):
      guard let shape = schema.enumeration(name) else { break }
      output.appendVarint(UInt64(bitPattern: Int64(try number(value, shape))))
    case .message(let name):
      guard let shape = schema.message(name) else { break }
      output.appendDelimited(try encode(value, as: shape, depth: depth + 1))
    }
    return output
  }

  // MARK: Errors

  func problem(_ message: String, _ value: JSONValue) -> TranscodingError {
    TranscodingError(message, at: .text(value.position))
  }

  private func problem(_ message: String, _ member: JSONMember) -> TranscodingError {
    TranscodingError(message, at: .text(member.position), path: member.name)
  }

  func unexpected(_ value: JSONValue, _ expected: String) -> TranscodingError {
    problem("expected \(expected), got \(value.typeName)", value)
  }
}
