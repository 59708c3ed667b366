internal import Glibc
internal import JSON
package import RPC

/// Where a process listens, left for who started it.
package struct ReadyFile: Equatable, Sendable {
  /// A few addresses.
  private static let bytesMax = 64 << 10

  package var replica: String
  package var listen: String
  package var admin: String
  /// Where HTTP is served; nil for a service without such a port.
  package var edge: String?
  package var pid: Int32

  package init(
    replica: String, listen: String, admin: String, edge: String? = nil, pid: Int32
  ) {
    self.replica = replica
    self.listen = listen
    self.admin = admin
    self.edge = edge
    self.pid = pid
  }

  /// Appears whole or not at all.
  package func write(to path: String) throws(SystemError) {
    var json = JSONWriter()
    json.beginObject()
    json.key("replica")
    json.value(replica)
    json.key("listen")
    json.value(listen)
    json.key("admin")
    json.value(admin)
    if let edge { json.member("edge", edge) }
    json.key("pid")
    json.value(Int64(pid))
    json.endObject()
    try replaceFile(path, with: json.bytes + [UInt8(ascii: "\n")])
  }

  /// Nil when there is no such file yet.
  package init?(reading path: String) {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    guard let json = try? JSONValue(parsing: bytes), let replica = json["replica"]?.string,
      let listen = json["listen"]?.string, let admin = json["admin"]?.string,
      let pid = json["pid"]?.int64.flatMap(Int32.init(exactly:)), pid > 0
    else { return nil }
    self.init(
      replica: replica, listen: listen, admin: admin, edge: json["edge"]?.string, pid: pid)
  }
}

/// Writes a file under another name and renames it, so that readers see the old or the new one.
package func replaceFile(_ path: String, with bytes: [UInt8]) throws(SystemError) {
  let temporary = "\(path).\(getpid())"
  guard let file = fopen(temporary, "we") else { throw SystemError("open \(temporary)") }
  let written = fwrite(bytes, 1, bytes.count, file)
  let closed = fclose(file)
  guard written == bytes.count, closed == 0, rename(temporary, path) == 0 else {
    let error = SystemError("write \(path)")
    unlink(temporary)
    throw error
  }
}
