import Testing

@testable import Commands

struct ReplicaCountsTests {
  @Test func `services that are not named keep their default`() throws {
    let counts = try ReplicaCounts("gateway=2, inference = 0")
    #expect(counts[.gateway] == 2)
    #expect(counts[.inference] == 0)
    #expect(counts[.retrieval] == ReplicaCounts()[.retrieval])
    #expect(counts.description == "retrieval=2,features=2,inference=0,gateway=2")
  }

  @Test func `what it prints it reads`() throws {
    let counts = try ReplicaCounts("features=7")
    #expect(try ReplicaCounts(counts.description) == counts)
    #expect(try ReplicaCounts("") == ReplicaCounts())
  }

  @Test func `some services can be counted anew, and alone`() throws {
    let base = try ReplicaCounts("features=7")
    #expect(try ReplicaCounts("inference=5", over: base)[.features] == 7)
    let named = try ReplicaCounts("gateway=2,inference=5", over: .none)
    #expect(named.services == [.inference, .gateway] && named[.inference] == 5)
  }

  @Test(arguments: [
    ("gateway", "\"gateway\" is not SERVICE=N"), ("oven=1", "retrieval, features, inference"),
    ("gateway=1=2", "is not SERVICE=N"), ("gateway=x", "x is not in 0...64"),
    ("gateway=-1", "-1 is not in"), ("gateway=65", "65 is not in"),
    ("inference=99999999999999999999", "is not in 0...64"),
  ])
  func `what is no count is refused with what would be`(text: String, complaint: String) {
    let error = #expect(throws: ReplicaCounts.Invalid.self) { try ReplicaCounts(text) }
    #expect(error?.description.contains(complaint) == true, "\(String(describing: error))")
  }
}
