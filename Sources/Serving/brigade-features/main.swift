import Features
import Glibc
import Node

exit(runProgram(FeaturesService.self))
