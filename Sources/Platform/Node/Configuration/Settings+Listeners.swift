package import RPC

extension Settings {
  package mutating func address(
    _ key: String, default standard: Address, _ help: String
  ) -> Address {
    value(key, default: standard, shown: \.description, placeholder: "ADDRESS", help) {
      text throws(SettingProblem) in
      guard let address = Address(text) else {
        throw SettingProblem("\"\(text)\" is neither host:port nor unix:/path")
      }
      return address
    }
  }

  /// Declares what opens listeners to other machines: the token, or the word that none is wanted.
  /// To be called before any listener's address is checked.
  mutating func beyondThisMachine() -> ClusterToken {
    let token = clusterToken()
    let isInsecure = flag(
      "insecure", default: false, "listen beyond this machine, at any port, without a token")
    maySeeOtherMachines = token.isPresent || isInsecure
    return token
  }

  /// For every address that the process listens at, whatever its protocol: none is reached from
  /// other machines by accident.
  mutating func refuseBeyondThisMachine(_ key: String, _ address: Address) {
    guard !address.isLoopback, !maySeeOtherMachines else { return }
    refuse(
      key, "\(address) is reached from other machines: give --token-file, or --insecure")
  }
}
