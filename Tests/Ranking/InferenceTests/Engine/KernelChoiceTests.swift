import Inference
import Node
import ServingSupport
import Testing

@Suite struct KernelChoiceTests {
  @Test func `auto is the best, and every kernel that is there can be chosen`() throws {
    #expect(KernelChoice.auto.kernel == EngineKernel.best)
    for kernel in EngineKernel.available {
      #expect(KernelChoice(rawValue: kernel.rawValue)?.kernel == kernel)
    }
    #expect(KernelChoice.allCases.count == EngineKernel.allCases.count + 1)
  }

  @Test func `one that the processor lacks is no choice, and the error names those it has`() {
    for kernel in EngineKernel.allCases where !kernel.isAvailable {
      let choice = KernelChoice(rawValue: kernel.rawValue)
      #expect(choice?.kernel == nil)
      let problems = TestSettings.problems(
        InferenceConfiguration.self, ["--kernel", kernel.rawValue])
      #expect(problems.count == 1 && problems[0].contains("portable"), "\(problems)")
    }
    #expect(
      KernelChoice.avx512.absence.hasPrefix("this processor does not have avx512; it has portable"))
  }

  @Test func `the setting takes the names and nothing else`() {
    #expect(TestSettings.problems(InferenceConfiguration.self, ["--kernel", "portable"]).isEmpty)
    #expect(TestSettings.problems(InferenceConfiguration.self, ["--kernel", "auto"]).isEmpty)
    let problems = TestSettings.problems(InferenceConfiguration.self, ["--kernel", "avx1024"])
    #expect(problems.count == 1 && problems[0].contains("auto, avx512"), "\(problems)")
  }
}
