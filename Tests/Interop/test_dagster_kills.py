"""What is killed in the middle of a run of Dagster ends, when it is started again, with complete data in one copy."""
import pathlib
import signal
import subprocess
import sys
import textwrap
import time

import dagster as dg
import pytest

from dagster_home import SELLERS, Location, bin_folder, fill, is_whole, programs_but
from pipeline import ROOT

WAIT_SECONDS = 120


@pytest.mark.parametrize("program, call", [
    ("clean", 2), ("sf-copy", 4), pytest.param("drive-pull", 1, marks=pytest.mark.long),
    pytest.param("adls-put", 9, marks=pytest.mark.long)])
def test_a_program_that_is_killed(pipeline, monkeypatch, program, call):
    fill(pipeline)
    pipeline.binaries = pathlib.Path(bin_folder())
    calls = pipeline.folder / "calls"
    # The lease is no work of its own: killing that is what the other test does.
    programs = programs_but(pipeline, program, (
        f'[[ "$*" != *--lease* && "$*" != *--guard* ]] || exec "$real" "$@"\n'
        f'echo >>{calls}\n[[ $(wc -l <{calls}) -ne {call} ]] || kill -KILL $$\nexec "$real" "$@"'))
    with dg.instance_for_test() as instance:
        location = Location(pipeline, instance, monkeypatch)
        monkeypatch.setenv("SLUICE_BIN", str(programs))
        broken = location.run(*SELLERS)
        assert not broken.success, "the kill must hit a program in flight"
        assert location.run(*SELLERS).success
    assert is_whole(pipeline)


@pytest.mark.long
@pytest.mark.parametrize("place", ["pull", "process-sellers", "load-sellers"])
def test_the_process_of_a_run_that_is_killed(pipeline, monkeypatch, place):
    """Its step goes on alone, with the lease; the next run waits for that and finds the rest."""
    fill(pipeline)
    pipeline.binaries = pathlib.Path(bin_folder())
    script = pipeline.folder / "run.py"
    script.write_text(textwrap.dedent(f"""
        import sys
        sys.path[:0] = [{str(ROOT / "Tests" / "Interop")!r}, {str(ROOT / "compose" / "dagster" / "src")!r}]
        import dagster as dg
        from dagster_home import repository
        with dg.instance_for_test() as instance:
            keys = [dg.AssetKey.from_user_string(key) for key in {SELLERS!r}]
            repository().get_job("everything").execute_in_process(instance=instance, asset_selection=keys)
        """))
    environment = pipeline.environment(SLUICE_ROOT=str(ROOT))
    killed = subprocess.Popen([sys.executable, "-W", "ignore", str(script)], env=environment, stderr=subprocess.DEVNULL)
    end = time.monotonic() + WAIT_SECONDS
    while not list((pipeline.work / "runs").glob(f"*-{place}")) and killed.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert killed.poll() is None, "the kill must hit the run in flight"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with dg.instance_for_test() as instance:
        assert Location(pipeline, instance, monkeypatch).run(*SELLERS).success
    assert is_whole(pipeline)
