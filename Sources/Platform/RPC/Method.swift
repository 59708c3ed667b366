/// What trying a call again may do.
package enum Safety: String, Sendable {
  /// Changes nothing.
  case pure
  /// The same request twice has the effect of one.
  case idempotent
  /// Must not run twice; tried again only when the server says that it was not started.
  case once
}

/// A method as a value: declared once, used by its server and by its callers.
package struct Method<Request: Message, Response: Message>: Sendable {
  /// As it travels: `brigade.v1.Inference/Score`.
  package let name: String
  package let safety: Safety

  package init(_ name: String, _ safety: Safety) {
    self.name = name
    self.safety = safety
  }
}
