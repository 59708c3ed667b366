package import Definitions
internal import Storage
package import Telemetry

/// When a catalogue's file was written, by its time of modification. A copy has it too if it was
/// told to keep it (`cp -p`, `rsync -t`).
package struct CatalogueFreshness: Sendable {
  /// Nil where that can't be asked for.
  package let builtMilliseconds: Int64?

  package init(path: String) { builtMilliseconds = DiskFile.modifiedMilliseconds(path) }

  /// NaN where it is not known.
  package func show(in metrics: MetricsRegistry) {
    metrics.gauge(
      "brigade_catalogue_built_timestamp_seconds", "Unix time at which the catalogue was written"
    ).set(builtMilliseconds.map { Double($0) / 1_000 } ?? .nan)
  }

  /// What callers are told of it.
  package var times: [ServedTime] {
    builtMilliseconds.map { [ServedTime(.built, "catalogue", unixMilliseconds: $0)] } ?? []
  }
}
