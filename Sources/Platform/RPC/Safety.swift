/// What trying a call again may do.
package enum Safety: String, Sendable {
  /// Changes nothing.
  case pure
  /// The same request twice has the effect of one.
  case idempotent
  /// Must not run twice; tried again only when the server says that it was not started.
  case once
}
