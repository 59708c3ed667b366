internal import Inference
internal import Testing

struct TreeTests {
  private static let rows: [[Double]] = [
    [0.5, 2, 0], [.nan, 32, 0], [-3, 1, 0], [0.6, 0, -1.5], [0.6, 0, -1], [0.6, 0, 0],
  ]

  @Test func `a row reaches the leaf that its conditions lead to`() throws {
    let scores = try SampleModel.rawScores(SampleModel.mixed, Self.rows)
    #expect(scores == [1.25, 1.25, 2.25, 3.25, 4.25, 4.25])
  }

  @Test func `leaves are numbered as in the file, one a tree`() throws {
    let model = try SampleModel.load(SampleModel.mixed)
    let matrix = try RowMatrix(Self.rows.flatMap { $0 }, columns: 3)
    #expect(try model.leaves(of: matrix) == [0, 0, 0, 0, 1, 0, 2, 0, 3, 0, 3, 0])
  }

  @Test func `a single leaf scores every row alike`() throws {
    let text = SampleModel.constant([0.75], objective: nil)
    #expect(try SampleModel.rawScores(text, [[0], [.nan], [.infinity]]) == [0.75, 0.75, 0.75])
  }

  @Test func `a child may stand before its parent`() throws {
    let text = SampleModel.mixed
      .replacing("split_feature=0 1 2", with: "split_feature=0 2 1")
      .replacing("threshold=0.5 0 -1.5", with: "threshold=0.5 -1.5 0")
      .replacing("decision_type=10 1 4", with: "decision_type=10 4 1")
      .replacing("left_child=1 -1 -3", with: "left_child=2 -3 -1")
      .replacing("right_child=2 -2 -4", with: "right_child=1 -4 -2")
    let scores = try SampleModel.rawScores(text, Self.rows)
    #expect(scores == [1.25, 1.25, 2.25, 3.25, 4.25, 4.25])
  }
}
