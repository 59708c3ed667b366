package import CMessages
package import RPC

package struct ScoreRequest: Message {
  /// Name, or name/version; empty: the default.
  package var model: String = ""
  /// Fingerprint of the rows' feature definition; 0: not checked.
  package var schema: UInt64 = 0
  package var columns: UInt32 = 0
  /// Row-major.
  package var matrix: [Float] = []
  /// Names of the columns; empty: not checked.
  package var features: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ScoreRequest>?) -> Void {
    brigade__v1__score_request__init
  }

  package init(_ c: Brigade__V1__ScoreRequest) {
    model = String(c.model)
    schema = c.schema
    columns = c.columns
    matrix = Array(c.matrix, c.n_matrix)
    features = Array(c.features, c.n_features)
  }

  package func write(to c: inout Brigade__V1__ScoreRequest, in arena: Arena) {
    c.model = arena.string(model)
    c.schema = schema
    c.columns = columns
    (c.matrix, c.n_matrix) = (arena.array(matrix), matrix.count)
    (c.features, c.n_features) = (arena.strings(features), features.count)
  }
}

package struct ScoreResponse: Message {
  /// Name/version that scored.
  package var model: String = ""
  /// Scores a row.
  package var heads: UInt32 = 0
  /// Row-major, rows × heads.
  package var scores: [Double] = []
  /// One a head, where the model names its heads.
  package var headNames: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ScoreResponse>?) -> Void {
    brigade__v1__score_response__init
  }

  package init(_ c: Brigade__V1__ScoreResponse) {
    model = String(c.model)
    heads = c.heads
    scores = Array(c.scores, c.n_scores)
    headNames = Array(c.head_names, c.n_head_names)
  }

  package func write(to c: inout Brigade__V1__ScoreResponse, in arena: Arena) {
    c.model = arena.string(model)
    c.heads = heads
    (c.scores, c.n_scores) = (arena.array(scores), scores.count)
    (c.head_names, c.n_head_names) = (arena.strings(headNames), headNames.count)
  }
}
