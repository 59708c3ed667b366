package import RPC
internal import Storage

extension Settings {
  /// Of a file: a token, and no more than a few line ends.
  private static var tokenFileBytesMax: Int { 1_024 }

  /// The cluster's token, read from the file that `--token-file` names; none by default.
  package mutating func clusterToken() -> ClusterToken { tokenFile().token }

  /// The same, with the file's path, for who starts other processes; empty for none.
  package mutating func tokenFile() -> (path: String, token: ClusterToken) {
    value(
      "token_file", default: ("", .none), shown: \.path, placeholder: "FILE",
      "file with the token that all of a cluster's processes share; peers without it are refused"
    ) { path throws(SettingProblem) in
      let contents: [UInt8]
      do throws(DiskFile.Failure) {
        contents = try DiskFile.read(path, limitBytes: Self.tokenFileBytesMax)
      } catch {
        throw SettingProblem("\(path): \(error)")
      }
      do throws(ClusterToken.Invalid) {
        return (path, try ClusterToken(contents: contents))
      } catch {
        throw SettingProblem("\(path): \(error)")
      }
    }
  }
}
