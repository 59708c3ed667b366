internal import CLinux
internal import Glibc

/// A thread for work that blocks, such as waiting for a disk, so that no loop has to. Work runs in
/// the order in which it was given.
package final class Worker: @unchecked Sendable {
  private struct State {
    var work: [@Sendable () -> Void] = []
    var isStopping = false
  }

  private let name: String
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state = State()
  private var thread = pthread_t()

  /// The thread runs until `stop`.
  package init(name: String) {
    self.name = name
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var error = pthread_mutex_init(mutex, nil)
    precondition(error == 0, "pthread_mutex_init: \(error)")
    error = pthread_cond_init(condition, nil)
    precondition(error == 0, "pthread_cond_init: \(error)")
    let this = Unmanaged.passRetained(self).toOpaque()
    error = pthread_create(
      &thread, nil,
      { this in
        Unmanaged<Worker>.fromOpaque(this!).takeRetainedValue().work()
        return nil
      }, this)
    precondition(error == 0, "pthread_create: \(error)")
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `work` after what was given before, from any thread. The caller bounds how much waits.
  /// After `stop`, nothing is taken any more.
  @discardableResult
  package func post(_ work: @escaping @Sendable () -> Void) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !state.isStopping else { return false }
    state.work.append(work)
    pthread_cond_signal(condition)
    return true
  }

  /// Runs `work` on the thread and waits for it without blocking; nil after `stop`.
  package func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result? {
    await withUnsafeContinuation { continuation in
      if !post({ continuation.resume(returning: work()) }) { continuation.resume(returning: nil) }
    }
  }

  /// Lets what was given finish, ends the thread and waits for that. Once, and not on the thread.
  package func stop() {
    pthread_mutex_lock(mutex)
    state.isStopping = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
    pthread_join(thread, nil)
  }

  private func work() {
    linux_set_thread_name(String(name.prefix(15)))
    while let batch = next() { for work in batch { work() } }
  }

  private func next() -> [@Sendable () -> Void]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while state.work.isEmpty {
      if state.isStopping { return nil }
      pthread_cond_wait(condition, mutex)
    }
    defer { state.work = [] }
    return state.work
  }
}
