internal import Glibc

/// The environment that servers are started in: this process's own, and how they want memory.
enum ServerEnvironment {
  /// glibc keeps seven freed pieces of a size for the thread that frees them. A loop with hundreds
  /// of calls in flight frees more than that at once, and a tenth of its instructions went into
  /// giving them to the common heap and getting them back. 512 are at most 17 MiB a thread.
  static let allocator = (name: "GLIBC_TUNABLES", value: "glibc.malloc.tcache_count=512")

  /// `NAME=value`, as a process gets them. Whoever has set the allocator's knows better.
  static func entries(_ own: [String]) -> [String] {
    guard !own.contains(where: { $0.hasPrefix(allocator.name + "=") }) else { return own }
    return own + ["\(allocator.name)=\(allocator.value)"]
  }

  /// Calls `body` with the entries, ended by nil, as `posix_spawn` takes them.
  static func withEntries<Result>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var own: [String] = []
    var next = environ
    while let entry = next.pointee {
      own.append(String(cString: entry))
      next += 1
    }
    let words = entries(own).map { strdup($0) }
    defer { for word in words { free(word) } }
    return (words + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}
