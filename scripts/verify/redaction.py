"""What must not stand in a report: secrets not at all, names of accounts only so that their owner knows them."""

import json
import pathlib
import re

from .addresses import AZURE, ROOT

SECRET_NAME = re.compile(r"KEY|SECRET|TOKEN|PASSWORD|PASSPHRASE|SAS|WEBHOOK|CONNECTION_STRING", re.IGNORECASE)
# Members of credential files and connections.toml that are no secret.
PLAIN_MEMBERS = re.compile(r"_uri$|_url$|^type$|^auth_|_file$|_path$|^authenticator$", re.IGNORECASE)
SHORTEST_SECRET = 6
FILE_LIMIT_BYTES = 1 << 20
PATTERNS = [
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|$)", re.DOTALL), "[key]"),
    (re.compile(r"\bsig=[^&\s'\"]+"), "sig=[secret]"),
    (re.compile(r"\bBearer\s+\S+"), "Bearer [secret]"),
    (re.compile(r"\bey[JK][A-Za-z0-9_-]{10,}(\.[A-Za-z0-9_-]+)*"), "[token]"),
    (re.compile(r"\bya29\.[A-Za-z0-9_.-]+"), "[token]"),
    (re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{120,}=*"), "[secret]"),
]
MAIL = re.compile(r"[A-Za-z0-9._%+-]+@(?=[A-Za-z0-9-]+\.[A-Za-z])[A-Za-z0-9.-]+(?<!\.)")


def recognisable(name):
    """`de…t1`: enough for who knows the name."""
    return f"{name[:2]}…{name[-2:]}" if len(name) > 6 else f"{name[:1]}…"


class Redactor:
    """Knows the secrets and names of a trial, and takes them out of texts."""

    def __init__(self, trial):
        self._secrets = set()
        self._names = {}
        for name, value in trial.environment.items():
            if SECRET_NAME.search(name):
                self._learn(value)
        for name in ("GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CLIENT_CERTIFICATE_PATH"):
            self._learn(trial.environment.get(name, ""))
        home = pathlib.Path(trial.environment.get("SNOWFLAKE_HOME") or pathlib.Path(trial.environment.get("HOME", "~")) / ".snowflake")
        for name in ("connections.toml", "config.toml"):
            self._learn_profile(home.expanduser() / name)
        self._name_accounts(trial)
        self._paths = [(str(trial.work), "work"), (str(ROOT), "."), (trial.environment.get("HOME") or "", "~")]

    def _learn(self, value):
        """A secret, or the path of a file that holds some."""
        value = value.strip()
        if "\n" not in value and value[:1] in ("/", ".", "~") and (path := pathlib.Path(value).expanduser()).is_file():
            return self._learn_file(path)
        self._keep(value)

    def _keep(self, secret):
        secret = secret.strip()
        if len(secret) >= SHORTEST_SECRET:
            self._secrets.add(secret)
            # A key of several lines may be quoted in part.
            self._secrets.update(line for line in secret.splitlines() if len(line) >= 20 and not line.startswith("-----"))

    def _learn_file(self, path):
        if path.stat().st_size > FILE_LIMIT_BYTES:
            return
        text = path.read_text(errors="replace")
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        if isinstance(document, dict):
            self._learn_members(document)
        else:
            # It is no path again, though a key in Base64 may look like one.
            self._keep(text)

    def _learn_members(self, document):
        for name, value in document.items():
            if isinstance(value, dict):
                self._learn_members(value)
            elif isinstance(value, str) and SECRET_NAME.search(name) and not PLAIN_MEMBERS.search(name):
                self._learn(value)

    def _learn_profile(self, path):
        if not path.is_file():
            return
        for line in path.read_text(errors="replace").splitlines():
            match = re.match(r"\s*([A-Za-z_]+)\s*=\s*[\"'](.*)[\"']\s*(#.*)?$", line)
            if not match:
                continue
            name, value = match[1].lower(), match[2]
            if SECRET_NAME.search(name):
                self._learn(str(path.parent / value) if name.endswith(("_file", "_path")) and not value.startswith(("/", "~")) else value)
            elif name in ("account", "user", "host"):
                self._name(value)

    def _name_accounts(self, trial):
        if match := AZURE.match(trial.lake):
            self._name(match["account"])
            self._name(match["container"], needs_context=True)
        if trial.source and not trial.source.startswith("file:"):
            for part in re.findall(r"[A-Za-z0-9_-]{15,}", trial.source):
                self._name(part)
        for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "AZURE_TENANT_ID", "AZURE_CLIENT_ID"):
            self._name(trial.environment.get(name, ""))
        for name, value in trial.environment.items():
            if re.match(r"SNOWFLAKE_CONNECTIONS_.*_(ACCOUNT|USER)$", name):
                self._name(value)

    def _name(self, value, needs_context=False):
        if value and not needs_context and len(value) > 3:
            self._names[value] = recognisable(value)
        elif value:
            # A container may be called as any word is.
            self._names[f"//{value}@"] = f"//{recognisable(value)}@"

    def secrets_out(self, text):
        """Without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        for pattern, word in PATTERNS:
            text = pattern.sub(word, text)
        return text

    def clean(self, text):
        """Without secrets, and with names that only their owner knows."""
        text = self.secrets_out(text)
        for path, word in self._paths:
            if len(path) > 3:
                text = text.replace(path, word)
        for name, word in sorted(self._names.items(), key=lambda pair: -len(pair[0])):
            text = re.sub(re.escape(name), lambda _: word, text, flags=re.IGNORECASE)
        return MAIL.sub(lambda match: recognisable(match[0].split("@")[0]) + "@" + recognisable(match[0].split("@")[1]), text)
