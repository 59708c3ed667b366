import Gateway
import Glibc
import Node

exit(runProgram(GatewayService.self))
