import Messages
import Node
import RPC
import ServingSupport
import Telemetry
import TestSupport
import Testing

@testable import Inference

@Suite struct InferenceServiceTests {
  private let folder = TemporaryFolder()

  private func add(_ text: String, card: String? = nil, as reference: String) {
    folder.addModel(reference, text, card: card)
  }

  private func service(
    _ arguments: [String] = [], models: String? = nil
  ) throws -> InferenceService {
    let settings = try TestSettings.read(
      InferenceConfiguration.self, ["--models", models ?? folder.path] + arguments)
    return try InferenceService(settings, in: .ofTest())
  }

  private func startupError(_ arguments: [String] = [], models: String? = nil) -> String? {
    do {
      _ = try service(arguments, models: models)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func caller(_ arguments: [String] = []) async throws -> (TestCaller, ServedMethods) {
    let served = try ServedMethods(try service(arguments))
    return (try await TestCaller(served.address), served)
  }

  private func request(_ change: (inout ScoreRequest) -> Void = { _ in }) -> ScoreRequest {
    var request = ScoreRequest()
    request.columns = 3
    request.matrix = [0, 0, -2, 1, 5, 9]
    change(&request)
    return request
  }

  @Test func `rows are scored by the default model, which is named`() async throws {
    add(SampleModel.mixed, as: "taste/1")
    add(SampleModel.mixed, as: "taste/2")
    let (caller, served) = try await caller()
    let response = try await caller.answer(.score, request())
    #expect(response.model == "taste/2")
    #expect(response.heads == 1)
    let model = try SampleModel.load(SampleModel.mixed)
    let expected = try model.score(matrix: [0, 0, -2, 1, 5, 9], columns: 3)
    #expect(response.scores == expected)
    let older = try await caller.answer(.score, request { $0.model = "taste/1" })
    #expect(older.model == "taste/1")
    withExtendedLifetime(served) {}
  }

  @Test func `a folder without models is named, with what was left out and why`() {
    let absent = startupError(models: folder.file("absent"))
    #expect(absent?.hasPrefix("\(folder.file("absent")): no model is loaded") == true)
    #expect(absent?.contains("No such file or directory") == true)
    add("not a model", as: "taste/1")
    let broken = startupError()
    #expect(broken?.contains("\(folder.path)/taste/1/model.txt: ") == true)
  }

  @Test func `a default that is missing or ambiguous stops the start`() {
    add(SampleModel.mixed, as: "taste/1")
    add(SampleModel.mixed, as: "light/1")
    #expect(
      startupError()
        == "\(folder.path): no model is the default; name one of light, taste")
    #expect(
      startupError(["--default-model", "gone"])
        == "\(folder.path): model 'gone' is not loaded; there are light, taste")
    #expect(startupError(["--default-model", "light"]) == nil)
  }

  @Test func `a damaged card keeps its model out and no other`() async throws {
    add(SampleModel.mixed, card: "{", as: "taste/2")
    add(SampleModel.mixed, card: #"{"schema": "ff"}"#, as: "taste/1")
    let (caller, served) = try await caller()
    #expect(try await caller.answer(.score, request()).model == "taste/1")
    withExtendedLifetime(served) {}
  }

  @Test func `an unknown model is not found, and the known ones are named`() async throws {
    add(SampleModel.mixed, as: "taste/1")
    let (caller, served) = try await caller()
    let name = await caller.failure(.score, request { $0.model = "tast" })
    #expect(name?.code == .notFound)
    #expect(name?.message == "model: model 'tast' is not loaded; there are taste")
    let version = await caller.failure(.score, request { $0.model = "taste/9" })
    #expect(version?.code == .notFound)
    #expect(version?.advice == .never)
    withExtendedLifetime(served) {}
  }

  @Test func `rows of another feature definition are a failed precondition`() async throws {
    add(SampleModel.mixed, card: #"{"schema": "ff"}"#, as: "taste/1")
    let (caller, served) = try await caller()
    let error = await caller.failure(.score, request { $0.schema = 0xFE })
    #expect(error?.code == .failedPrecondition)
    #expect(
      error?.message
        == "schema: the rows are of feature definition fe, taste/1 was trained on ff")
    // A version that knows the rows' features says which one differs first.
    let named = await caller.failure(
      .score,
      request {
        $0.features = ["distance", "kitchen", "price=level"]
        $0.schema = 0xFE
      })
    #expect(named?.code == .failedPrecondition)
    #expect(
      named?.message == "features: column 2 is kitchen, not cuisine, as taste/1 takes it")
    #expect(await caller.failure(.score, request { $0.features = SampleVersion.columns }) == nil)
    #expect(await caller.failure(.score, request { $0.schema = 0xFF }) == nil)
    #expect(await caller.failure(.score, request()) == nil)
    withExtendedLifetime(served) {}
  }

  @Test func `rows of another definition that a version knows are told by their first feature`()
    async throws
  {
    let other = SampleModel.mixed(replacing: "cuisine", with: "kitchen")
    add(SampleModel.mixed, card: #"{"schema": "a"}"#, as: "taste/1")
    add(other, card: #"{"schema": "b"}"#, as: "taste/2")
    let (caller, served) = try await caller()
    let error = await caller.failure(
      .score,
      request {
        $0.schema = 0xA
        $0.model = "taste/2"
      })
    #expect(error?.message.hasSuffix(": column 2 is cuisine, not kitchen") == true)
    // Without a version, the one that takes them is found.
    #expect(try await caller.answer(.score, request { $0.schema = 0xA }).model == "taste/1")
    #expect(try await caller.answer(.score, request { $0.schema = 0xB }).model == "taste/2")
    withExtendedLifetime(served) {}
  }

  @Test func `all heads of a version are answered, with their names`() async throws {
    folder.write(SampleModel.mixed, to: "taste/1/click.txt")
    folder.write(
      SampleModel.mixed(replacing: "leaf_value=0.25", with: "leaf_value=100"),
      to: "taste/1/order.txt")
    folder.write(
      #"{"heads": [{"name": "click", "file": "click.txt"}, {"name": "order", "file": "order.txt"}]}"#,
      to: "taste/1/card.json")
    let (caller, served) = try await caller()
    let response = try await caller.answer(.score, request())
    #expect(response.heads == 2)
    #expect(response.headNames == ["click", "order"])
    #expect(response.scores.count == 4)
    #expect(response.scores[1] == response.scores[0] + 99.75)
    withExtendedLifetime(served) {}
  }

  @Test func `a version that is dropped in serves without a restart, and a bad one does not`()
    async throws
  {
    add(SampleModel.mixed, as: "taste/1")
    let (caller, served) = try await caller(["--reload-ms", "5"])
    #expect(try await caller.answer(.score, request()).model == "taste/1")
    add("not a model", as: "taste/3")
    add(SampleModel.mixed, as: "taste/2")
    var last = ""
    let deadline = Instant.now().adding(milliseconds: TestCaller.patienceMilliseconds)
    while last != "taste/2", Instant.now() < deadline {
      last = try await caller.answer(.score, request()).model
    }
    #expect(last == "taste/2")
    withExtendedLifetime(served) {}
  }

  @Test func `a matrix that does not fit is refused with its field`() async throws {
    add(SampleModel.mixed, as: "taste/1")
    let (caller, served) = try await caller(["--rows-max", "2"])
    func refusal(_ change: (inout ScoreRequest) -> Void) async -> String? {
      let error = await caller.failure(.score, request(change))
      if let error { #expect(error.code == .invalidArgument) }
      return error?.message
    }
    #expect(await refusal { $0.columns = 0 } == "columns: required")
    #expect(
      await refusal { $0.matrix += [1, 2, 3] } == "matrix: more than 2 rows")
    #expect(
      await refusal { $0.matrix.removeLast() }
        == "matrix: 5 values cannot be divided into rows of 3 columns")
    #expect(
      await refusal {
        $0.columns = 2; $0.matrix.removeLast(2)
      }
        == "matrix: the matrix has 2 columns, the model takes 3")
    #expect(await refusal { $0.columns = .max } != nil)
    #expect(await refusal { $0.matrix = [] } == nil)
    withExtendedLifetime(served) {}
  }
}
