/// The text of `--help`, for a terminal of 100 columns.
struct ConfigurationHelp {
  let program: ProgramDescription
  let declarations: [SettingDeclaration]

  private static let columnsMax = 100
  /// Longer flags get a line of their own, so that one of them does not push all texts aside.
  private static let flagColumnsMax = 34

  var text: String {
    var lines = [
      "\(program.name) - \(program.summary)", "",
      "Usage: \(program.name) [--config FILE] [--SETTING VALUE]...", "",
    ]
    lines += entry("--config FILE", "read settings from this JSON file; flags win over it")
    lines += entry("--help", "print this and exit")
    lines += entry("--version", "print the version and exit")
    lines += ["", "Settings. In the file, dashes are underscores and sections are objects."]
    lines += settings(of: "")
    for section in declarations where section.kind == .section {
      let own = settings(of: section.key)
      if !own.isEmpty { lines += ["", "\(section.key): \(section.help)"] + own }
    }
    if !program.examples.isEmpty {
      lines += ["", "Examples:"] + program.examples.map { "  \($0)" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func settings(of section: String) -> [String] {
    declarations
      .filter { $0.section == section && $0.kind != .section }
      .flatMap {
        entry(left(of: $0), $0.help + ($0.constraints.isEmpty ? "" : " (\($0.constraints))"))
      }
  }

  private func left(of declaration: SettingDeclaration) -> String {
    if case .valued(let placeholder) = declaration.kind {
      return "\(declaration.flag) \(placeholder)"
    }
    return declaration.flag
  }

  private var flagColumns: Int {
    min(Self.flagColumnsMax, declarations.map { left(of: $0).count }.max() ?? 0)
  }

  private func entry(_ left: String, _ text: String) -> [String] {
    let indent = 2 + max(flagColumns, "--config FILE".count) + 2
    var lines = wrapped(text, columns: Self.columnsMax - indent)
      .map { String(repeating: " ", count: indent) + $0 }
    if left.count + 4 <= indent, let first = lines.first {
      lines[0] = "  " + left + first.dropFirst(2 + left.count)
    } else {
      lines.insert("  " + left, at: 0)
    }
    return lines
  }

  private func wrapped(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= columns {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
