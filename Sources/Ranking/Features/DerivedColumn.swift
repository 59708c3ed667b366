internal import Glibc

/// A column made of other columns of the matrix, once those are filled.
struct DerivedColumn: Sendable {
  /// A feature's place in the definition, and so in a row.
  typealias Column = Int

  struct Factor: Sendable {
    let column: Column
    let plus: Float
    let power: Float
    let missing: Float
  }

  enum Operation: Sendable {
    case product([Factor])
    case among(CandidateFunction, of: Column, unless: Column?)
  }

  let column: Column
  let operation: Operation
  /// What stands where the value is missing.
  let missing: Float

  /// - Parameter columns: of a row; the matrix is row-major.
  func fill(_ matrix: inout [Float], columns: Int) {
    let values: [Float]
    switch operation {
    case .product(let factors): values = product(of: factors, matrix, columns)
    case .among(let function, let source, let unless):
      var compared = Self.values(of: source, matrix, columns)
      if let unless {
        for (row, excluded) in Self.values(of: unless, matrix, columns).enumerated()
        where excluded > 0 {
          compared[row] = .nan
        }
      }
      values = function.values(compared)
    }
    for (row, value) in values.enumerated() {
      matrix[row * columns + column] = value.isNaN ? missing : value
    }
  }

  private static func values(of column: Column, _ matrix: [Float], _ columns: Int) -> [Float] {
    stride(from: column, to: matrix.count, by: columns).map { matrix[$0] }
  }

  private func product(of factors: [Factor], _ matrix: [Float], _ columns: Int) -> [Float] {
    var products = [Float](repeating: 1, count: matrix.count / columns)
    for factor in factors {
      for row in products.indices {
        let value = matrix[row * columns + factor.column]
        let base = (value.isNaN ? factor.missing : value) + factor.plus
        products[row] *= factor.power == 1 ? base : powf(base, factor.power)
      }
    }
    return products
  }
}

extension CandidateFunction {
  /// One for each of `compared`; what is missing there stays so and is not compared with.
  func values(_ compared: [Float]) -> [Float] {
    switch self {
    case .rankHighest: return Self.ranks(compared, descending: true)
    case .rankLowest: return Self.ranks(compared, descending: false)
    case .share:
      let sum = compared.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
      return compared.map { sum > 0 ? $0 / sum : .nan }
    case .most:
      let most = compared.reduce(Float.nan) { $0 >= $1 || $1.isNaN ? $0 : $1 }
      return Array(repeating: most, count: compared.count)
    case .count:
      let count = compared.count { $0 > 0 }
      return Array(repeating: Float(count), count: compared.count)
    }
  }

  /// How many are better, so that equal ones have one rank, whatever the order of the rows.
  private static func ranks(_ compared: [Float], descending: Bool) -> [Float] {
    var ranks = [Float](repeating: .nan, count: compared.count)
    let order = compared.indices.filter { !compared[$0].isNaN }.sorted {
      descending ? compared[$0] > compared[$1] : compared[$0] < compared[$1]
    }
    var rank = 0
    for (position, row) in order.enumerated() {
      if position > 0, compared[row] != compared[order[position - 1]] { rank = position }
      ranks[row] = Float(rank)
    }
    return ranks
  }
}
