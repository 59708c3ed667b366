"""Visits a gateway's page in a headless Chromium, as a person does who has only a keyboard.

    page_visit.py CHROMIUM URL PROFILE_FOLDER REPLICA TRACE_ID [SCREENSHOT_FOLDER]
    page_visit.py CHROMIUM URL PROFILE_FOLDER slowest [SCREENSHOT_FOLDER]

Prints a line for each thing that it saw. After `kill REPLICA` it waits until the page tells that the
replica is lost, after `kill gateway` until it tells that the connection is, and after
`spoil the experiments` until it tells that their file cannot be used. The second form opens the
slowest trace and prints what that one waited for. Speaks the DevTools protocol over a pipe: messages of JSON, each ended by a zero byte.
"""
import base64, json, os, subprocess, sys, time

PATIENCE_SECONDS = 20
# The id of the request of that trace, and a model's version; which is no markup.
MARKUP = "<img src=x onerror=x>"


class Browser:
    def __init__(self, chromium, profile):
        commands, answers = os.pipe(), os.pipe()

        def at_start():
            # Chromium reads at 3 and writes at 4; first out of the way of both.
            os.dup2(commands[0], 20), os.dup2(answers[1], 21)
            os.dup2(20, 3), os.dup2(21, 4)

        self.process = subprocess.Popen(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--remote-debugging-pipe", "--user-data-dir=" + profile, "about:blank"],
            preexec_fn=at_start, close_fds=False, stderr=subprocess.DEVNULL)
        os.close(commands[0]), os.close(answers[1])
        self.out, self.back = commands[1], answers[0]
        self.left, self.count, self.session, self.complaints = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log":
            self.call(domain + ".enable")

    def open(self, url):
        self.call("Page.navigate", url=url)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    raise SystemExit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.note(answer)

    def receive(self):
        while b"\0" not in self.left:
            more = os.read(self.back, 1 << 16)
            if not more:
                raise SystemExit("Chromium has ended")
            self.left += more
        message, self.left = self.left.split(b"\0", 1)
        return json.loads(message)

    def note(self, event):
        method, details = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(details["exceptionDetails"])[:400])
        if method == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(details["args"])[:400])
        if method == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.complaints.append("%(text)s %(url)s" % {"url": "", **details["entry"]})

    def value(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit("%s: %s" % (script, answer["exceptionDetails"]))
        return answer["result"].get("value")

    def wait(self, script, what):
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.value(script):
            if time.monotonic() > end:
                told = self.value("document.body.innerText")
                raise SystemExit("%s: not within %d s; %s\n%s" % (what, PATIENCE_SECONDS, self.complaints, told))
            time.sleep(0.02)
        print(what, flush=True)

    def key(self, key, text=""):
        for kind in "keyDown", "keyUp":
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                      windowsVirtualKeyCode={"Enter": 13, "Escape": 27}.get(key, ord(key[0].upper())),
                      text=text if kind == "keyDown" else "")

    def look(self, width, height, scheme):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def shoot(self, folder, name):
        if folder:
            image = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            with open("%s/%s.png" % (folder, name), "wb") as file:
                file.write(base64.b64decode(image))


# No sideways scroll. The layout is as wide as was asked; what overflows would widen the window.
FITS = ("document.documentElement.clientWidth <= %d && innerWidth <= %d"
        " && document.documentElement.scrollWidth <= innerWidth")


def fits(browser, name, folder):
    """On a phone and on a desk, in both colour schemes."""
    grounds = set()
    for scheme in "light", "dark":
        for width, height in (375, 812), (1280, 900):
            browser.look(width, height, scheme)
            browser.wait(FITS % (width, width), "%s fits %d, %s" % (name, width, scheme))
            browser.shoot(folder, "%s-%d-%s" % (name, width, scheme))
        grounds.add(browser.value("getComputedStyle(document.body).backgroundColor"))
    assert len(grounds) == 2, "dark is not light: %s" % grounds


def visit(browser, url, replica, trace, folder):
    browser.look(1280, 900, "light")
    browser.open(url)
    row = "document.querySelector('[data-replica=\"%s\"]')" % replica
    browser.wait("%s?.classList.contains('ready')" % row, "a replica is ready")
    browser.wait("document.querySelectorAll('.replica.ready').length === 3", "all are ready")
    browser.wait("document.querySelectorAll('#wires path').length === 6", "lines lead to them")
    browser.wait("[...document.querySelectorAll('#hop-rows tr')].length === 5 && "
                 "[...document.querySelectorAll('#hop-rows tr')].every(row => /^\\d+\\.?\\d*$/.test("
                 "row.cells[6].textContent) && /^\\d+\\.?\\d*$/.test(row.cells[8].textContent))",
                 "every hop has percentiles")
    browser.wait("document.querySelector('#model-sheet').textContent.includes('browse/1')",
                 "the model is named")
    rows = "[...document.querySelectorAll('#model-sheet tbody tr')].map(row => [...row.cells]" \
           ".map(cell => cell.textContent))"
    browser.wait("%s.some(row => row[0].startsWith('browse/1') && row[0].includes('ranks requests'))"
                 % rows, "the one that ranks is told")
    browser.wait("%s.some(row => row[0].startsWith('brigade-inference') && row[0].includes('browse/1')"
                 " && row[0].includes('browse/' + %s) && row[3] === '%s')"
                 % (rows, json.dumps(MARKUP), replica), "what it has loaded is told")
    browser.wait("%s.some(row => row[0].startsWith('brigade-features') && row[0].includes('features:')"
                 " && row[3] === 'features-1')" % rows, "and which features there are")
    browser.wait("document.querySelector('#rollout').innerText.includes('waits: no replica of inference "
                 "has browse/9; there are browse/1, browse/' + %s)" % json.dumps(MARKUP),
                 "why the one that is wanted waits is told")
    assert not browser.value("document.querySelector('#models img')"), "a tag became markup"
    browser.wait("document.querySelectorAll('#charts svg .line').length >= 4", "time is drawn")
    browser.wait("document.querySelectorAll('.trace').length > 1", "traces are listed")
    see_experiments(browser)
    fits(browser, "page", folder)
    browser.value(TELL_EXPERIMENTS % json.dumps({"underWay": [], "problems": []}))
    browser.wait("document.querySelector('#experiments').hidden", "without experiments there is nothing")
    browser.look(1280, 900, "light")
    # A list of traces that is a while old has some that gave way to newer ones.
    browser.open(url)
    browser.wait("!window.asked && document.querySelectorAll('.trace').length > 1", "a fresh page")
    walk(browser, folder)
    search(browser, trace)
    see_known_figures(browser)
    browser.open(url)
    browser.wait("!window.asked && document.querySelectorAll('.trace').length > 1", "a fresh page again")
    browser.open("%s#trace/%s" % (url, trace))
    browser.wait("document.querySelector('#trace-facts').textContent.includes(%s)"
                 % json.dumps(MARKUP),
                 "a link leads to a trace")
    assert not browser.value("document.querySelector('#trace img')"), "data became markup"
    fits(browser, "waterfall", folder)
    browser.key("Escape")
    browser.wait("!document.querySelector('#trace').open && location.hash === ''", "and back")
    assert not browser.complaints, browser.complaints
    print("kill " + replica, flush=True)
    browser.wait("%s?.classList.contains('lost')" % row, "the replica is lost")
    browser.wait("%s.innerText.includes('lost')" % row, "and says so in words")
    browser.wait("/light model/.test(document.querySelector('#reasons').textContent)", "why is told")
    browser.wait("+document.querySelector('#figures .warn .value')?.firstChild.data > 0",
                 "answers are degraded")
    fits(browser, "degraded", folder)
    print("kill gateway", flush=True)
    browser.wait("document.documentElement.dataset.link === 'lost' && "
                 "document.querySelector('#lost').innerText.includes('Connection lost')",
                 "the connection is lost")
    fits(browser, "lost", folder)


# In place of what the gateway tells, whose file can have neither such names nor so many requests in time.
TELL_EXPERIMENTS = """(() => {
  window.asked ??= window.fetch;
  window.fetch = async (path, options) => {
    const answer = await window.asked(path, options);
    if (path !== 'status') return answer;
    return new Response(JSON.stringify({...await answer.json(), experiments: %s}));
  };
})()"""


# A quarter of an hour at ten requests a second, at a p99 of 20 ms that was 10 ms once, and a p50 of 5 ms.
KNOWN_HISTORY = """(() => {
  window.asked ??= window.fetch;
  window.fetch = async (path, options) => {
    if (path === 'traces/known') return new Response(JSON.stringify(%s));
    const answer = await window.asked(path, options);
    if (path !== 'history') return answer;
    const history = await answer.json();
    const steps = value => Array(history.stepsMax).fill(value);
    const none = steps(0);
    Object.assign(history, {stepSeconds: 5, answered: steps(50), failed: none, other: none, degraded: none,
      p50Us: steps(5000), p99Us: steps(20000), models: {}, hops: []});
    history.p99Us[7] = 10000;
    return new Response(JSON.stringify(history));
  };
})()"""

# Each point of a line as a figure: its height by what the scale's top says.
POINTS = """(chart => [...document.querySelectorAll('#charts figure')[chart].querySelectorAll('.line')].map(line => {
  const height = line.ownerSVGElement.viewBox.baseVal.height;
  const top = parseFloat(line.closest('.plot').querySelector('.top').textContent);
  return line.getAttribute('d').split(/[ML]/).filter(Boolean)
    .map(point => Math.round((height - point.split(' ')[1]) / height * top * 10) / 10);
}))"""

# Where what was waited for begins and how wide it is, in hundredths of the request, row by row.
LANES = """[...document.querySelectorAll('#trace .lane')].map(lane => {
  const whole = lane.getBoundingClientRect();
  return [...lane.querySelectorAll('.waited')].map(mark => {
    const {left, width} = mark.getBoundingClientRect();
    return [Math.round((left - whole.left) / whole.width * 100), Math.round(width / whole.width * 100)];
  });
})"""


def known_trace():
    def span(number, parent, name, kind, start, duration, attributes, instance="gateway-1"):
        return {"spanId": number, "parentSpanId": parent, "name": "brigade.v1." + name, "kind": kind,
                "instance": instance, "startUs": start, "durationUs": duration, "attributes": attributes}

    path = [(0, 0, 10), (1, 10, 15), (2, 15, 25), (1, 25, 30), (3, 30, 90), (0, 90, 100)]
    return {"traceId": "known", "requestId": "known", "durationUs": 100000, "classes": ["slow"],
            "startUnixNanoseconds": 1750000000000000000, "startTime": "2025-06-15T15:06:40.000Z",
            "spans": [
                span("a", "", "Gateway/Rank", "server", 0, 100000, {}),
                span("b", "a", "Retrieval/Search", "client", 10000, 20000, {"brigade.replica": "retrieval-1"}),
                span("c", "b", "Retrieval/Search", "server", 15000, 10000, {"brigade.queue_us": 2000},
                     "retrieval-1"),
                span("d", "a", "Inference/Score", "client", 30000, 60000, {"brigade.replica": "inference-1"})],
            "criticalPath": [{"span": span, "startUs": start * 1000, "endUs": end * 1000}
                             for span, start, end in path]}


def see_known_figures(browser):
    """That lines are as high, and bars as wide, as the figures that they stand for."""
    browser.value(KNOWN_HISTORY % json.dumps(known_trace()))
    browser.wait("(points => points[0]?.length > 100 && points[0].every(value => value === 10)"
                 " && points[1].every(value => value === 0))(%s(0))" % POINTS, "requests are as many as they were")
    browser.wait("(points => points[0].every((value, step) => value === (step === 7 ? 10 : 20))"
                 " && points[1].every(value => value === 5))(%s(1))" % POINTS, "times are as long as they were")
    browser.value("location.hash = '#trace/known'")
    browser.wait("document.querySelector('#trace').open && document.querySelectorAll('#trace .lane').length === 3",
                 "a known trace is drawn")
    lanes = browser.value(LANES)
    assert lanes == [[[0, 10], [90, 10]], [[10, 5], [15, 2], [17, 8], [25, 5]], [[30, 60]]], lanes
    told = browser.value("document.querySelector('#waited p').innerText")
    assert "wire to inference-1 60.0 ms (60 %) · the gateway itself 20.0 ms (20 %)" in told, told
    browser.key("Escape")
    browser.wait("!document.querySelector('#trace').open", "and put away")


def see_experiments(browser):
    """Those under way, what is wrong with a later file, and at last some that are uneven."""
    rows = "[...document.querySelectorAll('#experiment-sheet tbody tr')].map(row => [...row.cells]" \
           ".map(cell => cell.textContent))"
    browser.wait("%s.some(row => row[0] === 'variety100 %% of requests, in layer policy')" % rows,
                 "an experiment is told")
    browser.wait("%s.some(row => row[0] === 'singletoo few to tell yet' && row[1] === '50 %%'"
                 " && parseInt(row[2]) > 0 && row[3] > 0 && row[4] === '0')" % rows, "its arm is")
    browser.wait("%s.some(row => row[0] === 'newtoo few to tell yet' && row[2] === '100 %%'"
                 " && row[3] > 0 && row[4] === row[3])" % rows, "and one that had no effect")
    problems = "document.querySelector('#experiment-problems')"
    assert browser.value("%s.hidden" % problems), "a good file has problems"
    print("spoil the experiments", flush=True)
    browser.wait("%s.innerText.includes('experiments.json:1:')" % problems, "a refused file is told")
    assert browser.value("%s.length === 5" % rows), "experiments ended by a bad file"
    name = MARKUP + "-" * 40
    arms = [{"name": name, "share": 0.9, "requests": 920000, "notApplied": 0, "split": "even"},
            {"name": "b", "share": 0.1, "requests": 80000, "notApplied": 1234, "split": "uneven"}]
    browser.value(TELL_EXPERIMENTS % json.dumps({
        "underWay": [{"name": name, "layer": name, "unit": "area", "areaKm": 0.5, "share": 0.05,
                      "arms": arms}],
        "problems": [name], "problemsBesides": 2}))
    browser.wait("%s.some(row => row[0] === %s)"
                 % (rows, json.dumps(name + "5.0 % of areas 0.5 km wide, in layer " + name)),
                 "its names are text")
    browser.wait("%s.some(row => row.join() === 'buneven: 20 %% fewer than expected,10 %%,8.0 %%,80,000,1,234')"
                 % rows, "that it is uneven is told")
    browser.wait("%s.children.length === 2" % problems, "with all problems")
    assert not browser.value("document.querySelector('#experiments img')"), "a name became markup"


def walk(browser, folder):
    """Opens a trace, with keys only."""
    browser.key("?", "?")
    browser.wait("document.querySelector('#help').open", "the keys are told")
    browser.key("Escape")
    browser.wait("!document.querySelector('#help').open", "and put away")
    browser.key("j", "j")
    browser.key("j", "j")
    browser.wait("document.activeElement === document.querySelectorAll('.trace')[1]",
                 "the second trace is chosen")
    browser.key("k", "k")
    browser.wait("document.activeElement === document.querySelectorAll('.trace')[0]", "the first")
    browser.key("Enter", "\r")
    browser.wait("document.querySelector('#trace').open && location.hash.startsWith('#trace/')",
                 "it is opened")
    names = "[...document.querySelectorAll('.row button')].map(row => row.textContent)"
    for name in "Gateway/Rank", "Retrieval/Search", "Features/Assemble", "Inference/Score", "rules":
        assert browser.value("%s.includes('%s')" % (names, name)), browser.value(names)
    browser.wait("document.querySelectorAll('.lane .waited').length >= 5", "what was waited for is drawn")
    browser.key("j", "j")
    browser.key("Enter", "\r")
    browser.wait("document.querySelector('.facts')?.textContent.includes('rpc.method')",
                 "attributes are told")
    browser.wait("[...document.querySelectorAll('.facts div')].some(fact => "
                 "/^experiment variety(control|single)$/.test(fact.textContent))", "the request's arms too")
    fits(browser, "attributes", folder)
    browser.look(1280, 900, "light")
    browser.key("Escape")
    browser.wait("document.activeElement === document.querySelectorAll('.trace')[0]",
                 "back where one was")


def search(browser, trace):
    """By what was waited for, by replica, by time and by id, with keys only."""
    listed = "document.querySelectorAll('#trace-list .trace').length"
    note = "document.querySelector('#traces-note').textContent"

    def look_for(words, fits, what):
        browser.key("/", "/")
        browser.value("document.querySelector('#search').select()")
        browser.call("Input.insertText", text=words)
        browser.wait("document.activeElement.id === 'search' && %s && %s" % (note + ".includes(' fit')", fits), what)

    look_for("features-1 >0ms", listed + " > 1", "traces of a replica are found")
    look_for("features-9", listed + " === 0", "and none of one that is not there")
    look_for("> 30s", listed + " === 0", "nor any that took so long")
    look_for("<30s rank", listed + " > 1", "a time and a method have to fit both")
    look_for(trace, listed + " === 1", "an id leads to its trace")
    browser.key("Enter", "\r")
    browser.wait("document.activeElement.matches('.trace')", "which is chosen")
    browser.key("/", "/")
    browser.key("Escape")
    browser.wait("document.querySelector('#search').value === '' && %s > 1" % listed, "and all are back")
    browser.key("Escape")
    browser.value("(choice => { choice.value = ''; choice.dispatchEvent(new Event('change')); })"
                  "(document.querySelector('#window'))")
    browser.wait(note + ".includes('kept, which are all')", "of all time")
    # Wider than any that was fixed: three reasons to keep one trace.
    browser.wait(TAGS_FIT, "reasons have room")


# Adds the reasons of one that failed after having been degraded and slow.
TAGS_FIT = """(() => {
  const row = document.querySelector('.trace');
  const [tags, most] = [row.querySelector('.tags'), row.querySelector('.most')];
  if (!row.dataset.full) {
    tags.replaceChildren(...['failed', 'degraded', 'slow'].map(kind =>
      Object.assign(document.createElement('span'), {className: 'tag ' + kind, textContent: kind})));
    row.dataset.full = 1;
  }
  return tags.lastChild.getBoundingClientRect().right < most.getBoundingClientRect().left;
})()"""


def see_slowest(browser, url, folder):
    """As one who was woken up: what took longest, and who that waited for."""
    browser.look(1280, 900, "light")
    browser.open(url)
    browser.wait("document.querySelectorAll('.trace').length > 1", "traces are listed")
    browser.key("j", "j")
    browser.key("Enter", "\r")
    browser.wait("document.querySelector('#trace').open && !!document.querySelector('#waited')",
                 "the slowest is opened")
    print("title: " + browser.value("document.querySelector('#trace-title').innerText"))
    print("link: " + browser.value("location.href"))
    print("told: " + browser.value("document.querySelector('#waited p').innerText"))
    browser.shoot(folder, "slowest")
    assert not browser.complaints, browser.complaints


def main():
    chromium, url, profile, replica = sys.argv[1:5]
    trace = sys.argv[5] if len(sys.argv) > 5 else ""
    folder = sys.argv[6] if len(sys.argv) > 6 else ""
    browser = Browser(chromium, profile)
    try:
        if replica == "slowest":
            return see_slowest(browser, url, trace)
        visit(browser, url, replica, trace, folder)
        print("visited", flush=True)
    finally:
        browser.process.kill()
        browser.process.wait()


if __name__ == "__main__":
    main()
