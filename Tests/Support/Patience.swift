/// How long a test waits for what is to happen. Only a hang takes all of it; long, as hundreds of
/// tests at once on two cores that do other things as well have kept one waiting for 20 seconds.
package enum Patience {
  package static let milliseconds: Int64 = 60_000
}
