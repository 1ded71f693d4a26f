"""The units and the crontab as systemd and cron would read them: they load, what they call is there, their times are times."""
import pathlib
import re
import shutil
import subprocess

import pytest

from pipeline import ROOT

UNITS = ROOT / "scripts" / "systemd"
# Where the units say that Sluice is.
PLACE = "opt/sluice"
MESSAGES = {"sluice.service", "sluice.timer", "sluice-alert@.service"}


@pytest.fixture
def machine(tmp_path) -> pathlib.Path:
    """The root folder of a machine on which Sluice is installed, with the units of Debian's systemd."""
    debian = pathlib.Path("/usr/lib/systemd/system")
    assert shutil.which("systemd-analyze") and debian.is_dir(), "systemd is missing: scripts/setup-system"
    shutil.copytree(debian, tmp_path / "usr/lib/systemd/system", symlinks=True)
    shutil.copytree(UNITS, tmp_path / "etc/systemd/system")
    shutil.copytree(ROOT / "scripts", tmp_path / PLACE / "scripts", symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shell = tmp_path / "bin/sh"
    shell.parent.mkdir()
    shell.touch(mode=0o755)
    return tmp_path


def verify(machine: pathlib.Path) -> subprocess.CompletedProcess:
    units = ["sluice.service", "sluice.timer", "sluice-alert@sluice.service"]
    return subprocess.run(["systemd-analyze", "verify", f"--root={machine}", "--man=no", *units], capture_output=True, text=True)


def test_the_units_load_and_call_what_is_there(machine):
    assert {path.name for path in UNITS.iterdir()} == MESSAGES
    done = verify(machine)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("file, before, after, said", [
    ("sluice.service", "ExecStart=", "ExecBegin=", "ExecStart="),
    ("sluice.service", "scripts/run-pipeline", "scripts/run-pipe", "run-pipe"),
    ("sluice.timer", "05:00:00", "25:00:00", "25:00:00")])
def test_what_systemd_would_refuse_is_found(machine, file, before, after, said):
    unit = machine / "etc/systemd/system" / file
    assert before in unit.read_text()
    unit.write_text(unit.read_text().replace(before, after))
    done = verify(machine)
    assert said in done.stderr


def test_a_later_try_is_for_the_statuses_that_cron_tries_again():
    service = (UNITS / "sluice.service").read_text()
    # systemd before 254 refuses the two together.
    assert "RestartForceExitStatus=69 75\n" in service and "Type=oneshot" not in service
    assert "$status -eq 69 || $status -eq 75" in (ROOT / "scripts" / "cron-run").read_text()


def test_every_file_below_the_place_that_a_unit_names_is_a_script():
    for path in UNITS.iterdir():
        for name in re.findall(rf"/{PLACE}/(\S+)", path.read_text()):
            assert (ROOT / name).stat().st_mode & 0o111, f"{path.name} calls {name}"


LIMITS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]


def is_time(field: str, low: int, high: int) -> bool:
    """crontab(5): numbers, ranges, steps and lists of them."""
    for part in field.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?", part)
        if not match:
            return False
        first, last = match[1], match[2]
        if first is not None and not low <= int(first) <= int(last or first) <= high:
            return False
    return True


def test_the_crontab_has_times_and_commands_that_are_there():
    known = (ROOT / "scripts" / "env.sh").read_text() + (ROOT / "scripts" / "notify").read_text() + (ROOT / "README.md").read_text()
    commands = []
    for line in (ROOT / "scripts" / "cron.example").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if setting := re.fullmatch(r"([A-Z_]+)=(.*)", line):
            assert setting[1] in ("MAILTO", "SHELL", "GOOGLE_APPLICATION_CREDENTIALS") or setting[1] in known, line
            # cron expands nothing in a value.
            assert "$" not in setting[2], line
            continue
        *fields, command = line.split(maxsplit=5)
        assert len(fields) == 5 and all(is_time(field, *limit) for field, limit in zip(fields, LIMITS, strict=True)), line
        # cron ends a command at a percent sign.
        assert "%" not in command, line
        program, *options = command.split()
        script = ROOT / program.removeprefix(f"/{PLACE}/")
        assert script.stat().st_mode & 0o111, line
        assert all(option in (ROOT / "scripts" / "run-pipeline").read_text() for option in options), line
        commands.append(script.name)
    assert commands == ["cron-run", "cron-run"]


@pytest.mark.parametrize("field, right", [
    ("*", True), ("0", True), ("59", True), ("60", False), ("*/5", True), ("1-5", True), ("5-1", False), ("1,30", True), ("", False),
    ("x", False), ("*/0", False)])
def test_minutes_as_crontab_has_them(field, right):
    assert is_time(field, 0, 59) is right
