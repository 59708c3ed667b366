import Storage
import TestSupport
import Testing

@testable import Gateway

@Suite struct SpoolFolderTests {
  private let temporary = TemporaryFolder()
  private var path: String { temporary.file("spool") }

  @Test func `segments are found in order, and nothing else is`() throws {
    let folder = try SpoolFolder(path)
    for number in [11, 2, 300] as [UInt64] { _ = try folder.create(number) }
    for name in [
      "7.spool", "x.spool", "99999999999999999999.spool", "00000000000000000004.spool.old",
    ] {
      temporary.write("", to: "spool/\(name)")
    }
    #expect(try folder.segmentNumbers() == [2, 11, 300])
    folder.remove(11)
    #expect(try folder.segmentNumbers() == [2, 300])
  }

  @Test func `what a crashed run had begun to create is removed`() throws {
    let folder = try SpoolFolder(path)
    temporary.write("", to: "spool/00000000000000000004.spool.123.partial")
    _ = try folder.segmentNumbers()
    #expect(TemporaryFolder.exists("\(path)/00000000000000000004.spool.123.partial") == false)
  }

  @Test func `the cursor is read as it was written last`() throws {
    let folder = try SpoolFolder(path)
    #expect(folder.cursor() == SpoolCursor())
    try folder.write(SpoolCursor(segment: 900, records: 12_345))
    try folder.write(SpoolCursor(segment: 7, records: 1))
    #expect(folder.cursor() == SpoolCursor(segment: 7, records: 1))
    temporary.write("12", to: "spool/cursor")
    #expect(folder.cursor() == SpoolCursor())
  }

  @Test func `a segment that was forwarded and is gone needs no sync`() throws {
    let folder = try SpoolFolder(path)
    try folder.synchronize(5)
    _ = try folder.create(6)
    try folder.synchronize(6)
  }

  @Test func `the lock goes with the gateway that has it`() throws {
    do {
      let first = try SpoolFolder(path)
      #expect(throws: StorageError.self) { try SpoolFolder(path) }
      withExtendedLifetime(first) {}
    }
    _ = try SpoolFolder(path)
  }
}

extension TemporaryFolder {
  fileprivate static func exists(_ path: String) -> Bool {
    (try? DiskFile.read(path, limitBytes: 1 << 20)) != nil
  }
}
