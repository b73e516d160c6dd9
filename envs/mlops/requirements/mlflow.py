"""Requirements about an MLflow tracking server: its port, its database, its artifacts."""

from __future__ import annotations

from envs.mlops.commands import Line, lines_of, option, same_value, variables
from envs.mlops.reading import maps, shown
from envs.mlops.spots import Spot, of_pods
from iac_gym.check import Findings
from iac_gym.languages.kubernetes.model import as_map


def _words(spot: Spot) -> tuple[str, ...] | None:
    """Return the arguments of `mlflow server`, None where it is not started."""
    for given in lines_of(spot):
        line = given
        if line.program in ("python", "python3") and line.words[1:3] == ("-m", "mlflow"):
            line = Line("mlflow", line.words[2:])
        if line.program == "mlflow" and line.words[1:2] in (("server",), ("ui",)):
            return line.words[2:]
    return None


@of_pods(
    "`mlflow server` in {who} listens on port {port} of all addresses (0.0.0.0)",
    "{who} runs `mlflow server` on 0.0.0.0, port {port}",
)
def mlflow_serves(spot: Spot, port: int) -> Findings:
    """`mlflow server --host 0.0.0.0 --port N`, or the variables MLFLOW_HOST and MLFLOW_PORT."""
    words = _words(spot)
    known = variables(spot)
    host = option(words or (), "--host", "-h") or known.get("MLFLOW_HOST", "127.0.0.1")
    found = option(words or (), "--port", "-p") or known.get("MLFLOW_PORT", "5000")
    if words is None or host != "0.0.0.0" or not same_value(found, port):
        what = "does not run" if words is None else f"listens on {host}:{found}"
        message = f"`mlflow server` in `{spot.item.name}` {what}, asked for 0.0.0.0:{port}"
        yield spot.finding(message, "args" if "args" in spot.container else "command")


@of_pods(
    "its backend store: {who} takes the database URI from the key `{key}` of the Secret `{secret}`",
    "the backend store URI of {who} stands in the Secret `{secret}`, key `{key}`",
)
def mlflow_backend(spot: Spot, secret: str, key: str) -> Findings:
    """`--backend-store-uri` from a variable that a Secret fills, or MLFLOW_BACKEND_STORE_URI."""
    given = option(_words(spot) or (), "--backend-store-uri")
    last = {str(entry.get("name")): entry for entry in maps(spot.container.get("env"))}
    named = [
        name
        for name, entry in last.items()
        if as_map(as_map(entry.get("valueFrom")).get("secretKeyRef")).get("name") == secret
        and as_map(as_map(entry.get("valueFrom")).get("secretKeyRef")).get("key") == key
    ]
    if given is None:
        right = "MLFLOW_BACKEND_STORE_URI" in named and _words(spot) is not None
    else:
        right = any(given in (f"$({name})", f"${{{name}}}", f"${name}") for name in named)
    if not right:
        message = f"the backend store of `{spot.item.name}` is not from `{secret}`, key `{key}`"
        yield spot.finding(message, "env")


@of_pods(
    "{who} stores the artifacts of runs under `{root}` (default artifact root)",
    "the default artifact root of {who} is `{root}`",
)
def mlflow_artifacts(spot: Spot, root: str) -> Findings:
    """`--default-artifact-root` or `--artifacts-destination`, or their variables."""
    words = _words(spot)
    known = variables(spot)
    found = [
        option(words or (), flag) or known.get(variable)
        for flag, variable in (
            ("--default-artifact-root", "MLFLOW_DEFAULT_ARTIFACT_ROOT"),
            ("--artifacts-destination", "MLFLOW_ARTIFACTS_DESTINATION"),
        )
    ]
    if words is None or not any(value and value.rstrip("/") == root for value in found):
        message = f"the artifacts of `{spot.item.name}` go to {shown(found[0])}, asked for {root}"
        yield spot.finding(message, "args" if "args" in spot.container else "command")
