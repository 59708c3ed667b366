/// A request, whole. Trailers are not kept: nothing that we serve has any.
package struct HTTPRequest: Equatable, Sendable {
  package struct Header: Equatable, Sendable {
    /// In lower case.
    package var name: String
    /// Without the spaces around it.
    package var value: String
  }

  /// As sent: methods are case-sensitive.
  package var method: String
  /// Without the query; `*` for OPTIONS of the whole server.
  package var path: String
  package var query: String
  package var headers: [Header] = []
  package var body: [UInt8] = []
  /// Whether the client leaves the connection open for another request.
  package var keepsAlive: Bool

  /// The value of the first header of that name, which is in lower case.
  package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

  /// How many headers of that name there are.
  package func count(of name: String) -> Int { headers.count { $0.name == name } }

  /// The elements of a header that is a list, over all its lines, without the spaces around them.
  package func list(_ name: String) -> [String] {
    headers.filter { $0.name == name }
      .flatMap { $0.value.split(separator: ",") }
      .map { String($0.trimmed) }
      .filter { !$0.isEmpty }
  }
}

/// Why bytes are no request that we take, and what they are answered with before the end.
package struct HTTPRefusal: Error, Equatable, Sendable {
  package var status: HTTPStatus
  package var reason: String

  package init(_ status: Int, _ reason: String) {
    self.status = HTTPStatus(status)
    self.reason = reason
  }
}

extension StringProtocol where SubSequence == Substring {
  /// Without the spaces and tabs at its ends.
  package var trimmed: Substring {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest = rest.dropFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest = rest.dropLast() }
    return rest
  }
}
