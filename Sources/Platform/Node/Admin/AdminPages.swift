internal import RPC

/// The pages that a service adds to its process's admin port.
package final class AdminPages: Sendable {
  package typealias Answer = @Sendable (HTTPRequest) -> HTTPResponse

  private let pages = Guarded<[(path: String, answer: Answer)]>([])

  package init() {}

  /// - Parameters:
  ///   - path: of the page, and of all that lie below it; `/` is of itself only.
  ///   - answer: called on the admin port's thread, with GET and HEAD requests; it may take a moment.
  package func add(_ path: String, _ answer: @escaping Answer) {
    pages.withLock { $0.append((path, answer)) }
  }

  package var paths: [String] { pages.withLock { $0.map(\.path) } }

  /// Nil when there is no such page.
  package func answer(_ request: HTTPRequest) -> HTTPResponse? {
    let found = pages.withLock { pages in
      pages.first {
        request.path == $0.path || ($0.path != "/" && request.path.hasPrefix($0.path + "/"))
      }
    }
    return found?.answer(request)
  }
}
