package import Node

/// The settings of `brigade-inference` besides those of every node.
package struct InferenceConfiguration: Configuration {
  /// Folder of `<name>/<version>/model.txt`.
  let models: String
  /// Name of the model that a request without one gets; empty where there is just one.
  let defaultModel: String
  let rowsMax: Int
  let kernel: EngineKernel
  let versionsMax: Int
  /// Between two looks at the folder; 0: never.
  let reloadMilliseconds: Int
  let sampleQueueMax: Int
  /// Name/version; empty where no setting names one.
  let shadowModel: String
  let shadowShare: Double
  let driftShare: Double
  let driftWindowRows: Int

  package init(reading settings: inout Settings) {
    models = settings.string(
      "models", default: "models",
      "folder that holds <name>/<version>/ with model.txt, card.json and warmup.csv")
    defaultModel = settings.string(
      "default_model", default: "", "model for requests that name none; needed if there are several"
    )
    rowsMax = settings.integer(
      "rows_max", default: 10_000, in: 1...1_000_000, unit: "rows",
      "rows of one request; more would keep the thread from others too long")
    kernel = settings.value(
      "kernel", default: EngineKernel.best, shown: \.rawValue,
      placeholder: KernelChoice.allCases.map(\.rawValue).joined(separator: "|"),
      "instructions to score with; auto takes the best that the processor has", parse: Self.kernel)
    versionsMax = settings.integer(
      "versions_max", default: 8, in: 1...1_000, unit: "versions",
      "of each model, the highest; all of them are kept in memory")
    reloadMilliseconds = settings.integer(
      "reload_ms", default: 1_000, in: 0...3_600_000, unit: "milliseconds",
      "between two looks at the folder for versions that came or went; 0 looks only at the start")
    sampleQueueMax = settings.integer(
      "sample_queue_max", default: 64, in: 1...10_000, unit: "requests",
      "that wait to be looked at for drift or by a shadow; more are dropped and counted")
    (shadowModel, shadowShare) = settings.section(
      "shadow", "a version that scores beside the one that serves, and answers nobody"
    ) { settings in
      (
        settings.value(
          "model", default: "", shown: { $0 }, placeholder: "NAME/VERSION",
          "that only scores along, as do versions whose card says \"shadow\": true",
          parse: Self.reference),
        settings.number(
          "share", default: 0.1, in: 0...1, "of the requests that a shadow scores too")
      )
    }
    (driftShare, driftWindowRows) = settings.section(
      "drift", "live rows against those of training"
    ) { settings in
      (
        settings.number("share", default: 0.1, in: 0...1, "of the requests that are looked at"),
        settings.integer(
          "window_rows", default: 10_000, in: 10...100_000_000, unit: "rows",
          "that drift is worked out from; eight are taken from a request")
      )
    }
  }

  private static func kernel(_ text: String) throws(SettingProblem) -> EngineKernel {
    guard let choice = KernelChoice(rawValue: text) else {
      let names = KernelChoice.allCases.map(\.rawValue).joined(separator: ", ")
      throw SettingProblem("\"\(text)\" is not one of \(names)")
    }
    guard let kernel = choice.kernel else { throw SettingProblem(choice.absence) }
    return kernel
  }

  private static func reference(_ text: String) throws(SettingProblem) -> String {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard text.isEmpty || parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty else {
      throw SettingProblem("\"\(text)\" is not name/version")
    }
    return text
  }
}
