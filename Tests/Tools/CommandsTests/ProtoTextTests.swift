import RPC
import Testing

@testable import Commands

struct ProtoTextTests {
  private func field(
    _ name: String, _ number: UInt32, _ type: String, of typeName: String = "",
    repeated: Bool = false, oneof: UInt32 = 0
  ) -> FieldDescription {
    var field = FieldDescription()
    field.name = name
    field.number = number
    field.type = type
    field.typeName = typeName
    field.repeated = repeated
    field.oneof = oneof
    return field
  }

  @Test func `methods, messages and enums read as in a proto file`() {
    var method = MethodDescription()
    method.name = "kitchen.Pass/Plate"
    method.request = "kitchen.Order"
    method.response = "kitchen.Dish"
    method.safety = "once"
    var message = MessageDescription()
    message.name = "kitchen.Order"
    message.fields = [
      field("table", 1, "uint32"),
      field("dishes", 2, "message", of: "kitchen.Dish", repeated: true),
      field("course", 3, "enum", of: "kitchen.Course", oneof: 1),
    ]
    var value = EnumValueDescription()
    value.name = "COURSE_MAIN"
    value.number = 1
    var course = EnumDescription()
    course.name = "kitchen.Course"
    course.values = [value]
    var description = DescribeResponse()
    description.methods = [method]
    description.messages = [message]
    description.enums = [course]
    #expect(
      ProtoText(description).text == """
        rpc kitchen.Pass/Plate(kitchen.Order) returns (kitchen.Dish);  // once

        message kitchen.Order {
          uint32 table = 1;
          repeated kitchen.Dish dishes = 2;
          kitchen.Course course = 3;  // one of group 1
        }

        enum kitchen.Course {
          COURSE_MAIN = 1;
        }
        """)
  }

  @Test func `nothing described is nothing written`() {
    #expect(ProtoText(DescribeResponse()).text.isEmpty)
  }
}
