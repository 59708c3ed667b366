import Testing

@testable import Commands

@Suite struct ServerEnvironmentTests {
  @Test func `servers get memory for many calls at once, unless they are told otherwise`() {
    let (name, value) = ServerEnvironment.allocator
    #expect(ServerEnvironment.entries(["HOME=/root"]) == ["HOME=/root", "\(name)=\(value)"])
    let told = ["HOME=/root", "\(name)=glibc.malloc.check=1"]
    #expect(ServerEnvironment.entries(told) == told)
  }
}
