/// How an id is named inside: FNV-1a, 64 bits, of its UTF-8 (isthe.com/chongo/tech/comp/fnv).
///
/// Ids of one catalogue must not share a key; loading it checks that. At a million items the
/// chance is 3 in a hundred million.
package func itemKey(_ id: String) -> UInt64 {
  var key: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in id.utf8 {
    key = (key ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
  }
  return key
}
