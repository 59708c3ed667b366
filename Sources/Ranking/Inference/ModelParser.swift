/// Loads a model of any format: XGBoost's JSON begins with a brace, LightGBM's text does not.
package enum ModelParser {
  package static func parse(
    _ bytes: [UInt8], name: String = "", version: String = "", schema: UInt64 = 0,
    limits: ModelLimits = ModelLimits()
  ) throws(ModelError) -> Model {
    let first = bytes.first { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
    if first == UInt8(ascii: "{") {
      return try XGBoostParser.parse(
        bytes, name: name, version: version, schema: schema, limits: limits)
    }
    return try LightGBMParser.parse(
      bytes, name: name, version: version, schema: schema, limits: limits)
  }
}
