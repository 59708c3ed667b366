/// Who this process is to its peers.
package struct Identity: Sendable {
  /// For people and traces: `inference-2`.
  package var replica: String
  /// Program and version.
  package var software: String
  /// The cluster's shared token; empty where none is used. Servers ask for it, clients show it.
  package var token: String

  package init(replica: String, software: String, token: String = "") {
    self.replica = replica
    self.software = software
    self.token = token
  }
}
