package import CMessages
package import RPC

/// How far an item came on its way into a list.
package enum Fate: UInt32, Sendable, CaseIterable {
  /// By a fallback, or by a replica of an earlier version.
  case notTold = 0
  /// The catalogue has no such item.
  case unknown = 1
  /// A filter of the request holds it back.
  case filtered = 2
  /// It fits, and others were chosen as candidates.
  case notRetrieved = 3
  /// A candidate; all that retrieval can tell.
  case retrieved = 4
  /// A candidate whose score is too low for the list.
  case rankedBelow = 5
  /// Its score would have done, but a rule gave its place away.
  case ruledOut = 6
  /// In the list.
  case shown = 7

  package init(_ c: Brigade__V1__Fate) { self = Self(rawValue: c.rawValue) ?? .notTold }
  package var c: Brigade__V1__Fate { Brigade__V1__Fate(rawValue: rawValue) }
}

package struct ItemFate: Message {
  package var id: String = ""
  package var name: String = ""
  package var fate: Fate = .notTold
  /// In words, of what is no candidate.
  package var why: String = ""
  package var distanceKilometres: Double = 0
  /// Of the first stage; 0 where a filter holds it back.
  package var score: Double = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ItemFate>?) -> Void {
    brigade__v1__item_fate__init
  }

  package init(_ c: Brigade__V1__ItemFate) {
    id = String(c.id)
    name = String(c.name)
    fate = Fate(c.fate)
    why = String(c.why)
    distanceKilometres = c.distance_km
    score = c.score
  }

  package func write(to c: inout Brigade__V1__ItemFate, in arena: Arena) {
    c.id = arena.string(id)
    c.name = arena.string(name)
    c.fate = fate.c
    c.why = arena.string(why)
    c.distance_km = distanceKilometres
    c.score = score
  }
}
