import Definitions
import Testing

struct CandidateSourcesTests {
  private func sources(_ json: String) throws -> CandidateSources {
    try CandidateSources(parsing: Array("{\"sources\": \(json)}".utf8), file: "f.json")
  }

  private func refusal(_ json: String) -> String? {
    do {
      _ = try sources(json)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func `sources are read in their order`() throws {
    let read = try sources(
      #"[{"name": "co_visits", "share": 0.5}, {"name": "history", "share": 1}]"#)
    #expect(
      read.list == [
        CandidateSources.Source(.coVisits, share: 0.5), CandidateSources.Source(.history, share: 1),
      ])
    #expect(read.share(of: .haunts) == 0)
  }

  @Test func `a definition that names none has the standard ones`() throws {
    let read = try CandidateSources(parsing: Array("{}".utf8), file: "f.json")
    #expect(read == .standard)
  }

  @Test func `a mistake is refused with its place and the nearest name`() {
    #expect(
      refusal(#"[{"name": "hauntz", "share": 1}]"#)
        == #"f.json:1:23: unknown source "hauntz"; did you mean "haunts"?"#)
    #expect(
      refusal(#"[{"name": "haunts", "shar": 1}]"#)?.contains(#"did you mean "share"?"#) == true)
    #expect(refusal(#"[{"name": "haunts", "share": 1.5}]"#)?.contains("from 0 to 1") == true)
    #expect(refusal(#"[{"share": 1}]"#)?.contains(#"needs "name""#) == true)
    #expect(
      refusal(#"[{"name": "place", "share": 0}, {"name": "place", "share": 0}]"#)?
        .contains("twice") == true)
    #expect(refusal("3")?.contains("an array") == true)
    #expect(refusal("[3]")?.contains("an object") == true)
  }
}
