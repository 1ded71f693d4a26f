"""The images of compose/Dockerfile, built by podman; where no registry can be reached, on stand-ins for their base images.

A stand-in is made from Debian's packages and carries the public name, so that the Dockerfile builds unchanged. The toolchain
of Swift is this machine's, mounted while the images are built.
"""
import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAND_INS = ROOT / "Tests" / "Support" / "Containers"
DEBIAN = "docker.io/library/debian:bookworm-slim"
SWIFT = "docker.io/library/swift:6.3.1-bookworm"
PYTHON = "docker.io/library/python:3.11-slim-bookworm"
POSTGRES = "localhost/sluice-postgres:stand-in"
TOOLKIT = "localhost/sluice-toolkit:check"
SLUICE = "localhost/sluice:check"
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")


def settings(folder: pathlib.Path) -> dict[str, str]:
    """podman's settings: a storage of its own below `folder`, and what a machine without systemd needs."""
    storage = folder / "storage.conf"
    storage.write_text(f'[storage]\ndriver = "overlay"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/graph"\n')
    return {"CONTAINERS_CONF": str(STAND_INS / "containers.conf"), "CONTAINERS_STORAGE_CONF": str(storage)}


def run(command: list[str], **more) -> None:
    print("check-stack:", " ".join(command[:2]), "...", command[-1], flush=True)
    subprocess.run(command, check=True, **more)


def stand_ins(folder: pathlib.Path) -> None:
    """The base images, from Debian's mirror. Needs root, debootstrap and half a minute."""
    if subprocess.run(["podman", "image", "exists", POSTGRES]).returncode == 0:
        return  # --keep left them
    root = folder / "rootfs"
    if not (root / "etc" / "debian_version").exists():
        shutil.rmtree(root, ignore_errors=True)
        run(["debootstrap", "--variant=minbase", "bookworm", str(root)], stdout=subprocess.DEVNULL)
    with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as files:
        run(["podman", "import", "--quiet", "-", DEBIAN], stdin=files.stdout)
    for file, name in (("swift", SWIFT), ("python", PYTHON), ("postgres", POSTGRES)):
        run([
            "podman", "build", "--quiet", "--network=host", f"--build-arg=TOOLCHAIN={_toolchain()}", "-f",
            str(STAND_INS / f"{file}.Dockerfile"), "-t", name, str(STAND_INS)])


def build(folder: pathlib.Path) -> None:
    """Both images of the project's Dockerfile: one build each, without a break; the second finds the programs of the first."""
    mounts = [f"--volume={_toolchain()}:{_toolchain()}:ro"]
    if CERTIFICATES.exists():  # a proxy between here and the package index may have its own
        pip = folder / "pip.conf"
        pip.write_text("[global]\ncert = /etc/machine-certificates.crt\n")
        mounts += [f"--volume={CERTIFICATES}:/etc/machine-certificates.crt:ro", f"--volume={pip}:/etc/pip.conf:ro"]
    mirrors = _git_mirrors()
    if mirrors:
        git = folder / "gitconfig"
        git.write_text("[safe]\n\tdirectory = *\n" + "".join(
            f'[url "{mirror}"]\n\tinsteadOf = {address}\n' for mirror, address in mirrors))
        mounts += [f"--volume={git}:/etc/gitconfig:ro", *(f"--volume={mirror}:{mirror}:ro" for mirror in {one for one, _ in mirrors})]
    for target, name in (("toolkit", TOOLKIT), ("sluice", SLUICE)):
        run([
            "podman", "build", "--network=host", *mounts, "-f", str(ROOT / "compose" / "Dockerfile"), "--target", target, "-t", name,
            str(ROOT)], stdout=(folder / f"build-{target}.log").open("w"), stderr=subprocess.STDOUT)


def remove(folder: pathlib.Path) -> None:
    """All that podman keeps below `folder`; the logs stay."""
    subprocess.run(["podman", "rm", "--all", "--force"], stdout=subprocess.DEVNULL)
    subprocess.run(["podman", "rmi", "--all", "--force"], stdout=subprocess.DEVNULL)
    # podman mounts its storage over itself and leaves that.
    subprocess.run(["umount", str(folder / "graph" / "overlay")], stderr=subprocess.DEVNULL)
    for name in ("graph", "run", "rootfs"):
        shutil.rmtree(folder / name, ignore_errors=True)


def programs() -> list[str]:
    done = subprocess.run([str(ROOT / "scripts" / "build-release"), "--list"], check=True, capture_output=True, text=True)
    return done.stdout.split()


def check_toolkit() -> None:
    """Every program starts in the toolkit's image as compose.yaml would run it: read-only, without rights or a network."""
    for program in programs():
        run([
            "podman", "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", TOOLKIT,
            program, "--version"])


def _toolchain() -> pathlib.Path:
    """The folder of Swift: what lies above usr/lib/swift."""
    done = subprocess.run(["swift", "-print-target-info"], check=True, capture_output=True, text=True)
    return pathlib.Path(json.loads(done.stdout)["paths"]["runtimeResourcePath"]).parents[2]


def _git_mirrors() -> list[tuple[str, str]]:
    """Folders that this machine's git takes for addresses (url.FOLDER.insteadOf)."""
    done = subprocess.run(["git", "config", "--get-regexp", r"^url\./.*\.insteadof$"], capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        name, address = line.split(" ", 1)
        mirror = name.removeprefix("url.").removesuffix(".insteadof")
        if os.path.isdir(mirror):
            found.append((mirror, address))
    return found
