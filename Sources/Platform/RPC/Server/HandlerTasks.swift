/// The tasks in which one method's handler waits, on one loop. One that has answered takes the next
/// call, as to make a task takes longer than many a handler does. Confined to the loop.
///
/// Of no generic type: these are looked up at run time, and what is done here is done for every call.
final class HandlerTasks: @unchecked Sendable {
  /// What a task does: serves the call that is there, and then, as long as it `mayWait`, waits for
  /// the next, until there is none when it goes on.
  typealias Body = nonisolated(nonsending) @Sendable (HandlerTasks, HandlerTask) async -> Void

  /// Tasks kept for calls to come: as many as wait in a busy service.
  private static let idleMax = 256

  private let body: Body
  /// Where the request is that a task is about to take, with its call: the loop does nothing else
  /// until it has.
  let request: UnsafeMutableRawPointer
  @exclusivity(unchecked) private var call: CallContext?
  /// They wait for a call.
  @exclusivity(unchecked) private var idle: [HandlerTask] = []
  private var endsWithLoop = false

  init(requestBytes: Int, _ body: @escaping Body) {
    self.body = body
    request = .allocate(byteCount: requestBytes, alignment: MemoryLayout<Int>.alignment)
  }

  deinit { request.deallocate() }

  /// Runs the handler with what is at `request` until it has answered or waits.
  func run(_ call: CallContext) {
    self.call = call
    let task = idle.popLast() ?? HandlerTask()
    if task.handle == nil { start(task, on: call.loop) } else { resume(task, on: call.loop) }
    if call.isWaiting { call.task = task.handle }
  }

  private func start(_ task: HandlerTask, on loop: EventLoop) {
    if !endsWithLoop {
      endsWithLoop = true
      loop.atEnd { [self] in while let task = idle.popLast() { resume(task, on: loop) } }
    }
    task.handle = .immediateDetached(executorPreference: loop) { [self] in await body(self, task) }
  }

  private func resume(_ task: HandlerTask, on loop: EventLoop) {
    task.continuation?.resume()
    loop.runLastJob()
  }

  // MARK: In the task

  /// The call to serve; nil when the loop ends.
  func takeCall() -> CallContext? { call.take() }

  /// Not where a caller that left has cancelled it, which is for ever.
  var mayWait: Bool { !Task.isCancelled && idle.count < Self.idleMax }

  func wait(_ task: HandlerTask, _ continuation: UnsafeContinuation<Void, Never>) {
    task.continuation = continuation
    idle.append(task)
  }
}

/// A task, and how it goes on.
final class HandlerTask: @unchecked Sendable {
  @exclusivity(unchecked) fileprivate var handle: Task<Void, Never>?
  @exclusivity(unchecked) fileprivate var continuation: UnsafeContinuation<Void, Never>?
}
