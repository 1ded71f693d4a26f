"""compose.yaml beside the scripts that run in its containers: what they can be told, a container can be told."""
import re

import pytest
import yaml

from pipeline import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose" / "compose.yaml").read_text())
ENVIRONMENT = COMPOSE["x-sluice"]["environment"]
DOCKERFILE = (ROOT / "compose" / "Dockerfile").read_text()
# Each run has its own, or its own part of the datasets; the contracts are in the image.
OF_A_RUN = {"RUN", "DATASETS", "CONTRACTS"}


def test_what_env_sh_explains_reaches_the_containers():
    explained = set(re.findall(r"^#   ([A-Z_]+) ", (ROOT / "scripts" / "env.sh").read_text(), re.MULTILINE))
    assert explained >= {"SOURCE", "LAKE", "WAREHOUSE", "STORAGE_INTEGRATION", *OF_A_RUN}
    fixed = set(re.findall(r"([A-Z_]+)=", "".join(re.findall(r"^ENV (?:.*\\\n)*.*$", DOCKERFILE, re.MULTILINE))))
    assert explained - OF_A_RUN - fixed - set(ENVIRONMENT) == set()


def test_an_empty_variable_is_the_scripts_default_and_every_default_is_the_same_as_in_env_example():
    example = dict(
        line.split("=", 1) for line in (ROOT / "compose" / ".env.example").read_text().splitlines() if re.match(r"[A-Z_]+=", line))
    for name, default in re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", (ROOT / "compose" / "compose.yaml").read_text()):
        if default != "/dev/null":
            assert example[name] == default, name


def test_secrets_are_files_that_only_those_services_see_that_need_them():
    assert all("file" in secret for secret in COMPOSE["secrets"].values())
    seen = {name: set(service.get("secrets", [])) for name, service in COMPOSE["services"].items()}
    assert seen.pop("code") == set(COMPOSE["secrets"]), "runs happen there"
    assert all(secrets <= {"pg_password"} for secrets in seen.values())
    named = {match for value in ENVIRONMENT.values() for match in re.findall(r"/run/secrets/(\w+)", str(value))}
    assert named == set(COMPOSE["secrets"])
    assert not [name for name in ENVIRONMENT if re.search(r"PASSWORD|SECRET|KEY|TOKEN|WEBHOOK", name) and not name.endswith("_FILE")]


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_a_service_has_no_rights_limits_and_a_health_check(name):
    service = COMPOSE["services"][name]
    merged = {**(COMPOSE["x-limits"] if name == "postgres" else COMPOSE["x-sluice"]), **COMPOSE["x-limits"], **service}
    assert merged["cap_drop"] == ["ALL"] and merged["read_only"] is True and "no-new-privileges:true" in merged["security_opt"]
    assert merged["mem_limit"] and merged["cpus"] and merged["pids_limit"]
    assert name == "postgres" or merged["user"] == "10001:10001"
    assert merged["healthcheck"]["test"][0] == "CMD"
    # podman 4.3 takes a health check's arguments apart at spaces.
    assert not [part for part in merged["healthcheck"]["test"] if " " in part]
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_image_has_what_the_scripts_call():
    for program in ("jq", "util-linux"):
        assert program in DOCKERFILE
    for folder in ("scripts", "compose/contracts", "compose/dbt", "compose/dashboard", "compose/dagster"):
        assert f"COPY {folder} ./{folder}" in DOCKERFILE
    # What the scripts would make with setup-python is made before: the containers are read-only.
    steps = "".join((ROOT / "scripts" / step).read_text() for step in ("pull", "process", "load", "marts"))
    wanted = set(re.findall(r"setup-python\" (\w+)", steps))
    assert wanted == {"snowflake"}
    assert all(f"COPY --from=packages /opt/sluice/.venv-{name} " in DOCKERFILE for name in wanted)
