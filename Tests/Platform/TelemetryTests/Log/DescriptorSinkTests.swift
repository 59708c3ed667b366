import Glibc
import Telemetry
import Testing

@Suite struct DescriptorSinkTests {
  @Test func `a line goes out whole`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    let line = Array("one line\n".utf8)
    #expect(descriptorSink(ends[1])(line))
    var buffer = [UInt8](repeating: 0, count: 100)
    #expect(read(ends[0], &buffer, buffer.count) == line.count)
    #expect(Array(buffer.prefix(line.count)) == line)
  }

  @Test func `a full pipe drops lines instead of blocking, and takes them again once it is read`()
    throws
  {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    let sink = descriptorSink(ends[1])
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 1000)
    var taken = 0
    while taken < 1000, sink(line) { taken += 1 }
    #expect((1..<1000).contains(taken))
    #expect(!sink(line))
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    #expect(read(ends[0], &buffer, buffer.count) == taken * line.count)
    #expect(sink(line))
  }

  @Test func `what cannot be written to takes nothing`() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[1]) }
    // The reading end is no place to write to, and unlike a closed number it cannot be reused by
    // another test meanwhile.
    #expect(!descriptorSink(ends[0])([1]))
    close(ends[0])
  }
}
