import TestSupport
import Testing

@testable import RPC

@Suite struct MethodIndexTests {
  private func find(_ name: String, in index: MethodIndex) -> String? {
    var name = name
    return name.withUTF8 { index.find(UnsafeRawBufferPointer($0))?.description.name }
  }

  @Test func `each name finds its own method, and others none`() {
    // Of all lengths, so that whole words and rests of names are told apart.
    let names = (0..<40).map { String(repeating: "a", count: $0) } + (0..<60).map { "a.B/\($0)" }
    let entries = names.map { name in
      MethodTable.Entry(Method<HealthRequest, HealthResponse>(name, .pure)) { _, _ in nil }
    }
    let index = MethodIndex(Dictionary(uniqueKeysWithValues: zip(names, entries)))
    for name in names { #expect(find(name, in: index) == name) }
    for name in ["b", "a.B/", "a.B/60", String(repeating: "a", count: 40)] {
      #expect(find(name, in: index) == nil, "\(name)")
    }
    #expect(find("a", in: MethodIndex([:])) == nil)
  }
}
