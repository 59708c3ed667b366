import Definitions
import Testing

struct ItemKeyTests {
  @Test func `keys are the published FNV-1a values`() {
    #expect(itemKey("") == 0xCBF2_9CE4_8422_2325)
    #expect(itemKey("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(itemKey("foobar") == 0x8594_4171_F739_67E8)
  }
}
