"""Where things are: the environment variables of scripts/env.sh, and their defaults."""
import os
import pathlib


def root() -> pathlib.Path:
    """The folder of Sluice: SLUICE_ROOT, or the one that this file lies in."""
    return pathlib.Path(os.environ.get("SLUICE_ROOT") or pathlib.Path(__file__).resolve().parents[4])


def script(name: str) -> str:
    return str(root() / "scripts" / name)


def work() -> pathlib.Path:
    return pathlib.Path(os.environ.get("WORK") or root() / "work").absolute()


def program(name: str) -> str:
    return str(pathlib.Path(os.environ.get("SLUICE_BIN") or root() / ".build" / "release") / name)


def contracts() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CONTRACTS") or root() / "compose" / "contracts")


def dbt_manifest() -> pathlib.Path:
    """Made by scripts/dbt-manifest."""
    return pathlib.Path(os.environ.get("DBT_MANIFEST") or root() / "compose" / "dbt" / "target" / "manifest.json")


def run_folder(run: str) -> pathlib.Path:
    return work() / "runs" / run
