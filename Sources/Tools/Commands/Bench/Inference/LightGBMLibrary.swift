internal import Glibc

/// LightGBM's own C library, as Python's wheel brings it, on one thread.
final class LightGBMLibrary {
  struct Absent: Error, CustomStringConvertible {
    let description: String
  }

  private typealias Handle = UnsafeMutableRawPointer
  private typealias Load =
    @convention(c) (
      UnsafePointer<CChar>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Handle?>
    )
    -> Int32
  private typealias Predict =
    @convention(c) (
      Handle, UnsafeRawPointer, Int32, Int32, Int32, Int32, Int32, Int32, Int32,
      UnsafePointer<CChar>, UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Double>
    ) -> Int32
  private typealias Free = @convention(c) (Handle) -> Int32

  /// C_API_DTYPE_FLOAT32 and C_API_PREDICT_RAW_SCORE.
  private static let float32: Int32 = 0
  private static let rawScore: Int32 = 1
  private static let allIterations: Int32 = -1

  let loadMilliseconds: Double
  private let booster: Handle
  private let predict: Predict
  private let free: Free

  /// - Parameter model: the text of a model.
  init(model: [UInt8]) throws(Absent) {
    let library = try Self.open()
    let load: Load = try Self.symbol("LGBM_BoosterLoadModelFromString", in: library)
    predict = try Self.symbol("LGBM_BoosterPredictForMat", in: library)
    free = try Self.symbol("LGBM_BoosterFree", in: library)
    var iterations: Int32 = 0
    var booster: Handle?
    let text = model.map { CChar(bitPattern: $0) } + [0]
    let start = InferenceCell.nanoseconds()
    guard load(text, &iterations, &booster) == 0, let booster else {
      throw Absent(description: "it does not load the model")
    }
    loadMilliseconds = Double(InferenceCell.nanoseconds() - start) / 1e6
    self.booster = booster
  }

  deinit { _ = free(booster) }

  /// Sums of leaf values, row-major.
  func rawScores(_ rows: [Float], columns: Int, heads: Int) throws(CommandFailure) -> [Double] {
    let count = rows.count / columns
    var scores = Array(repeating: 0.0, count: count * heads)
    var length: Int64 = 0
    let status = predict(
      booster, rows, Self.float32, Int32(count), Int32(columns), 1, Self.rawScore, 0,
      Self.allIterations, "num_threads=1 verbosity=-1", &length, &scores)
    guard status == 0, length == scores.count else {
      throw CommandFailure("LightGBM did not score the batch")
    }
    return scores
  }

  // MARK: Where it is

  private static func open() throws(Absent) -> UnsafeMutableRawPointer {
    let path = try path()
    guard let library = dlopen(path, RTLD_NOW) else {
      throw Absent(description: "\(path) cannot be opened")
    }
    return library
  }

  private static func symbol<Function>(
    _ name: String, in library: UnsafeMutableRawPointer
  ) throws(Absent) -> Function {
    guard let symbol = dlsym(library, name) else {
      throw Absent(description: "the library has no \(name)")
    }
    return unsafeBitCast(symbol, to: Function.self)
  }

  /// Python knows where the package is, without importing it.
  private static func path() throws(Absent) -> String {
    let program =
      "import importlib.util as u; print(u.find_spec('lightgbm').submodule_search_locations[0])"
    guard let output = popen("python3 -c \"\(program)\" 2> /dev/null", "r") else {
      throw Absent(description: "python3 cannot be run")
    }
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let isRead = fgets(&bytes, Int32(bytes.count), output) != nil
    guard pclose(output) == 0, isRead else {
      throw Absent(description: "python3 has no package lightgbm")
    }
    let folder = bytes.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: folder, as: UTF8.self) + "/lib/lib_lightgbm.so"
  }
}
