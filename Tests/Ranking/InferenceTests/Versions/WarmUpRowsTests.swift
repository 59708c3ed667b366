import TestSupport
import Testing

@testable import Inference

@Suite struct WarmUpRowsTests {
  private func problem(_ text: String) -> String? {
    do {
      _ = try WarmUpRows(parsing: Array(text.utf8))
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `names come first, then rows, in which nothing is a missing value`() throws {
    let rows = try WarmUpRows(parsing: Array("a,b\n1.5,\n,-2e3\n".utf8))
    #expect(rows.features == ["a", "b"])
    #expect(rows.count == 2)
    #expect(rows.matrix[0] == 1.5 && rows.matrix[3] == -2_000)
    #expect(rows.matrix[1].isNaN && rows.matrix[2].isNaN)
  }

  @Test func `a file with names only has no rows`() throws {
    #expect(try WarmUpRows(parsing: Array("a,b\n".utf8)).count == 0)
    #expect(try WarmUpRows(parsing: []).count == 0)
  }

  @Test func `what is no row is refused with its line`() {
    #expect(problem("a,b\n1,2\n3\n") == "line 3: 1 values where 2 columns are named")
    #expect(problem("a,b\n1,x\n") == "line 2, column 2: 'x' is not a number")
    let many = "a\n" + String(repeating: "1\n", count: WarmUpRows.rowsMax + 1)
    #expect(problem(many) == "more than 10000 rows")
  }

  @Test func `a folder without rows has none`() throws {
    #expect(try WarmUpRows.read(in: TemporaryFolder().path) == nil)
  }
}
