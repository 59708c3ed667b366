import RPC
import TestSupport
import Testing

@Suite struct ServerTests {
  @Test func `a call is answered, with what its replica spent on it`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(7, TestServer.echo.name, test.named("hello"))
    let (head, body) = try peer.response()
    #expect(head.call == 7 && head.code == 0 && head.message.isEmpty)
    #expect(head.loadInFlight == 1)
    #expect(try DescribeRequest(decoding: body).name == "hello")
  }

  @Test func `many calls in one write are all answered`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    let frames = (1...200).map { call in
      RawPeer.request(UInt64(call), TestServer.echo.name, test.named("call \(call)"))
    }
    try peer.send(frames.flatMap(\.bytes))
    var answered: [UInt64: String] = [:]
    for _ in frames {
      let (head, body) = try peer.response()
      answered[head.call] = try DescribeRequest(decoding: body).name
    }
    #expect(answered.count == 200)
    #expect(answered.allSatisfy { $0.value == "call \($0.key)" })
  }

  @Test func `a server listens on a Unix path too`() throws {
    let folder = TemporaryFolder()
    let path = "unix:\(folder.path)/server"
    let test = try TestServer(at: path)
    #expect(test.address.description == path)
    #expect(try RawPeer(greeting: test.address).health() == .serving)
  }

  @Test func `an unknown method or service is told apart`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, "test.Echo/Sing", test.named(""))
    let lacking = try peer.response().head
    #expect(Code(rawValue: lacking.code) == .unimplemented && lacking.advice == .never)
    #expect(lacking.message.contains("test.Echo has test.Echo/Blow"), "\(lacking.message)")
    try peer.request(1, "test.Choir/Sing", test.named(""))
    #expect(try peer.response().head.message.hasSuffix("this server has no service test.Choir"))
  }

  @Test func `a body of another type is the caller's mistake, and only that call's`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    var head = RequestHead()
    head.method = TestServer.echo.name
    try peer.send(RawFrame(kind: 1, head: head.encoded(), body: [0xFF, 0xFF, 0xFF]))
    let refused = try peer.response().head
    #expect(Code(rawValue: refused.code) == .invalidArgument && refused.advice == .never)
    #expect(try peer.health() == .serving)
  }

  @Test func `an error's message is cut to fit, however long its characters are`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    let character = "e" + String(repeating: "\u{301}", count: 500)
    try peer.request(1, TestServer.fail.name, test.named(character))
    let head = try peer.response().head
    #expect(Code(rawValue: head.code) == .dataLoss && head.advice == .mayHaveRun)
    #expect((1_990...2_000).contains(head.message.utf8.count))
    try peer.request(2, character, test.named(""))
    #expect(try peer.response().head.code == Code.unimplemented.rawValue)
  }

  @Test func `an answer longer than its caller takes says so`() throws {
    let test = try TestServer()
    var hello = RawPeer.hello()
    hello.frameBytesMax = 8_192
    let peer = try RawPeer(greeting: test.address, hello)
    try peer.request(1, TestServer.blow.name, test.named("8000"))
    #expect(try peer.response().body.count > 8_000)
    try peer.request(2, TestServer.blow.name, test.named("8192"))
    let head = try peer.response().head
    #expect(Code(rawValue: head.code) == .resourceExhausted && head.advice == .never)
    // More than what one unpacked message may take.
    try peer.request(3, TestServer.blow.name, test.named("\(65 << 20)"))
    #expect(try peer.response().head.code == Code.resourceExhausted.rawValue)
  }

  // MARK: Time and cancelling

  @Test func `a call ends when its budget does`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.wait.name, test.named(""), budgetMicroseconds: 30_000)
    let late = try peer.response().head
    #expect(Code(rawValue: late.code) == .deadlineExceeded && late.advice == .mayHaveRun)
    #expect(late.handlerMicroseconds >= 25_000)
  }

  @Test func `budgets are cut to the server's, and none means the default`() throws {
    var limits = Limits()
    limits.budgetMilliseconds = 40
    limits.budgetDefaultMilliseconds = 20
    let test = try TestServer(limits)
    let peer = try RawPeer(greeting: test.address)
    for budget in [UInt64.max, 0] {
      try peer.request(1, TestServer.wait.name, test.named(""), budgetMicroseconds: budget)
      #expect(try peer.response().head.code == Code.deadlineExceeded.rawValue)
    }
  }

  @Test func `a call whose time is over before it starts was not started`() throws {
    let test = try TestServer()
    let peer = try RawPeer(greeting: test.address)
    let frame = RawPeer.request(
      1, TestServer.blow.name, test.named("100000"), budgetMicroseconds: 1)
    try peer.send(frame)
    let head = try peer.response().head
    #expect(Code(rawValue: head.code) == .deadlineExceeded && head.advice == .notStarted)
  }

  @Test func `a cancelled call is not answered and makes room`() throws {
    var limits = Limits()
    limits.callsInFlightMax = 1
    let test = try TestServer(limits)
    let peer = try RawPeer(greeting: test.address)
    for call in UInt64(1)...20 {
      try peer.request(call, TestServer.wait.name, test.named(""))
      var cancel = Cancel()
      cancel.call = call
      try peer.send(RawFrame(.cancel, cancel))
      // Of a call that never was.
      cancel.call = 1_000
      try peer.send(RawFrame(.cancel, cancel))
    }
    #expect(try peer.health() == .serving)
  }

  // MARK: Too much

  @Test func `calls beyond a connection's number are refused unstarted`() throws {
    var limits = Limits()
    limits.callsInFlightMax = 2
    let test = try TestServer(limits)
    let peer = try RawPeer(greeting: test.address)
    for call in UInt64(1)...3 { try peer.request(call, TestServer.wait.name, test.named("")) }
    let refused = try peer.response().head
    #expect(refused.call == 3)
    #expect(Code(rawValue: refused.code) == .unavailable && refused.advice == .notStarted)
    #expect(try RawPeer(greeting: test.address).health() == .serving)
  }

  @Test func `requests beyond a loop's queue are refused unstarted`() throws {
    var limits = Limits()
    limits.queueDepthMax = 5
    let test = try TestServer(limits)
    let peer = try RawPeer(greeting: test.address)
    let frames = (1...40).map {
      RawPeer.request(UInt64($0), TestServer.echo.name, test.named(""))
    }
    try peer.send(frames.flatMap(\.bytes))
    var codes: [Code: Int] = [:]
    for _ in frames {
      let head = try peer.response().head
      codes[try #require(Code(rawValue: head.code)), default: 0] += 1
      #expect(head.code == 0 || head.advice == .notStarted)
    }
    // How the kernel cuts the write into turns is not ours to say.
    #expect(
      codes[.ok, default: 0] >= 5 && codes[.ok, default: 0] + codes[.unavailable, default: 0] == 40)
  }

  @Test func `running calls beyond a loop's number are refused, and lost ones are not counted`()
    throws
  {
    var limits = Limits()
    limits.callsRunningMax = 2
    let test = try TestServer(limits)
    for _ in 0..<5 {
      let holder = try RawPeer(greeting: test.address)
      for call in UInt64(1)...2 { try holder.request(call, TestServer.wait.name, test.named("")) }
      try holder.request(3, TestServer.echo.name, test.named(""))
      #expect(try holder.response().head.code == Code.unavailable.rawValue)
      // A number in use ends the connection; what ran on it is over.
      try holder.request(1, TestServer.wait.name, test.named(""))
      #expect(try holder.closing()?.code == .protocolViolation)
      holder.endOutput()
      let next = try RawPeer(greeting: test.address)
      var code = Code.unavailable.rawValue
      for call in UInt64(1)...10_000 where code != 0 {
        try next.request(call, TestServer.echo.name, test.named(""))
        code = try next.response().head.code
      }
      #expect(code == 0)
    }
  }

  @Test func `a call that is turned away is told of, and one that fails by itself is not`() throws {
    var limits = Limits()
    limits.callsRunningMax = 1
    let told = Guarded<[String]>([])
    let test = try TestServer(limits) { call, method, error in
      told.withLock { $0.append("\(method) \(call.trace.traceLow) \(error.message)") }
    }
    let peer = try RawPeer(greeting: test.address)
    try peer.request(1, TestServer.fail.name, test.named("x"))
    #expect(try peer.response().head.code == Code.dataLoss.rawValue)
    try peer.request(2, "test.Echo/Sing", test.named(""))
    _ = try peer.response()
    #expect(told.withLock { $0.count } == 1)
    // A name that nobody has is the caller's text.
    #expect(told.withLock { $0.removeLast() }.hasPrefix("_OTHER 0 no method test.Echo/Sing"))
    // Bytes that are no message.
    var garbage = RawPeer.request(5, TestServer.echo.name, test.named(""))
    garbage.body = [0xFF]
    try peer.send(garbage)
    #expect(try peer.response().head.code == Code.invalidArgument.rawValue)
    #expect(told.withLock { $0.count } == 1)
    #expect(told.withLock { $0.removeLast() }.hasPrefix("test.Echo/Say 0 "))
    try peer.request(3, TestServer.wait.name, test.named(""))
    try peer.request(4, TestServer.echo.name, test.named(""))
    #expect(try peer.response().head.code == Code.unavailable.rawValue)
    #expect(told.withLock { $0 } == ["test.Echo/Say 0 more than 1 calls run"])
  }
}
