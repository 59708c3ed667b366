import Definitions
import Testing

@Suite struct ModelVersionTests {
  @Test func `words come before numbers, and numbers by value`() {
    let sorted = ["10", "experiment", "9", "009", "7", "beta", "100000000000000000000"]
      .map { ModelVersion(text: $0) }.sorted().map(\.text)
    #expect(sorted == ["beta", "experiment", "7", "009", "9", "10", "100000000000000000000"])
  }
}
