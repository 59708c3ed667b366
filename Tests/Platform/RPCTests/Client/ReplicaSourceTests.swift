import Testing

@testable internal import RPC

struct ReplicaSourceTests {
  private let a = Address.tcp(host: "127.0.0.1", port: 1)
  private let b = Address.unix(path: "/run/b")

  @Test func `a list and a file are read and written`() {
    #expect(ReplicaSource("127.0.0.1:1, unix:/run/b") == .list([a, b]))
    #expect(ReplicaSource(" unix:/a b ") == .list([.unix(path: "/a b")]))
    #expect(ReplicaSource("file:/etc/replicas") == .file("/etc/replicas"))
    #expect(ReplicaSource("dns:ranking.svc:70") == .name(host: "ranking.svc", port: 70))
    for text in [
      "127.0.0.1:1,unix:/run/b", "file:/etc/replicas", "dns:ranking.svc:70", "dns:[::1]:70",
    ] {
      #expect(ReplicaSource(text)?.description == text)
    }
  }

  @Test(arguments: [
    "", "file:", "nonsense", "127.0.0.1:1,", ",", "127.0.0.1:1;127.0.0.1:2", "dns:", "dns:name",
    "dns:a:1,b:2", "dns:unix:/run/b", " dns:1", "local host:1",
  ])
  func `what is neither is refused`(text: String) { #expect(ReplicaSource(text) == nil) }

  @Test func `comments, blanks and lines that are no address are left out`() {
    let text = "# all of them\n127.0.0.1:1 # first\n\n  unix:/run/b\r\nnonsense\n"
    #expect(ReplicaFile.parse(text) == [a, b])
    #expect(ReplicaFile.parse("").isEmpty)
  }

  @Test func `a file is read when it appears and when it changes`() {
    let folder = ScratchFolder()
    var file = ReplicaFile(path: folder.file("replicas"))
    #expect(file.changed() == nil)
    folder.write("127.0.0.1:1\n", to: "replicas")
    #expect(file.changed() == [a])
    #expect(file.changed() == nil)
    folder.write("unix:/run/b\n127.0.0.1:1\n", to: "replicas")
    #expect(file.changed() == [b, a])
    #expect(file.changed() == nil)
  }
}
