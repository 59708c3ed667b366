package import JSON

/// A trace as the admin port tells it.
extension Trace {
  package func write(to json: inout JSONWriter) {
    let path = CriticalPath(self)
    json.object { json in
      json.member("traceId", id.description)
      json.member("requestId", requestID)
      if !state.isEmpty { json.member("traceState", state) }
      json.member("flags", Int64(flags))
      json.key("classes")
      json.array { json in for kind in reasons.classes { json.value(kind.rawValue) } }
      json.member("weight", weight)
      json.member("startUnixNanoseconds", startUnixNanoseconds)
      json.member("startTime", timestamp(unixMilliseconds: startUnixNanoseconds / 1_000_000))
      json.member("durationUs", durationMicroseconds)
      json.key("criticalPath")
      json.array { json in
        for piece in path.pieces {
          json.object { json in
            json.member("span", piece.span)
            json.member("startUs", piece.startMicroseconds)
            json.member("endUs", piece.endMicroseconds)
          }
        }
      }
      json.key("spans")
      json.array { json in
        for (index, span) in spans.enumerated() {
          span.write(to: &json, criticalMicroseconds: path.ownMicroseconds(of: index))
        }
      }
    }
  }

  /// Nil where the value is no trace of ours, or has more spans than one has.
  package init?(_ json: JSONValue) {
    guard let id = json["traceId"]?.string.flatMap(TraceID.init), let all = json["spans"]?.array,
      (1...Self.spansMax).contains(all.count), let root = Span(all[0]),
      let start = json["startUnixNanoseconds"]?.int64, let weight = json["weight"]?.double,
      weight > 0
    else { return nil }
    let classes = (json["classes"]?.array ?? []).compactMap(\.string).compactMap(TraceClass.init)
    self.init(
      id: id, requestID: json["requestId"]?.string ?? "", state: json["traceState"]?.string ?? "",
      flags: UInt32(clamping: json["flags"]?.uint64 ?? 0),
      reasons: classes.reduce(into: []) { $0.insert(TraceReasons($1)) }, weight: weight,
      startUnixNanoseconds: start, root: root)
    for value in all.dropFirst() {
      guard let span = Span(value) else { return nil }
      append(span)
    }
  }
}

extension Span {
  fileprivate func write(to json: inout JSONWriter, criticalMicroseconds: UInt64) {
    json.object { json in
      json.member("spanId", SpanID.text(id))
      if parent != 0 { json.member("parentSpanId", SpanID.text(parent)) }
      json.member("name", name)
      json.member("kind", kind.rawValue)
      json.member("service", service)
      if !instance.isEmpty { json.member("instance", instance) }
      json.member("startUs", startMicroseconds)
      json.member("durationUs", durationMicroseconds)
      json.member("criticalUs", criticalMicroseconds)
      if isLost { json.member("lost", true) }
      if let failure { json.member("failure", failure) }
      json.key("attributes")
      json.object { json in for attribute in attributes { attribute.write(to: &json) } }
    }
  }

  fileprivate init?(_ json: JSONValue) {
    guard let id = json["spanId"]?.string.flatMap({ SpanID.parse($0) }),
      let name = json["name"]?.string, let kind = json["kind"]?.string.flatMap(Kind.init),
      let service = json["service"]?.string, let start = json["startUs"]?.uint64,
      let duration = json["durationUs"]?.uint64
    else { return nil }
    self.init(
      id: id, parent: json["parentSpanId"]?.string.flatMap { SpanID.parse($0) } ?? 0, name: name,
      kind: kind, service: service, instance: json["instance"]?.string ?? "",
      startMicroseconds: start, durationMicroseconds: duration)
    failure = json["failure"]?.string
    isLost = json["lost"]?.bool ?? false
    for member in json["attributes"]?.object ?? [] {
      if let value = Value(member.value) { add(member.name, value) }
    }
  }
}

extension Span.Attribute {
  fileprivate func write(to json: inout JSONWriter) {
    switch value {
    case .text(let text): json.member(name, text)
    case .integer(let number): json.member(name, number)
    case .number(let number): json.member(name, number)
    case .flag(let flag): json.member(name, flag)
    }
  }
}

extension Span.Value {
  fileprivate init?(_ json: JSONValue) {
    if let text = json.string {
      self = .text(text)
    } else if let flag = json.bool {
      self = .flag(flag)
    } else if let integer = json.int64 {
      self = .integer(integer)
    } else if let number = json.double {
      self = .number(number)
    } else {
      return nil
    }
  }
}
