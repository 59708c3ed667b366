/// What a replica says of itself in every answer's head; anything, as it came over the wire.
package struct ReplicaLoad: Equatable, Sendable {
  /// Calls that the answering thread has queued or begun, the answered one among them.
  package var inFlight: UInt32
  /// Processor time over the last second; 1000 is one processor.
  package var permille: UInt32

  package init(inFlight: UInt32, permille: UInt32) {
    self.inFlight = inFlight
    self.permille = permille
  }
}
