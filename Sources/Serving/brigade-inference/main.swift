import Glibc
import Inference
import Node

exit(runProgram(InferenceService.self))
