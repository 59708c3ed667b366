import RPC
import Storage
import TestSupport

/// The repository's README, so that what it shows can be run as it stands there.
struct Readme {
  /// Text between fences.
  struct Block {
    /// The nearest heading above it, without its marks.
    let heading: String
    /// Behind the opening fence: `sh`, `python`; empty for what is only shown.
    let language: String
    let text: String
  }

  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  let text: String
  private(set) var blocks: [Block] = []

  init() throws {
    let bytes = try DiskFile.read("\(Checkout.root)/README.md", limitBytes: 1 << 20)
    text = String(decoding: bytes, as: UTF8.self)
    var heading = ""
    var open: (language: String, lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(
            Block(
              heading: heading, language: block.language,
              text: block.lines.joined(separator: "\n") + "\n"))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), [])
        }
      } else if open != nil {
        open?.lines.append(line)
      } else if line.hasPrefix("#") {
        heading = String(line.drop { $0 == "#" || $0 == " " })
      }
    }
  }

  /// The block under that heading which has the text in it.
  func block(
    _ language: String, under heading: String, containing part: String = ""
  ) throws(Missing) -> String {
    let found = blocks.first {
      $0.language == language && $0.heading == heading
        && (part.isEmpty || $0.text.contains(part))
    }
    guard let found else {
      throw Missing(
        description: "README.md has no \(language) block with \"\(part)\" under \"\(heading)\"")
    }
    return found.text
  }

  /// Commands of a shell block, continued lines put together.
  static func commands(_ shell: String) -> [String] {
    var commands: [String] = []
    var continued = ""
    for line in shell.split(separator: "\n") {
      if line.hasSuffix("\\") {
        continued += line.dropLast()
      } else {
        commands.append(continued + line)
        continued = ""
      }
    }
    return commands
  }

  /// Paths that the text links to, within the repository.
  var links: [String] {
    var links: [String] = []
    var rest = text[...]
    while let start = rest.firstRange(of: "](") {
      rest = rest[start.upperBound...]
      let target = rest.prefix { $0 != ")" && $0 != "#" }
      if !target.contains("://"), !target.isEmpty { links.append(String(target)) }
    }
    return links
  }
}

extension Readme {
  /// What is shown under a heading behind a block, up to the next one to run: its output.
  func outputs(under heading: String, after text: String) -> [String] {
    let own = blocks.filter { $0.heading == heading }
    guard let index = own.firstIndex(where: { $0.text == text }) else { return [] }
    return own[(index + 1)...].prefix { $0.language.isEmpty }.map(\.text)
  }
}
