/// How much a server's loop takes in.
package struct AdmissionSettings: Equatable, Sendable {
  /// False: nothing but the limits of the RPC layer refuses calls.
  package var isAdaptive = true
  package var limit = ConcurrencyLimit.Settings()
  /// Calls that wait, whatever their time.
  package var queueDepthMax = 4_096

  package init() {}
}
