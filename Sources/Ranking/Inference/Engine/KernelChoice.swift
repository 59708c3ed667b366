/// The kernel that a person wants: the best there is, or a certain one, to compare results or to do
/// without instructions that slow a processor's other work.
package enum KernelChoice: String, CaseIterable, Sendable {
  case auto
  case avx512
  case avx2
  case sse42
  case portable

  /// Nil where this processor does not have it.
  package var kernel: EngineKernel? {
    guard let kernel = EngineKernel(rawValue: rawValue) else { return .best }
    return kernel.isAvailable ? kernel : nil
  }

  /// For who asks for one that is not there.
  package var absence: String {
    let available = EngineKernel.available.map(\.rawValue).joined(separator: ", ")
    return "this processor does not have \(rawValue); it has \(available)"
  }
}
