internal import CLinux
internal import Glibc
internal import Synchronization
package import Telemetry

/// Something with a descriptor that a loop watches.
package protocol EventSource: AnyObject {
  func ready(_ events: EventLoop.Events)
  /// The loop stops while the source is registered: its descriptor is to be closed.
  func loopEnded()
}

/// Something whose time comes: a timer without a closure of its own.
protocol TimerTarget: AnyObject {
  func timerCame()
}

/// A thread that waits in epoll and runs everything that its connections need: handlers, timers
/// and, being a task executor, the tasks of handlers that wait.
///
/// A turn: take the events, read; run posted work and due timers; dispatch requests; run tasks
/// that can go on; write each connection's output at once; wait. Everything but `post`, `enqueue`
/// and `stop` is for the loop's own thread.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
  package struct Events: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let readable = Events(rawValue: EPOLLIN.rawValue)
    package static let writable = Events(rawValue: EPOLLOUT.rawValue)
    /// The peer is gone, or the connection failed; reported whether asked for or not.
    package static let hangUp = Events(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
  }

  /// Events taken from the kernel in one call.
  private static let eventsMax = 256
  /// Rounds of task jobs in a turn: tasks that yield to each other for ever leave the sockets theirs.
  private static let jobRoundsMax = 64

  package let name: String
  private let epoll: Int32
  private let wakeUp: Int32
  /// As the starter knows it, to join, and as the loop itself does: which of the two writes comes
  /// first is not defined.
  private var joinable = pthread_t()
  private var thread = pthread_t()
  private let started = Atomic<Bool>(false)

  private struct Inbox {
    var jobs: [UnownedJob] = []
    var work: [@Sendable () -> Void] = []
    var stopping = false
    /// Nobody will look in any more.
    var isClosed = false
  }
  private let inbox = Guarded(Inbox())
  // What follows is the loop's own, on one thread; the checks of exclusive access are a tenth of a
  // small call's cost.
  @exclusivity(unchecked) private var jobs: [UnownedJob] = []
  /// The other one of two: jobs come into one while those of the other run.
  @exclusivity(unchecked) private var runningJobs: [UnownedJob] = []
  @exclusivity(unchecked) private var runningWork: [@Sendable () -> Void] = []
  @exclusivity(unchecked) private var stopping = false

  private enum TimerAction {
    case run(() -> Void)
    case tell(any TimerTarget)
  }

  private var registrations: [(source: (any EventSource)?, generation: UInt32)] = []
  private var freeRegistrations: [Int] = []
  @exclusivity(unchecked) private var timers = TimerQueue()
  /// By the timers' slots.
  @exclusivity(unchecked) private var timerActions: [TimerAction?] = []
  private var endOfReading: [() -> Void] = []
  private var ending: [() -> Void] = []
  @exclusivity(unchecked) private var unflushed: [ByteStream] = []

  /// When the current turn's events arrived: the receive time of what it reads.
  @exclusivity(unchecked) package private(set) var turnStart = Instant.now()
  /// Shared by everything that packs or unpacks on this loop; reset after each message.
  package let arena = Arena()
  /// For a request that its handler reads in place, and for the response; reset after each call.
  package let handlerArena = Arena()

  package init(name: String) throws(SystemError) {
    self.name = name
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
    wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard wakeUp >= 0 else { throw SystemError("eventfd") }
    var event = epoll_event()
    event.events = EPOLLIN.rawValue
    event.data.u64 = .max
    guard epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  deinit {
    close(epoll)
    close(wakeUp)
  }

  // MARK: Thread

  package var isCurrent: Bool {
    started.load(ordering: .acquiring) && pthread_equal(thread, pthread_self()) != 0
  }

  /// Starts the loop on a thread of its own, which keeps it alive until `stop`.
  package func start() {
    let this = Unmanaged.passRetained(self).toOpaque()
    let error = pthread_create(
      &joinable, nil,
      { this in
        Unmanaged<EventLoop>.fromOpaque(this!).takeRetainedValue().run()
        return nil
      }, this)
    precondition(error == 0, "pthread_create: \(error)")
  }

  /// Ends the loop after the current turn, from any thread.
  package func stop() {
    inbox.withLock { $0.stopping = true }
    wake()
  }

  /// Waits for the thread to end, once. On the loop itself, where nobody can wait for it, it only
  /// gives the thread up.
  package func join() {
    if isCurrent { pthread_detach(thread) } else { pthread_join(joinable, nil) }
  }

  /// Runs `work` on the loop, from any thread. What is posted to a loop that has ended is dropped.
  package func post(_ work: @escaping @Sendable () -> Void) {
    let first = inbox.withLock { inbox in
      guard !inbox.isClosed else { return false }
      inbox.work.append(work)
      return inbox.work.count + inbox.jobs.count == 1
    }
    if first { wake() }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      jobs.append(job)
      return
    }
    let first = inbox.withLock { inbox in
      inbox.jobs.append(job)
      return inbox.work.count + inbox.jobs.count == 1
    }
    if first { wake() }
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  // MARK: Registration

  /// Names a registration; stale events of a descriptor that was closed and reused don't match.
  package struct Registration {
    fileprivate let slot: Int
    fileprivate let generation: UInt32
    fileprivate var data: UInt64 { UInt64(slot) << 32 | UInt64(generation) }
  }

  package func register(
    _ descriptor: Int32, _ events: Events, _ source: any EventSource
  ) throws(SystemError) -> Registration {
    let slot = freeRegistrations.popLast() ?? registrations.count
    if slot == registrations.count { registrations.append((nil, 0)) }
    registrations[slot].source = source
    let registration = Registration(slot: slot, generation: registrations[slot].generation)
    guard control(EPOLL_CTL_ADD, descriptor, events, registration) == 0 else {
      let error = SystemError("epoll_ctl")
      forget(registration)
      throw error
    }
    return registration
  }

  package func change(_ registration: Registration, _ descriptor: Int32, _ events: Events) {
    let result = control(EPOLL_CTL_MOD, descriptor, events, registration)
    precondition(result == 0, "epoll_ctl: \(errno)")
  }

  /// Before the descriptor is closed.
  package func remove(_ registration: Registration, _ descriptor: Int32) {
    _ = control(EPOLL_CTL_DEL, descriptor, [], registration)
    forget(registration)
  }

  private func forget(_ registration: Registration) {
    registrations[registration.slot].source = nil
    registrations[registration.slot].generation &+= 1
    freeRegistrations.append(registration.slot)
  }

  private func control(
    _ operation: Int32, _ descriptor: Int32, _ events: Events, _ registration: Registration
  ) -> Int32 {
    var event = epoll_event()
    event.events = events.rawValue
    event.data.u64 = registration.data
    return epoll_ctl(epoll, operation, descriptor, &event)
  }

  // MARK: Timers and turns

  package func schedule(at deadline: Instant, _ action: @escaping () -> Void) -> TimerQueue.ID {
    schedule(at: deadline, .run(action))
  }

  /// As with a closure; the target is kept until then.
  func schedule(at deadline: Instant, _ target: any TimerTarget) -> TimerQueue.ID {
    schedule(at: deadline, .tell(target))
  }

  private func schedule(at deadline: Instant, _ action: TimerAction) -> TimerQueue.ID {
    let id = timers.schedule(at: deadline)
    let slot = TimerQueue.slot(id)
    if slot < timerActions.count {
      timerActions[slot] = action
    } else {
      timerActions.append(action)
    }
    return id
  }

  package func cancel(_ timer: TimerQueue.ID) {
    if timers.cancel(timer) { timerActions[TimerQueue.slot(timer)] = nil }
  }

  private func runTimers() {
    while let id = timers.popDue(turnStart) {
      let action = timerActions[TimerQueue.slot(id)].take()
      switch action {
      case .run(let action): action()
      case .tell(let target): target.timerCame()
      case nil: break
      }
    }
  }

  /// Runs `action` in every turn, once all that has arrived was read and before anything is sent.
  package func atEndOfReading(_ action: @escaping () -> Void) { endOfReading.append(action) }

  /// Runs `action` on the loop when it ends.
  func atEnd(_ action: @escaping () -> Void) { ending.append(action) }

  /// The stream has output, to be written at the end of this turn.
  func flushLater(_ stream: ByteStream) { unflushed.append(stream) }

  private func run() {
    thread = pthread_self()
    started.store(true, ordering: .releasing)
    linux_set_thread_name(String(name.prefix(15)))
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.eventsMax) { events in
      while !stopping { turn(events) }
    }
    letGo()
  }

  /// Peers see the end of their connections, and what the loop held, which may hold the loop, goes.
  private func letGo() {
    for registration in registrations { registration.source?.loopEnded() }
    timerActions.removeAll()
    endOfReading.removeAll()
    for action in ending { action() }
    ending.removeAll()
    let unread = inbox.withLock { inbox in
      defer { inbox = Inbox(stopping: true, isClosed: true) }
      return inbox.work
    }
    // Outside of the lock: what goes with it may post.
    withExtendedLifetime(unread) {}
  }

  private func turn(_ events: UnsafeMutableBufferPointer<epoll_event>) {
    let timeout = jobs.isEmpty ? waitMilliseconds() : 0
    let count = retryingInterrupts {
      epoll_wait(epoll, events.baseAddress, Int32(Self.eventsMax), timeout)
    }
    precondition(count >= 0, "epoll_wait: \(errno)")
    turnStart = .now()
    for event in events[..<Int(count)] { deliver(event) }
    for action in endOfReading { action() }
    runTimers()
    runJobs()
    flush()
  }

  private func waitMilliseconds() -> Int32 {
    guard let deadline = timers.wakeAt else { return -1 }
    let nanoseconds = deadline.nanoseconds(since: .now())
    // Rounded up: waking before the deadline would spin.
    return Int32(clamping: max(0, (nanoseconds + 999_999) / 1_000_000))
  }

  private func deliver(_ event: epoll_event) {
    guard event.data.u64 != .max else { return takeInbox() }
    let slot = Int(event.data.u64 >> 32)
    let generation = UInt32(truncatingIfNeeded: event.data.u64)
    guard registrations[slot].generation == generation else { return }
    registrations[slot].source?.ready(Events(rawValue: event.events))
  }

  private func takeInbox() {
    var counter: UInt64 = 0
    _ = read(wakeUp, &counter, 8)
    inbox.withLock { inbox in
      swap(&inbox.work, &runningWork)
      stopping = inbox.stopping
      jobs.append(contentsOf: inbox.jobs)
      inbox.jobs.removeAll(keepingCapacity: true)
    }
    for work in runningWork { work() }
    runningWork.removeAll(keepingCapacity: true)
  }

  private func runJobs() {
    for _ in 0..<Self.jobRoundsMax where !jobs.isEmpty {
      swap(&jobs, &runningJobs)
      for job in runningJobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
      runningJobs.removeAll(keepingCapacity: true)
    }
  }

  /// Runs what was enqueued last, at once: a task that its caller has just let go on.
  func runLastJob() {
    jobs.popLast()?.runSynchronously(on: asUnownedTaskExecutor())
  }

  private func flush() {
    while let stream = unflushed.popLast() { stream.flush() }
  }
}
