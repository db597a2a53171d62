"""Runs a command and prints what it cost, as JSON: seconds to its first line and to its end, and its peak of memory.

    python eval/suites/speed_process.py COMMAND ARGUMENT ...

A program of its own and of the standard library alone: Linux counts what the starter held in memory when it made the
process towards the peak of that process, so the starter must be small.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

_UNIT = 1 if sys.platform == "darwin" else 1024  # bytes per unit of ru_maxrss


def cost_of(command: list[str]) -> dict[str, float]:
    """`first_line` (to the first line on stdout, or its end without one) and `seconds`, `bytes` at the peak.

    subprocess.CalledProcessError if the command fails. The peak is that of all commands that this process has run.
    """
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        output = process.stdout
        if output is not None:
            output.readline()
        first_line = time.perf_counter() - start
        if output is not None:
            output.read()
        code = process.wait()
    seconds = time.perf_counter() - start
    if code:
        raise subprocess.CalledProcessError(code, command)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _UNIT
    return {"first_line": first_line, "seconds": seconds, "bytes": peak}


if __name__ == "__main__":
    try:
        print(json.dumps(cost_of(sys.argv[1:])))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
