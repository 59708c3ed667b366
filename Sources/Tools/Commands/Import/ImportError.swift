/// Why an import as a whole failed. Nothing of the data folder has changed then.
package enum ImportError: Error, CustomStringConvertible {
  /// A file cannot be read, or is not what it should be.
  case file(path: String, reason: String)
  /// The mapping does not fit: every problem, each with its place.
  case mapping(problems: [String])
  /// More rows are bad than the options allow.
  case tooManyBadRows(report: ImportReport, shareMax: Double)

  package var description: String {
    switch self {
    case .file(let path, let reason): "\(path): \(reason)"
    case .mapping(let problems): problems.joined(separator: "\n")
    case .tooManyBadRows(let report, let shareMax):
      report.text + "\n"
        + "nothing was imported: in one of the tables more than \(percent(shareMax)) of the rows are bad"
    }
  }

  private func percent(_ share: Double) -> String {
    "\((share * 10_000).rounded() / 100) %"
  }
}
