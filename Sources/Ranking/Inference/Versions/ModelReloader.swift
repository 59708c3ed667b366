internal import RPC
package import Telemetry

/// Keeps the models of a replica those of its folder: looks at it now and then, loads what is new
/// off the request path, and publishes it when it has proved itself. What has not is left out, told
/// in the log and counted; what served before goes on. Confined to one thread after `loadAll`.
package final class ModelReloader: @unchecked Sendable {
  private let directory: ModelDirectory
  private let defaultName: String?
  private let shadow: String
  private let loader: VersionLoader
  private let metrics: ReloadMetrics
  private let log: Log
  private var inventory = VersionInventory()
  /// Said once, not at each look.
  private var lastListing: ModelRefusal?
  private var lastMismatches: Set<String> = []
  /// Why what is in the folder does not take the place of what serves; nil where it does.
  private var keptFor: String?

  package init(
    _ directory: ModelDirectory, defaultName: String?, shadow: String = "",
    kernel: EngineKernel = .best,
    metrics: MetricsRegistry, log: Log
  ) {
    self.directory = directory
    self.defaultName = defaultName
    self.shadow = shadow
    loader = VersionLoader(kernel: kernel)
    self.metrics = ReloadMetrics(metrics)
    self.log = log
  }

  package var refusals: [ModelRefusal] {
    inventory.refusals.map(\.refusal) + (lastListing.map { [$0] } ?? [])
  }

  /// What is there at the start, on the caller's thread.
  package func loadAll() -> ModelStore {
    _ = look(settled: true)
    let store = makeStore()
    tell(store, rowsSchema: 0)
    return store
  }

  /// Looks once, and publishes what has changed.
  /// - Parameter rowsSchema: of the rows that come; 0 where it is not known.
  package func scan(_ publisher: ModelPublisher, rowsSchema: UInt64) {
    var store = publisher.store
    if look(settled: false) {
      let changed = makeStore()
      keptFor = Self.problem(changed)
      if let keptFor {
        log.error("models kept", ["reason": keptFor])
      } else {
        store = changed
        publisher.publish(store)
        metrics.reloads.increment()
        log.info(
          "models changed",
          ["versions": store.versions.map(\.reference).joined(separator: " ")])
      }
    }
    tell(store, rowsSchema: rowsSchema)
  }

  /// Why the new models cannot take the place of those that serve: an emptied folder must not make
  /// a replica that answers one that does not.
  static func problem(_ store: ModelStore) -> String? {
    do throws(ModelLookupError) {
      _ = try store.version("")
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func makeStore() -> ModelStore {
    let store = ModelStore(inventory.versions, defaultName: defaultName, shadow: shadow)
    if !store.versions.isEmpty, ServedTags(store.tags) == nil {
      log.warn("too many versions to tell callers of", ["versions": store.versions.count])
    }
    return store
  }

  // MARK: Looking and loading

  /// True when what is served has changed.
  private func look(settled: Bool) -> Bool {
    let found: [VersionFolder: VersionStamp]
    do throws(ModelRefusal) {
      found = try directory.list()
      lastListing = nil
    } catch {
      if error != lastListing {
        log.error("models can't be listed", ["path": error.path, "reason": error.detail])
      }
      lastListing = error
      return false
    }
    let changes = inventory.observe(found, settled: settled)
    for folder in changes.dropped { log.info("model dropped", ["model": folder.reference]) }
    var isChanged = !changes.dropped.isEmpty
    for folder in changes.toLoad where load(folder) { isChanged = true }
    return isChanged
  }

  private func load(_ folder: VersionFolder) -> Bool {
    let start = Instant.now()
    let result: Result<LoadedVersion, ModelRefusal>
    do throws(ModelRefusal) {
      var version = try loader.load(folder)
      version.loadedUnixMilliseconds = wallClockMilliseconds()
      result = .success(version)
    } catch {
      result = .failure(error)
    }
    guard inventory.tried(folder, result, stamp: VersionStamp(of: folder.path)) else {
      return false
    }
    switch result {
    case .success(let version):
      let nanoseconds = Instant.now().nanoseconds(since: start)
      metrics.loadDuration.record(nanoseconds: nanoseconds)
      log.info(
        "model loaded",
        [
          "model": version.reference, "trees": version.treeCount, "features": version.columnCount,
          "heads": version.headCount, "author": version.card.author,
          "load_ms": nanoseconds / 1_000_000,
        ])
      return true
    case .failure(let refusal):
      metrics.failures.increment()
      log.error(
        "model left out",
        [
          "model": folder.reference, "why": refusal.reason.rawValue, "path": refusal.path,
          "reason": refusal.detail,
        ])
      return false
    }
  }

  // MARK: Telling

  private func tell(_ store: ModelStore, rowsSchema: UInt64) {
    var counts: [ModelRefusal.Reason: Int] = lastListing == nil ? [:] : [.file: 1]
    for refusal in inventory.refusals { counts[refusal.refusal.reason, default: 0] += 1 }
    let mismatches = Self.mismatches(store, rowsSchema: rowsSchema)
    counts[.schema] = mismatches.count
    counts[.default] = keptFor == nil ? 0 : 1
    for (reference, detail) in mismatches where !lastMismatches.contains(reference) {
      log.error(
        "model waits for other rows",
        ["model": reference, "why": ModelRefusal.Reason.schema.rawValue, "reason": detail])
    }
    lastMismatches = Set(mismatches.map(\.reference))
    metrics.show(refusals: counts)
    metrics.show(store, schema: rowsSchema)
  }

  /// Versions that would serve if the rows that come were what they were trained on, and the first
  /// feature by which these differ from those of the version that serves.
  static func mismatches(
    _ store: ModelStore, rowsSchema: UInt64
  ) -> [(reference: String, detail: String)] {
    guard rowsSchema != 0 else { return [] }
    return store.names.compactMap { name in
      guard let highest = try? store.version(name),
        let serving = try? store.version(name, schema: rowsSchema),
        !highest.takes(schema: rowsSchema, columns: nil)
      else { return nil }
      let difference = FeatureDifference(
        found: highest.featureNames, expected: serving.featureNames)
      let detail =
        serving.reference == highest.reference
        ? "no version is of the rows' feature definition"
        : difference.map { "\($0) as in \(serving.reference)" }
          ?? "features are named as in \(serving.reference) and defined otherwise"
      return (
        highest.reference,
        "\(detail); the rows are of \(hex(rowsSchema)), it was trained on \(hex(highest.schema))"
      )
    }
  }

  static func hex(_ fingerprint: UInt64) -> String { String(fingerprint, radix: 16) }
}
