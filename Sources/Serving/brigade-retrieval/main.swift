import Glibc
import Node
import Retrieval

exit(runProgram(RetrievalService.self))
