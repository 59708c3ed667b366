/// How a caller deals with a service's replicas.
package struct RoutingSettings: Sendable {
  package var retries = RetryPolicy()
  package var ejection = Ejection.Settings()
  package var hedging = Hedging.Settings()

  package init() {}
}
