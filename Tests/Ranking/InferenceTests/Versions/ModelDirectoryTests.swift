internal import Inference
internal import TestSupport
internal import Testing

struct ModelDirectoryTests {
  @Test func `every version of every model is loaded`() throws {
    let folder = TemporaryFolder()
    for path in ["taste/1", "taste/12", "light/3"] {
      folder.write(SampleModel.mixed, to: "\(path)/model.txt")
    }
    let contents = ModelDirectory(folder.path).load()
    #expect(contents.problems == [])
    #expect(Set(contents.models.map(\.reference)) == ["taste/1", "taste/12", "light/3"])
    #expect(contents.models.allSatisfy { $0.schema == 0 })
  }

  @Test func `a model that cannot be read is listed with its path and hinders no other`() throws {
    let folder = TemporaryFolder()
    folder.write(SampleModel.mixed, to: "taste/1/model.txt")
    folder.write("tree\nversion=v1\n", to: "taste/2/model.txt")
    folder.makeFolder("taste/3")
    let contents = ModelDirectory(folder.path).load()
    #expect(contents.models.map(\.reference) == ["taste/1"])
    #expect(
      contents.problems.map(\.description) == [
        "\(folder.path)/taste/2/model.txt: line 2: the file ends before 'end of trees'",
        "\(folder.path)/taste/3/model.txt: cannot be opened: No such file or directory",
      ])
  }

  @Test func `dotted folders and plain files are passed over and links followed`() throws {
    let folder = TemporaryFolder()
    folder.write(SampleModel.mixed, to: "taste/.incoming/model.txt")
    folder.write(SampleModel.mixed, to: ".trash/1/model.txt")
    folder.write("about these models", to: "README")
    folder.write(SampleModel.mixed, to: "taste/1/model.txt")
    folder.link("taste/2", to: "1")
    let contents = ModelDirectory(folder.path).load()
    #expect(contents.problems == [])
    #expect(contents.models.map(\.reference) == ["taste/1", "taste/2"])
  }

  @Test func `a root that is not there is a problem`() throws {
    let folder = TemporaryFolder()
    let contents = ModelDirectory("\(folder.path)/absent").load()
    #expect(contents.models.isEmpty)
    #expect(
      contents.problems.map(\.description) == [
        "\(folder.path)/absent: cannot be opened: No such file or directory"
      ])
  }

  @Test func `the schema comes from the version's folder`() throws {
    struct NoCard: Error {}
    let folder = TemporaryFolder()
    folder.write(SampleModel.mixed, to: "taste/1/model.txt")
    folder.write(SampleModel.mixed, to: "taste/2/model.txt")
    let contents = ModelDirectory(folder.path).load { versionFolder in
      guard versionFolder.hasSuffix("taste/2") else { throw NoCard() }
      return 99
    }
    #expect(contents.models.map(\.schema) == [99])
    #expect(contents.problems.map(\.reason) == ["NoCard()"])
  }
}
