import Commands
import Glibc

exit(await Brigade.run(Array(CommandLine.arguments.dropFirst())))
