import FuzzTargets
import Glibc

/// Keeps each input in a file before it is read, so that the one that ends the process is there
/// afterwards. Mapped: that costs no system call an input.
final class LastInput {
  let path: String
  private let memory: UnsafeMutableRawPointer
  private static let bytes = FuzzTarget.inputBytesMax

  init?(_ target: FuzzTarget) {
    let folder = "/tmp/brigade-fuzz"
    mkdir(folder, 0o700)
    path = "\(folder)/\(target.name).last"
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard ftruncate(descriptor, off_t(Self.bytes + 8)) == 0,
      let mapped = mmap(nil, Self.bytes + 8, PROT_WRITE | PROT_READ, MAP_SHARED, descriptor, 0),
      mapped != MAP_FAILED
    else { return nil }
    memory = mapped
  }

  /// The first eight bytes say how many follow.
  func keep(_ bytes: [UInt8]) {
    let count = min(bytes.count, Self.bytes)
    memory.storeBytes(of: UInt64(count).littleEndian, as: UInt64.self)
    let target = UnsafeMutableRawBufferPointer(start: memory + 8, count: Self.bytes)
    target.copyBytes(from: bytes.prefix(count))
  }

  /// All went well: nothing is left behind.
  func discard() { unlink(path) }

  deinit { munmap(memory, Self.bytes + 8) }
}
