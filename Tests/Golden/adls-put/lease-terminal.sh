# At a terminal the command reads what is typed, and Ctrl-C and Ctrl-Z reach it.
cat > terminal.py <<'PY'
import os, pty, signal, sys, time

def run(typed, script, stops=False):
    process, terminal = pty.fork()
    if process == 0:
        # Who runs the tests in the background may have these ignored, and a shell cannot trap what it found ignored.
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.execvp("adls-put", ["adls-put", "--lease", "file:lake/run", "--", "bash", "-c", script])
    shown = b""
    while b"ready" not in shown:
        shown += os.read(terminal, 1024)
    time.sleep(0.2)
    os.write(terminal, typed)
    if stops:
        _, status = os.waitpid(process, os.WUNTRACED)
        print("stopped" if os.WIFSTOPPED(status) else "went on")
        os.kill(process, signal.SIGCONT)
        time.sleep(0.2)
        os.write(terminal, b"after\n")
    try:
        while block := os.read(terminal, 1024):
            shown += block
    except OSError:
        pass
    _, status = os.waitpid(process, 0)
    print(shown.decode().replace("\r", "").split("\n")[-2:][0], os.waitstatus_to_exitcode(status))

run(b"hello\n", 'echo ready; read -r line; echo "read $line"')
run(b"\x03", 'trap "echo interrupted; exit 4" INT; echo ready; while :; do sleep 0.05; done')
run(b"\x1a", 'echo ready; read -r line; echo "read $line"', stops=True)
PY
python3 terminal.py
