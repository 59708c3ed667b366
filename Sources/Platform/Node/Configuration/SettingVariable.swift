/// A variable of the environment that gives a setting its value, over the file and under a flag.
package struct SettingVariable {
  let name: String
  /// What a flag would say, of what the variable says.
  let flag: (String) -> String

  package init(_ name: String, asFlag flag: @escaping (String) -> String) {
    self.name = name
    self.flag = flag
  }
}
