internal import RPC

extension CallOutcome {
  /// That it ended with.
  var code: Code {
    if case .failure(let error) = result { error.code } else { .ok }
  }

  var errorCode: Code? {
    if case .failure(let error) = result { error.code } else { nil }
  }

  var failure: String? {
    if case .failure(let error) = result { error.description } else { nil }
  }
}
