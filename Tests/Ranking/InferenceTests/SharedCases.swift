internal import CZlib
internal import Glibc
internal import Inference
internal import Storage

/// Models and rows that LightGBM itself has scored, kept beside the checkout.
enum SharedCases {
  static let absence: String = "no LightGBM cases in \(folder); set BRIGADE_SHARED to have them"

  static let folder: String = {
    if let shared = getenv("BRIGADE_SHARED") { return String(cString: shared) + "/cases/lightgbm" }
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    return "/\(root)/../shared/cases/lightgbm"
  }()

  static let names: [String] = (try? DiskFile.folders(in: folder)) ?? []

  static func model(_ name: String) throws -> Model {
    try LightGBMParser.parse(try text(name, "model.txt") ?? text(name, "model.txt.gz") ?? [])
  }

  static func matrix(_ name: String, columns: Int) throws -> RowMatrix {
    try RowMatrix(try numbers(name, "input.csv") ?? [], columns: columns)
  }

  /// The numbers of a file, read with the standard library rather than with what is tested.
  static func numbers(_ name: String, _ file: String) throws -> [Double]? {
    guard let text = try text(name, file) else { return nil }
    return try text.split(whereSeparator: { $0 == 10 || $0 == UInt8(ascii: ",") }).map { field in
      let word = String(decoding: field, as: UTF8.self)
      guard let value = Double(word) else { throw Failure.notANumber(word) }
      return value
    }
  }

  enum Failure: Error {
    case notANumber(String)
    case cannotRead(String)
  }

  /// zlib reads what is not compressed as it is.
  private static func text(_ name: String, _ file: String) throws -> [UInt8]? {
    guard let handle = gzopen("\(folder)/\(name)/\(file)", "rb") else { return nil }
    defer { gzclose(handle) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = gzread(handle, &chunk, UInt32(chunk.count))
      guard count >= 0 else { throw Failure.cannotRead("\(name)/\(file)") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<Int(count)])
    }
  }
}
