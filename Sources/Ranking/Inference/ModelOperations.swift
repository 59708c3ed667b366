internal import Glibc
internal import Node
internal import RPC
internal import Synchronization
internal import Telemetry

/// Everything about models that no request waits for, on one thread of low priority: reloading,
/// shadow scoring, drift. The thread ends with the object.
final class ModelOperations: Sendable {
  /// The lowest there is, so that it takes only what requests leave.
  private static let niceness: Int32 = 19

  let publisher: ModelPublisher
  let utilization = LoopUtilization()
  let scoreDuration: Histogram
  let rowsSeen = RowsSeen()
  let settings: InferenceConfiguration
  private let batches: BatchQueue
  private let background: EventLoop

  /// Loads what is there, and looks at it again from then on.
  init(
    _ settings: InferenceConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    self.settings = settings
    let metrics = environment.metrics
    let name = settings.defaultModel.isEmpty ? nil : settings.defaultModel
    let reloader = ModelReloader(
      ModelDirectory(settings.models, versionsMax: settings.versionsMax), defaultName: name,
      shadow: settings.shadowModel, kernel: settings.kernel, metrics: metrics, log: environment.log)
    let store = reloader.loadAll()
    // A replica that can't answer the usual request should not look like one that can.
    do throws(ModelLookupError) {
      _ = try store.version("")
    } catch {
      let left = reloader.refusals.first.map { "; left out \($0)" } ?? ""
      throw StartupError("\(settings.models): \(error)\(left)")
    }
    background = try Self.startThread()
    publisher = ModelPublisher(
      store, background: background, advertiser: environment.advertiser)
    scoreDuration = metrics.histogram(
      "brigade_inference_score_duration_seconds", "Time to score a request's rows")
    let observer = BatchObserver(metrics, driftRows: settings.driftWindowRows)
    batches = BatchQueue(
      limit: settings.sampleQueueMax, thread: background,
      dropped: metrics.counter(
        "brigade_inference_samples_dropped_total",
        "Requests not looked at for drift or by a shadow version, as too many waited")
    ) { observer.observe($0) }
    metrics.gauge(
      "brigade_inference_kernel_info", "1 for the instructions that rows are scored with",
      labels: ["kernel": settings.kernel.rawValue]
    ).set(1)
    environment.log.info("kernel", ["kernel": settings.kernel.rawValue])
    metrics.gauge(
      "brigade_inference_utilization_ratio", "Share of time that the scoring threads are busy"
    ) { [utilization] in utilization.ratio }
    if settings.reloadMilliseconds > 0 {
      let watch = FolderWatch(
        reloader, publisher, rowsSeen, background,
        periodMilliseconds: Int64(settings.reloadMilliseconds))
      background.post { watch.lookLater() }
    }
  }

  deinit {
    background.stop()
    background.join()
  }

  private static func startThread() throws(StartupError) -> EventLoop {
    do throws(SystemError) {
      let loop = try EventLoop(name: "models")
      loop.start()
      // Linux keeps this for each thread; who 0 is the calling one.
      loop.post { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness) }
      return loop
    } catch {
      throw StartupError("\(error)")
    }
  }

  /// Looks at some of the requests later.
  func sample(_ batch: @autoclosure () -> ScoredBatch) { batches.offer(batch()) }

  /// Ends the thread after what it is doing; nobody waits for it.
  func stop() { background.stop() }
}

/// The feature definition of the rows that came last.
final class RowsSeen: Sendable {
  private let last = Atomic<UInt64>(0)

  var schema: UInt64 { last.load(ordering: .relaxed) }

  func saw(_ schema: UInt64) {
    guard schema != 0, schema != self.schema else { return }
    last.store(schema, ordering: .relaxed)
  }
}

/// Looks at the models' folder again and again. Confined to the background thread.
private final class FolderWatch: @unchecked Sendable {
  private let reloader: ModelReloader
  private let publisher: ModelPublisher
  private let rowsSeen: RowsSeen
  private unowned let thread: EventLoop
  private let periodMilliseconds: Int64

  init(
    _ reloader: ModelReloader, _ publisher: ModelPublisher, _ rowsSeen: RowsSeen,
    _ thread: EventLoop, periodMilliseconds: Int64
  ) {
    self.reloader = reloader
    self.publisher = publisher
    self.rowsSeen = rowsSeen
    self.thread = thread
    self.periodMilliseconds = periodMilliseconds
  }

  /// The period begins when a look is over, so that slow ones leave time for other work.
  func lookLater() {
    _ = thread.schedule(at: .now().adding(milliseconds: periodMilliseconds)) { [self] in
      reloader.scan(publisher, rowsSchema: rowsSeen.schema)
      lookLater()
    }
  }
}
