"""Runs a program in a terminal of a given size, and prints what stands there at last.

    terminal_view.py ROWSxCOLUMNS,… PROGRAM ARGUMENT…

At each size but the last the program is watched until it has drawn twice; at the last until it ends.
Prints the lines of the window and, above them, those that
what was drawn has scrolled out of it; what a smaller window has cut off is not among them.
"""
import codecs, fcntl, os, pty, re, select, struct, sys, termios, time

PATIENCE_SECONDS = 20
ESCAPE = re.compile("\x1b\\[([0-9;]*)([A-Za-z])")


class Window:
    """Of a terminal: what wraps, scrolls, and goes up no further than its first line."""

    def __init__(self, rows, columns):
        self.gone, self.lines, self.row, self.column = [], [""] * rows, 0, 0
        self.rows, self.columns, self.left = rows, columns, ""

    def resize(self, rows, columns):
        while len(self.lines) > rows:
            if self.row < len(self.lines) - 1:
                self.lines.pop()
            else:
                self.lines.pop(0)
                self.row -= 1
        self.lines = [line[:columns] for line in self.lines] + [""] * (rows - len(self.lines))
        self.rows, self.columns = rows, columns

    def feed(self, text):
        text = self.left + text
        self.left = ""
        place = 0
        while place < len(text):
            if text[place] == "\x1b":
                match = ESCAPE.match(text, place)
                if not match:
                    self.left = text[place:]
                    return
                self.escape(match.group(1), match.group(2))
                place = match.end()
            else:
                self.put(text[place])
                place += 1

    def escape(self, number, letter):
        if letter == "A":
            self.row = max(0, self.row - int(number or 1))
        elif letter == "H":
            self.row = self.column = 0
        elif letter == "K" and number == "2":
            self.lines[self.row] = ""
        elif letter == "J" and number == "2":
            self.lines = [""] * self.rows
        elif letter == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            self.lines[self.row + 1:] = [""] * (self.rows - self.row - 1)
        elif letter != "m":
            raise SystemExit("an escape that is not known: %s%s" % (number, letter))

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.down()
        else:
            if self.column == self.columns:
                self.column = 0
                self.down()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
            self.column += 1

    def down(self):
        if self.row < self.rows - 1:
            self.row += 1
        else:
            self.gone.append(self.lines.pop(0))
            self.lines.append("")


def main():
    sizes = [tuple(map(int, size.split("x"))) for size in sys.argv[1].split(",")]
    window = Window(*sizes[0])
    pid, terminal = pty.fork()
    if pid == 0:
        # It looks at its window first when there is one.
        sys.stdin.readline()
        os.execvp(sys.argv[2], sys.argv[2:])
    attributes = termios.tcgetattr(terminal)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(terminal, termios.TCSANOW, attributes)
    decoder = codecs.getincrementaldecoder("utf-8")()
    end = time.monotonic() + PATIENCE_SECONDS
    for number, size in enumerate(sizes):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        window.resize(*size)
        if number == 0:
            os.write(terminal, b"\n")
        draws = 0
        while draws < 2 or number == len(sizes) - 1:
            if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
                raise SystemExit("not drawn in time")
            try:
                text = decoder.decode(os.read(terminal, 1 << 16))
            except OSError:
                break
            window.feed(text)
            draws += text.count("\x1b[J")
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print("\n".join(line.rstrip() for line in window.gone + window.lines))
    sys.exit(status)


if __name__ == "__main__":
    main()
