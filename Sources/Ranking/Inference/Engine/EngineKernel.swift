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
  /// Up to so many rows cost less one by one than as a block, as measured with lambdarank models of
  /// 100 to 1,000 trees.
  var fewRows: Int {
    switch self {
    case .portable: 16
    case .sse42: 16
    case .avx2: 12
    case .avx512: 8
    }
  }
}
