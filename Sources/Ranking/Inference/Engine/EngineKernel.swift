internal import CTrees

/// The instructions that the engine's inner loops are compiled for, the best last.
package enum EngineKernel: String, CaseIterable, Sendable {
  /// Vectors that the compiler lays out for any processor.
  case portable
  case sse42
  case avx2
  /// AVX-512 with VBMI.
  case avx512

  /// Whether this processor has them.
  package var isAvailable: Bool { trees_kernel_available(code) != 0 }

  /// Those of this processor.
  package static var available: [EngineKernel] { allCases.filter(\.isAvailable) }

  /// Chosen once in a process.
  package static let best = available.last ?? .portable

  var code: trees_kernel {
    switch self {
    case .portable: trees_portable
    case .sse42: trees_sse42
    case .avx2: trees_avx2
    case .avx512: trees_avx512
    }
  }
}

extension EngineKernel {
  /// Up to so many rows cost less one by one than as a block. Measured with a model of 500 trees of
  /// 63 leaves; with 100 of 31 the two cost the same at half as many rows, with 1,000 of 255 at
  /// twice as many.
  var fewRows: Int {
    switch self {
    case .portable: 24
    case .sse42: 11
    case .avx2: 8
    case .avx512: 7
    }
  }
}
