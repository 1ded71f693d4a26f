"""What `make demo WORKBOOKS=DIR` runs, on a folder that lacks most datasets."""
import shutil
import subprocess

from pipeline import ROOT, RUN_LIMIT_SECONDS, SELLER_HEADER, seller, write_workbook


def demo(folder) -> str:
    done = subprocess.run(
        [str(ROOT / "scripts" / "demo"), str(folder)], capture_output=True, text=True, timeout=RUN_LIMIT_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_somebodys_own_workbooks_are_shown_and_a_second_run_finds_nothing_new(tmp_path):
    write_workbook(tmp_path / "Sellers north.xlsx", SELLER_HEADER, [seller(number) for number in range(7)])
    write_workbook(tmp_path / "Shopping list.xlsx", ["what"], [["milk"]])
    work_folders = set((ROOT / "work").glob("demo-*"))
    try:
        output = demo(tmp_path)
        assert "lnd.sellers" in output and "KPIs" in output
        assert "No workbook for dataset orders: its table is empty." in output
        assert "No workbook for dataset sellers" not in output
        assert "Sellers north.xlsx" in output
        again = demo(tmp_path)
        assert "Nothing was new in this run: nothing was processed." in again
    finally:
        for made in set((ROOT / "work").glob("demo-*")) - work_folders:
            shutil.rmtree(made)


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    done = subprocess.run([str(ROOT / "scripts" / "demo"), str(tmp_path / "none")], capture_output=True, text=True)
    assert done.returncode == 66
    assert "is not a folder" in done.stderr
