internal import FuzzTargets
internal import Glibc

/// The entries of libFuzzer, whose driver has the main function. `BRIGADE_FUZZ_TARGET` names the
/// target; `BRIGADE_FUZZ_SEEDS` a folder that its seeds are written to first.
private let target: FuzzTarget = {
  let name = getenv("BRIGADE_FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: "\n")
    tell(names, at: STDOUT_FILENO)
    exit(name.isEmpty ? 0 : 64)
  }
  return target
}()

private func tell(_ line: String, at descriptor: Int32) {
  let bytes = Array((line + "\n").utf8)
  _ = write(descriptor, bytes, bytes.count)
}

@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
  _ count: UnsafeMutablePointer<Int32>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> Int32 {
  guard let folder = getenv("BRIGADE_FUZZ_SEEDS").map({ String(cString: $0) }) else {
    _ = target
    return 0
  }
  for (number, seed) in target.seeds.enumerated() {
    guard let file = fopen("\(folder)/seed-\(number)", "we") else { exit(73) }
    fwrite(seed, 1, seed.count, file)
    fclose(file)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: bytes, count: count))
  do {
    _ = try target.run(input)
  } catch {
    tell("\(target): \(error)", at: STDERR_FILENO)
    abort()
  }
  return 0
}
