"""Trainings that end in every way that a training can end, and what a graph says of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 20
"""Points that every training records before the end that the table is about."""


@dataclass(frozen=True)
class Ending:
    """One row: what happens to a training, in the words of the page, and what is there afterwards."""

    happens: str
    body: str
    """What the training does in its block, after its points."""
    status: str | None
    """The run's status in the graph; None where nothing could be written."""
    error: str = ""
    """The type of what ended it, as it is recorded."""
    points: int = STEPS
    """How many points of the loss are there; at least so many, when `more`."""
    more: bool = False
    says: str = ""
    """What stands on stderr beside what would stand there without provkg."""
    before: str = ""
    """What the program does before its block: imports, functions, limits."""
    after: str = ""
    """What the program does after its block."""
    runs: tuple[tuple[str, str], ...] = ()
    """Other runs and their status."""


SLEEP = "for _ in range(300): time.sleep(0.1)"  # short, so that a signal just before one is not slept over
WORKER = """
def work(number):
    with provkg.run(f"worker {number}") as own:
        own.metric("rows", float(number))
    return number
"""
WORKERS = tuple((f"worker {number}", "succeeded") for number in range(2))


def workers(method: str) -> Ending:
    """Return a training with worker processes that record runs of their own."""
    return Ending(
        f"worker processes (`{method}`)",
        f"""
import multiprocessing
with multiprocessing.get_context("{method}").Pool(2) as pool:
    print(sorted(pool.map(work, range(2))))
    pool.close()
    pool.join()
""",
        "succeeded",
        before=WORKER,
        runs=WORKERS,
    )


ENDINGS = (
    Ending("the block ends", "", "succeeded"),
    Ending("an exception that nobody catches", 'raise ValueError("no")', "failed", error="ValueError"),
    Ending("`sys.exit`", "sys.exit(4)", "failed", error="SystemExit"),
    Ending("`os._exit`", "os._exit(3)", "interrupted"),
    Ending(
        "`os.execv`", "sys.stdout.flush(); os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])", "interrupted"
    ),
    Ending("SIGTERM", f"os.kill(os.getpid(), signal.SIGTERM)\n{SLEEP}", "aborted", error="SIGTERM"),
    Ending("SIGINT, Ctrl-C", f"os.kill(os.getpid(), signal.SIGINT)\n{SLEEP}", "aborted", error="KeyboardInterrupt"),
    Ending("SIGHUP, a terminal that closes", f"os.kill(os.getpid(), signal.SIGHUP)\n{SLEEP}", "interrupted"),
    Ending("SIGKILL", f"os.kill(os.getpid(), signal.SIGKILL)\n{SLEEP}", "interrupted"),
    Ending(
        "the system's OOM killer",
        f"subprocess.Popen(['sh', '-c', f'kill -9 {{os.getpid()}}'])\nkept = bytearray(50_000_000)\n{SLEEP}",
        "interrupted",
    ),
    Ending(
        "a `MemoryError`",
        """
import resource
in_use = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (in_use + 200_000_000, resource.RLIM_INFINITY))
kept = bytearray(10_000_000_000)
""",
        "failed",
        error="MemoryError",
    ),
    Ending(
        "a full disk",
        """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
for step in range(20, 10_000):
    run.metric("loss", float(step), step=step)
""",
        "interrupted",
        more=True,
        says="lost because the spool could not be written",
        before="open('ballast', 'w').close()",
    ),
    Ending(
        "the folder of the graph vanishes",
        """
import shutil
shutil.rmtree("kg", ignore_errors=True)
for step in range(20, 200):
    run.metric("loss", float(step), step=step)
""",
        None,
        says="which was deleted while this process ran",
    ),
    Ending(
        "a graph that cannot be reached",
        "",
        None,
        before="open('file', 'w').close()\nprovkg.configure(store='file/kg')",
        says="could not be written",
    ),
    Ending(
        "`os.fork`",
        """
child = os.fork()
if child == 0:
    for step in range(20, 30):
        run.metric("loss", float(step), step=step)
    os._exit(0)
os.waitpid(child, 0)
""",
        "succeeded",
        runs=(("t, forked process", "interrupted"),),
    ),
    workers("fork"),
    workers("forkserver"),
    workers("spawn"),
    Ending(
        "threads",
        """
import threading
def more(first):
    for step in range(first, first + 10):
        run.metric("loss", float(step), step=step)
    if first == 30:
        raise ValueError("in a thread")
threads = [threading.Thread(target=more, args=(first,)) for first in (20, 30)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
        "succeeded",
        points=STEPS + 20,
        before="import threading\nthreading.excepthook = lambda told: print(told.exc_type.__name__, file=sys.stderr)",
    ),
    Ending(
        "tasks of asyncio, one of them cancelled",
        """
import asyncio
async def more(first):
    for step in range(first, first + 10):
        run.metric("loss", float(step), step=step)
        await asyncio.sleep(0)
async def held():
    with provkg.run("held"):
        await asyncio.sleep(60)
async def both():
    task = asyncio.create_task(held())
    await asyncio.gather(more(20), more(30))
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
asyncio.run(both())
""",
        "succeeded",
        points=STEPS + 20,
        runs=(("held", "aborted"),),
    ),
    Ending(
        "a generator that holds the block and is never finished",
        "",
        "succeeded",
        after="""
def held():
    with provkg.run("held") as own:
        own.metric("loss of it", 1.0)
        yield 1
        yield 2
kept = held()
print(next(kept))
""",
        runs=(("held", "interrupted"),),
    ),
    Ending(
        "a block in a handler at exit",
        "",
        "succeeded",
        before="""
import atexit
@atexit.register
def last():
    with provkg.run("last"):
        print("last")
""",
        runs=(("last", "succeeded"),),
    ),
    Ending(
        "an exit in a handler at exit",
        "import atexit\natexit.register(os._exit, 5)",
        "succeeded",
    ),
    Ending(
        "daemon threads that go on when the program ends",
        """
import threading
def forever():
    with provkg.run("forever") as own:
        step = 0
        while True:
            own.metric("rows", float(step), step=step)
            step += 1
            time.sleep(0.0005)
threading.Thread(target=forever, daemon=True).start()
time.sleep(0.3)
""",
        "succeeded",
        runs=(("forever", "interrupted"),),
    ),
)

PROGRAM = """
import os, signal, subprocess, sys, time
import provkg

{before}

def main():
    data = provkg.dataset("d", [1, 2], version="1", source="https://example.org/d", synthetic=True)
    with provkg.training("t", data=data, params={{"rate": 0.1}}, responsible="a test") as run:
        for step in range(20):
            run.metric("loss", float(step), step=step)
{body}
        run.model("m", b"weights")
    print("trained", flush=True)
{after}

if __name__ == "__main__":
    # A suite in the background of a shell without job control hands on that SIGINT is ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
"""

NOTHING = '''
"""A provkg that does nothing: how the same program ends without the real one."""


class Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def metric(self, *told, **more):
        return None

    model = param = params = metric


def nothing(*told, **more):
    return Nothing()


run = training = dataset = configure = nothing
'''


def program(ending: Ending) -> str:
    """Return the source of the training that ends like that."""
    import textwrap

    body = textwrap.indent(ending.body.strip("\n"), " " * 8)
    after = textwrap.indent(ending.after.strip("\n"), " " * 4)
    if ending.after:
        # Kept to the end of the program.
        after = after.replace("    kept =", "    global kept\n    kept =", 1)
    return PROGRAM.format(before=ending.before, body=body, after=after)
