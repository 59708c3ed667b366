import Messages
import RPC
import Testing

@testable import Gateway

@Suite struct RankQuestionTests {
  private func refusal(_ change: (inout RankRequest) -> Void) -> String? {
    do {
      _ = try Samples.question(change)
      return nil
    } catch let error as RPCError {
      #expect(error.code == .invalidArgument)
      #expect(error.advice == .never)
      return error.message
    } catch {
      return "\(error)"
    }
  }

  private func refusal(filters change: (inout Filters) -> Void) -> String? {
    refusal {
      var filters = Filters()
      change(&filters)
      $0.filters = filters
    }
  }

  @Test func `what is to be explained has its limits`() {
    func refused(explain change: (inout Explain) -> Void) -> String? {
      refusal {
        var explain = Explain()
        change(&explain)
        $0.explain = explain
      }
    }
    #expect(refused(explain: { $0.candidates = 200 }) == nil)
    #expect(refused(explain: { $0.candidates = 201 }) == "explain.candidates: 201 is more than 200")
    #expect(refused(explain: { $0.itemIDs = (0..<16).map { "i\($0)" } }) == nil)
    #expect(
      refused(explain: { $0.itemIDs = (0..<17).map { "i\($0)" } })
        == "explain.item_ids: 17 are more than 16")
    #expect(
      refused(explain: { $0.itemIDs = [String(repeating: "x", count: 129)] })
        == "explain.item_ids: 129 bytes are more than 128")
  }

  @Test func `arms that are forced have their limits`() throws {
    #expect(try Samples.question { $0.forceArms = ["a=b"] }.forcedArms == ["a=b"])
    #expect(refusal { $0.forceArms = Array(repeating: "a=b", count: 16) } == nil)
    #expect(
      refusal { $0.forceArms = Array(repeating: "a=b", count: 17) }
        == "force_arms: 17 are more than 16")
    #expect(
      refusal { $0.forceArms = [String(repeating: "x", count: 129)] }
        == "force_arms: 129 bytes are more than 128")
  }

  @Test func `what a request leaves out gets its default`() throws {
    let question = try Samples.question {
      $0.requestID = ""
      $0.nowMilliseconds = 0
      $0.count = 0
      $0.userID = ""
    }
    #expect(question.requestID == "made")
    #expect(question.nowMilliseconds == Samples.now)
    #expect(question.count == 20)
    #expect(question.userID.isEmpty)
    #expect(question.filters.categories.isEmpty && question.filters.prices.isEmpty)
  }

  @Test func `what a request says is kept`() throws {
    let question = try Samples.question {
      $0.nowMilliseconds = 5
      $0.count = 200
      $0.filters = Filters()
      $0.filters?.radiusKilometres = 100
      $0.filters?.prices = [1, 4]
    }
    #expect(question.requestID == "request")
    #expect(question.userID == "ann")
    #expect(question.nowMilliseconds == 5)
    #expect(question.count == 200)
    #expect(question.coordinate == Samples.place)
    #expect(question.filters.radiusKilometres == 100)
    #expect(question.filters.prices == [1, 4])
  }

  @Test func `identifiers have a length limit in bytes`() throws {
    #expect(
      refusal { $0.requestID = String(repeating: "é", count: 65) }
        == "request_id: 130 bytes are more than 128")
    #expect(
      refusal { $0.userID = String(repeating: "u", count: 129) }
        == "user_id: 129 bytes are more than 128")
    #expect(refusal { $0.requestID = String(repeating: "é", count: 64) } == nil)
  }

  @Test func `a place is required and has to be on the earth`() {
    #expect(refusal { $0.place = nil } == "place: required")
    #expect(
      refusal { $0.place?.latitude = 90.5 } == "place.latitude: 90.5 is not in -90.0...90.0")
    #expect(
      refusal { $0.place?.latitude = .nan } == "place.latitude: nan is not in -90.0...90.0")
    #expect(
      refusal { $0.place?.longitude = -.infinity }
        == "place.longitude: -inf is not in -180.0...180.0")
  }

  @Test func `times before 1970 and after 2100 are refused`() {
    #expect(refusal { $0.nowMilliseconds = -1 } == "now_ms: -1 is not in 0...4102444800000")
    #expect(refusal { $0.nowMilliseconds = .max }?.hasPrefix("now_ms: ") == true)
    #expect(refusal { $0.nowMilliseconds = 4_102_444_800_000 } == nil)
  }

  @Test func `more items than a person scrolls through are refused`() {
    #expect(refusal { $0.count = 201 } == "count: 201 is more than 200")
  }

  @Test func `filters are checked one by one`() {
    #expect(
      refusal(filters: { $0.radiusKilometres = -1 })
        == "filters.radius_km: -1.0 is not in 0.0...100.0")
    #expect(
      refusal(filters: { $0.radiusKilometres = .nan })?.hasPrefix("filters.radius_km") == true)
    #expect(refusal(filters: { $0.prices = [2, 5] }) == "filters.prices: 5 is not in 1...4")
    #expect(refusal(filters: { $0.prices = [0] }) == "filters.prices: 0 is not in 1...4")
    let categories = Array(repeating: "c", count: 65)
    #expect(
      refusal(filters: { $0.categories = categories }) == "filters.categories: 65 are more than 64")
    #expect(
      refusal(filters: { $0.categories = [String(repeating: "c", count: 129)] })
        == "filters.categories: 129 bytes are more than 128")
  }

  @Test func `prices are as many as there could be sense in`() {
    #expect(
      refusal(filters: { $0.prices = Array(repeating: 1, count: 65) })
        == "filters.prices: 65 are more than 64")
  }
}
