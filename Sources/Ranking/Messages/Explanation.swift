package import CMessages
package import RPC

/// What to tell of how the list came about; for people who look into one request.
package struct Explain: Message {
  /// Told of, from the first place down; 0: 20, none beside `itemIDs`.
  package var candidates: UInt32 = 0
  /// Told of wherever they are, or were lost; at most 16.
  package var itemIDs: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Explain>?) -> Void {
    brigade__v1__explain__init
  }

  package init(_ c: Brigade__V1__Explain) {
    candidates = c.candidates
    itemIDs = Array(c.item_ids, c.n_item_ids)
  }

  package func write(to c: inout Brigade__V1__Explain, in arena: Arena) {
    c.candidates = candidates
    (c.item_ids, c.n_item_ids) = (arena.strings(itemIDs), itemIDs.count)
  }
}

package struct Explanation: Message {
  /// Name/version of the model, or what stood in for it.
  package var scorer: String = ""
  /// Names of the columns; none where no rows were assembled.
  package var features: [String] = []
  /// Names of the model's scores; none where no model scored.
  package var heads: [String] = []
  /// Items that passed the filters; 0 where a fallback had them.
  package var matched: UInt32 = 0
  /// In the order in which they were applied.
  package var rules: [Rule] = []
  /// As they stand at the end; then what is no candidate.
  package var items: [ExplainedItem] = []
  /// As in the answer, with what each changes.
  package var arms: [Arm] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Explanation>?) -> Void {
    brigade__v1__explanation__init
  }

  package init(_ c: Brigade__V1__Explanation) {
    scorer = String(c.scorer)
    features = Array(c.features, c.n_features)
    heads = Array(c.heads, c.n_heads)
    matched = c.matched
    rules = Array(c.rules, c.n_rules)
    items = Array(c.items, c.n_items)
    arms = Array(c.arms, c.n_arms)
  }

  package func write(to c: inout Brigade__V1__Explanation, in arena: Arena) {
    c.scorer = arena.string(scorer)
    (c.features, c.n_features) = (arena.strings(features), features.count)
    (c.heads, c.n_heads) = (arena.strings(heads), heads.count)
    c.matched = matched
    (c.rules, c.n_rules) = (arena.messages(rules), rules.count)
    (c.items, c.n_items) = (arena.messages(items), items.count)
    (c.arms, c.n_arms) = (arena.messages(arms), arms.count)
  }
}

package struct Rule: Message {
  package var name: String = ""
  /// It changed something.
  package var fired: Bool = false
  /// In words.
  package var what: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Rule>?) -> Void {
    brigade__v1__rule__init
  }

  package init(_ c: Brigade__V1__Rule) {
    name = String(c.name)
    fired = c.fired != 0
    what = String(c.what)
  }

  package func write(to c: inout Brigade__V1__Rule, in arena: Arena) {
    c.name = arena.string(name)
    c.fired = fired ? 1 : 0
    c.what = arena.string(what)
  }
}
