internal import JSON

/// The file that `--measured` names.
extension ServiceCosts {
  struct BadFile: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameter bytes: untrusted; a problem is named with its key.
  init(parsing bytes: [UInt8]) throws(BadFile) {
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: bytes) } catch {
      throw BadFile(description: "\(error)")
    }
    func positive(_ value: JSONValue?, _ key: String) throws(BadFile) -> Double {
      guard let number = value?.double, number > 0, number.isFinite, number < 1e9 else {
        throw BadFile(description: "\(key): a number above 0 is required")
      }
      return number
    }
    guard let candidates = json["candidates"]?.int64, (1...1_000).contains(candidates) else {
      throw BadFile(description: "candidates: a number in 1...1000 is required")
    }
    self.candidates = Int(candidates)
    guard let model = json["model"]?.string else {
      throw BadFile(description: "model: a string is required")
    }
    self.model = model
    machine = json["machine"]?.string ?? ""
    modelLoadMilliseconds = try positive(json["model_load_ms"], "model_load_ms")
    processorMicroseconds = [:]
    for service in ServiceKind.allCases {
      processorMicroseconds[service] = try positive(
        json["processor_us"]?[service.rawValue], "processor_us.\(service.rawValue)")
    }
    handlers = [:]
    for call in Self.calls {
      let one = json["handlers"]?[call.name]
      handlers[call.name] = Handler(
        meanMicroseconds: try positive(one?["mean_us"], "handlers.\(call.name).mean_us"),
        p99Microseconds: try positive(one?["p99_us"], "handlers.\(call.name).p99_us"))
    }
  }

  var json: String {
    var writer = JSONWriter(pretty: true)
    write(to: &writer)
    return writer.string + "\n"
  }

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("candidates", candidates)
      writer.member("model", model)
      writer.member("machine", machine)
      writer.member("model_load_ms", modelLoadMilliseconds)
      writer.key("processor_us")
      writer.object { writer in
        for service in ServiceKind.allCases {
          writer.member(service.rawValue, processorMicroseconds[service] ?? 0)
        }
      }
      writer.key("handlers")
      writer.object { writer in
        for call in Self.calls {
          writer.key(call.name)
          writer.object { writer in
            writer.member("mean_us", handlers[call.name]?.meanMicroseconds ?? 0)
            writer.member("p99_us", handlers[call.name]?.p99Microseconds ?? 0)
          }
        }
      }
    }
  }
}
