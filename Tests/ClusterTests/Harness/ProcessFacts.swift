import Glibc

/// What the kernel says of a process.
enum ProcessFacts {
  /// False too for one that has ended and only waits for its parent to look.
  static func isRunning(_ pid: Int32) -> Bool {
    let text = read("/proc/\(pid)/stat")
    guard let parenthesis = text.lastIndex(of: ")") else { return false }
    let state = text[parenthesis...].dropFirst(2).first
    return state != "Z" && state != "X"
  }

  /// Addresses that the process listens at, as the kernel writes them: 0100007F:1F90 is
  /// 127.0.0.1:8080 on a little-endian machine.
  static func listeningAddresses(_ pid: Int32) -> [String] {
    let sockets = Set(descriptorTargets(pid))
    var addresses: [String] = []
    for table in ["tcp", "tcp6"] {
      for line in read("/proc/\(pid)/net/\(table)").split(separator: "\n").dropFirst() {
        let fields = line.split(separator: " ")
        // Column 3 is the state, 0A is LISTEN; column 9 the inode.
        guard fields.count > 9, fields[3] == "0A", sockets.contains("socket:[\(fields[9])]") else {
          continue
        }
        addresses.append(String(fields[1]))
      }
    }
    return addresses
  }

  /// Processor time used so far, in the kernel and outside.
  static func cpuSeconds(_ pid: Int32) -> Double {
    let text = read("/proc/\(pid)/stat")
    guard let parenthesis = text.lastIndex(of: ")") else { return 0 }
    // Fields 14 and 15 of the line; the second ends with the parenthesis.
    let fields = text[parenthesis...].dropFirst(2).split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  static func residentBytes(_ pid: Int32) -> Int {
    let fields = read("/proc/\(pid)/statm").split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func descriptorTargets(_ pid: Int32) -> [String] {
    let folder = "/proc/\(pid)/fd"
    return (0..<256).compactMap { descriptor in
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = buffer.withUnsafeMutableBytes {
        readlink("\(folder)/\(descriptor)", $0.baseAddress!, $0.count)
      }
      return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "re") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
