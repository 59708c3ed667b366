internal import Definitions
internal import Glibc

/// The distributions that a city is drawn from.
extension SplitMix64 {
  /// In (0, 1): never an end, whose logarithm would be infinite.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  mutating func happens(_ probability: Double) -> Bool { uniform() < probability }

  mutating func below(_ count: Int) -> Int { Int(uniform() * Double(count)) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Mean 0, deviation 1 (Box and Muller).
  mutating func normal() -> Double {
    (-2 * log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Added to utilities, it makes the greatest a draw by the logit model.
  mutating func gumbel() -> Double { -log(-log(uniform())) }

  /// An index with a probability in proportion to the steps of `cumulative`, which ascends.
  mutating func index(cumulative: [Double]) -> Int {
    let target = uniform() * (cumulative.last ?? 0)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
