import Node
import Testing

@Suite struct ConfigurationHelpTests {
  private func help() -> String {
    guard case .help(let text) = load(["--help"]) else { return "" }
    return text
  }

  @Test func `help shows every setting with its kind, limits and default`() {
    #expect(
      help() == """
        kitchen - cooks what was ordered

        Usage: kitchen [--config FILE] [--SETTING VALUE]...

          --config FILE                read settings from this JSON file; flags win over it
          --help                       print this and exit
          --version                    print the version and exit

        Settings. In the file, dashes are underscores and sections are objects.
          --listen TEXT                address to listen on (default 127.0.0.1)
          --port PORT                  port to listen on (default 7000)
          --queue-depth-max N          requests that wait before the next is refused (calls, 1...4096,
                                       default 64)
          --verbose                    say more (default false)
          --policy NAME                how slots are given out (fair|greedy|random, default fair)

        retrieval: where candidates come from
          --retrieval.timeout-ms N     budget of the hop (milliseconds, 1...60000, default 40)
          --retrieval.radius-km X      how far candidates are (kilometres, 0...50, default 2.5)
          --retrieval.replicas TEXT,…  where the replicas listen (default a:1)

        Examples:
          kitchen --listen 0.0.0.0

        """)
  }

  @Test func `lines fit a terminal of 100 columns`() {
    let lines = help().split(separator: "\n")
    #expect(lines.count > 15)
    #expect(lines.allSatisfy { $0.count <= 100 })
  }
}
