"""Runs programs as one pipe and prints their exit statuses, their peak memory in MB, and what the last one printed.

A process of its own, started for this alone: Linux counts the memory of the process that forks towards the child's peak.
  python peak_memory.py '[["xlsx2ndjson", "book.xlsx"], ["clean", ...]]'
"""
import json
import os
import subprocess
import sys


def main() -> None:
    processes, previous = [], subprocess.DEVNULL
    for command in json.loads(sys.argv[1]):
        process = subprocess.Popen(command, stdin=previous, stdout=subprocess.PIPE)
        if previous is not subprocess.DEVNULL:
            previous.close()
        previous = process.stdout
        processes.append(process)
    printed = previous.read().decode()
    peaks, statuses = [], []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        peaks.append(usage.ru_maxrss / 1024)
        statuses.append(os.waitstatus_to_exitcode(status))
    print(json.dumps({"statuses": statuses, "peaks": peaks, "printed": printed}))


main()
