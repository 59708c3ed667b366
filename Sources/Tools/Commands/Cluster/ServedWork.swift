internal import Messages
internal import RPC

/// Which of a server's calls say how it is doing: not health checks and reflection, which nobody
/// waits for, and not long polls, which take as long as nothing happens.
enum ServedWork {
  private static let leftOut = [
    "brigade.v1.Health/", "brigade.v1.Reflection/", Method.follow.name,
  ].map { "rpc_method=\"\($0)" }

  /// Of a line of a metrics page.
  static func has(_ line: Substring) -> Bool { !leftOut.contains { line.contains($0) } }
}
