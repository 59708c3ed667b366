package enum LogFormat: String, CaseIterable, Sendable {
  /// `time=… level=info msg="listening" address=127.0.0.1:7000`, for people and grep.
  case logfmt
  /// One object a line, for collectors.
  case json
}
