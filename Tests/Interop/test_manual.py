"""The manual pages and completions that `make man` writes: groff and the shells must have nothing against them."""
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ["drive-pull", "xlsx2ndjson", "clean", "ndjson2parquet", "adls-put", "sf-copy", "pipes-run"]


@pytest.fixture(scope="module")
def manual(tmp_path_factory):
    folder = tmp_path_factory.mktemp("manual")
    subprocess.run([ROOT / "scripts/render-man", folder], check=True)
    return folder


@pytest.mark.parametrize("name", PROGRAMS)
def test_groff_renders_the_page_without_a_warning(manual, name):
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", manual / "man" / f"{name}.1"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    help_text = subprocess.run([ROOT / ".build/release" / name, "--help"], capture_output=True, text=True, check=True).stdout
    # Every option that the help names, and a line of the examples as it has to be typed.
    options = {word.strip(",[]") for word in help_text.split("OPTIONS:")[1].split() if word.startswith("--")}
    page = " ".join(done.stdout.split())
    assert len(options) > 5 and not [option for option in options if option not in page]
    assert "EXIT STATUS" in page


@pytest.mark.parametrize("name", PROGRAMS)
def test_bash_takes_the_completions(manual, name):
    script = manual / "bash" / name
    line = f"{name} --ver"
    asked = (f"source {script}; COMP_WORDS=({line}); COMP_CWORD=1; COMP_LINE='{line}'; COMP_POINT={len(line)}; "
             f"function=$(complete -p {name} | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $function {name} --ver {name}; echo \"${{COMPREPLY[@]}}\"")
    done = subprocess.run(["bash", "-c", asked], capture_output=True, text=True)
    assert "--version" in done.stdout, done.stderr
    assert (manual / "zsh" / f"_{name}").read_text().startswith(f"#compdef {name}")
    assert f"complete -c '{name}'" in (manual / "fish" / f"{name}.fish").read_text()
