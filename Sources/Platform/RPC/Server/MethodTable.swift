internal import CMessages
internal import Glibc
internal import Telemetry

/// The methods that a server answers, by name. A handler's types are erased here, once.
package struct MethodTable {
  final class Entry {
    let description: MethodDescription
    let request: MessageType
    let response: MessageType
    /// Runs the handler, but for a body that is no message: of that it says what is wrong.
    let invoke: (CallContext, UnsafeRawBufferPointer) -> InvalidMessage?
    let isLongPoll: Bool
    let compresses: Bool
    /// From receipt to answer, where the handler plans with less than its callers give.
    @exclusivity(unchecked) var plannedNanoseconds = Int64.max
    /// A table belongs to one loop, and so do its handlers' times.
    @exclusivity(unchecked) var usualLatency = UsualLatency()

    init<Request: Message, Response: Message>(
      _ method: Method<Request, Response>,
      invoke: @escaping (CallContext, UnsafeRawBufferPointer) -> InvalidMessage?
    ) {
      var description = MethodDescription()
      description.name = method.name
      description.request = Request.messageName
      description.response = Response.messageName
      description.safety = method.safety.rawValue
      self.description = description
      request = MessageType(Request.descriptor)
      response = MessageType(Response.descriptor)
      self.invoke = invoke
      isLongPoll = method.isLongPoll
      compresses = method.compresses
    }
  }

  private(set) var entries: [String: Entry] = [:]
  /// What a method is called that is not served (OpenTelemetry's RPC conventions): its name is the
  /// caller's text.
  package static let unknownMethod = "_OTHER"

  /// Told on the loop of each call that was refused before its handler began, of which there may be
  /// very many.
  package var onRefused: ((_ call: CallContext, _ method: String, RPCError) -> Void)?
  /// Told on the loop of each call whose caller left before its handler began.
  package var onAbandoned: ((_ call: CallContext, _ method: String) -> Void)?

  package init() {}

  /// Answers on the loop, at once. For handlers that do not wait.
  package mutating func answer<Request, Response>(
    _ method: Method<Request, Response>,
    _ handler: @escaping (Request, CallContext) throws(RPCError) -> Response
  ) {
    let descriptor = Request.descriptor
    add(
      Entry(method) { call, body in
        let request: Request
        do throws(InvalidMessage) {
          request = try Self.decode(body, as: descriptor, call)
        } catch {
          return error
        }
        do throws(RPCError) {
          Self.succeed(call, try handler(request, call))
        } catch {
          call.fail(error)
        }
        return nil
      })
  }

  /// As above, without copies: the handler reads the request where it was unpacked, and fills in
  /// the response. What the structs point to is there until the handler returns; a response may
  /// point into its request, and to what the handler places in the loop's `handlerArena`.
  package mutating func answer<Request, Response>(
    _ method: Method<Request, Response>,
    inPlace handler:
      @escaping (Request.C, inout Response.C, CallContext) throws(RPCError) -> Void
  ) {
    let descriptor = Request.descriptor
    add(
      Entry(method) { call, body in
        let arena = call.loop.handlerArena
        defer { arena.reset() }
        guard let request = arena.unpack(descriptor, body) else {
          return InvalidMessage(type: Request.messageName)
        }
        let response = arena.make(Response.self)
        do throws(RPCError) {
          try handler(
            UnsafeRawPointer(request).assumingMemoryBound(to: Request.C.self).pointee,
            &response.pointee, call)
          call.succeed(
            UnsafeRawPointer(response).assumingMemoryBound(to: ProtobufCMessage.self))
        } catch {
          call.fail(error)
        }
        return nil
      })
  }

  /// Answers from a task that runs on the loop. For handlers that wait for other services.
  package mutating func answer<Request, Response>(
    _ method: Method<Request, Response>,
    waiting handler:
      nonisolated(nonsending) @escaping @Sendable (Request, CallContext) async throws(RPCError)
      -> Response
  ) {
    let descriptor = Request.descriptor
    let tasks = HandlerTasks(requestBytes: MemoryLayout<Request>.size) { tasks, task in
      while let call = tasks.takeCall() {
        let request = tasks.request.assumingMemoryBound(to: Request.self).move()
        do throws(RPCError) {
          Self.succeed(call, try await handler(request, call))
        } catch {
          call.fail(error)
        }
        guard tasks.mayWait else { return }
        await withUnsafeContinuation { tasks.wait(task, $0) }
      }
    }
    add(
      Entry(method) { call, body in
        do throws(InvalidMessage) {
          let request: Request = try Self.decode(body, as: descriptor, call)
          tasks.request.initializeMemory(as: Request.self, to: request)
        } catch {
          return error
        }
        tasks.run(call)
        return nil
      })
  }

  /// Says how long a method's handler plans to take from a call's receipt on, its time in the queue
  /// included, so that a queue does not use that up for callers who would wait longer.
  package mutating func plan<Request, Response>(
    _ method: Method<Request, Response>, milliseconds: Int
  ) {
    entries[method.name]?.plannedNanoseconds = Int64(milliseconds) * 1_000_000
  }

  private mutating func add(_ entry: Entry) {
    let previous = entries.updateValue(entry, forKey: entry.description.name)
    precondition(previous == nil, "\(entry.description.name) is registered twice")
  }

  private static func decode<Request: Message>(
    _ body: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
    _ call: CallContext
  ) throws(InvalidMessage) -> Request {
    defer { call.loop.arena.reset() }
    return try Request(decoding: body, as: descriptor, in: call.loop.arena)
  }

  private static func succeed<Response: Message>(_ call: CallContext, _ response: Response) {
    guard call.isWaiting else { return }
    let arena = call.loop.arena
    call.succeed(arena.protobuf(response))
    arena.reset()
  }

  /// Tells apart a service that is not here from a method that its service lacks.
  func unimplemented(_ name: String) -> RPCError {
    let service = name.prefix { $0 != "/" }
    let siblings = entries.keys.filter { $0.hasPrefix(service + "/") }.sorted()
    let hint =
      siblings.isEmpty
      ? "this server has no service \(service)"
      : "\(service) has \(siblings.joined(separator: ", "))"
    return RPCError(.unimplemented, "no method \(name): \(hint)", advice: .never)
  }
}
