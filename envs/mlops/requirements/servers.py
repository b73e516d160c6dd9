"""Requirements about model servers: what they serve, and with which options."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from envs.mlops.commands import (
    Line,
    lines_in,
    lines_of,
    option,
    retried,
    same_value,
    variables,
)
from envs.mlops.reading import maps, same_path, shown, texts
from envs.mlops.spots import Spot, of_pods
from iac_gym.check import Findings
from iac_gym.languages.kubernetes.model import as_list, as_map, as_text

_VLLM = "vllm.entrypoints.openai.api_server"
#: How each server is started, where the image's entry point does not start it.
_PROGRAMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "vllm": (("vllm", "serve"), ("python3", "-m", _VLLM), ("python", "-m", _VLLM)),
    "tgi": (("text-generation-launcher",),),
    "tei": (("text-embeddings-router",),),
    "triton": (("tritonserver",),),
}


#: What the images set where nothing is said.
_DEFAULTS = {("tgi", "--port"): "80", ("tei", "--port"): "80"}


def _arguments(line: Line, server: str) -> tuple[str, ...] | None:
    if not line.program:
        return line.words
    for start in _PROGRAMS[server]:
        if (line.program, *line.words[1 : len(start)]) == start:
            return line.words[len(start) :]
    return None


def server_words(spot: Spot, server: str) -> tuple[str, ...]:
    """Return the arguments with which a server starts; () where it gets none."""
    found: tuple[str, ...] = ()
    for line in lines_of(spot):
        words = _arguments(line, server)
        found = found if words is None else words
    return found


def setting(spot: Spot, server: str, flags: tuple[str, ...], variable: str = "") -> str | None:
    """Return what an option of a server is set to, by its last flag or its variable."""
    value = option(server_words(spot, server), *flags)
    if value is None and variable:
        return variables(spot).get(variable)
    return value


def _starts(spot: Spot, server: str) -> bool:
    """Whether the container starts the server: its image does, or its command."""
    if as_list(spot.container.get("command")) or server == "triton":
        return any(line.program and _arguments(line, server) is not None for line in lines_of(spot))
    return True


def _set_to(
    spot: Spot, server: str, flags: tuple[str, ...], asked: object, variable: str = ""
) -> Findings:
    found = setting(spot, server, flags, variable) or _DEFAULTS.get((server, flags[0]))
    if not _starts(spot, server):
        yield spot.finding(f"`{spot.item.name}` does not start the server", "command")
    elif not same_value(found, asked):
        message = f"`{flags[0]}` of `{spot.item.name}` is {shown(found)}, asked for {shown(asked)}"
        yield spot.finding(message, "args" if "args" in spot.container else "command")


#: Options of vLLM without a value, behind which the model may stand.
_SWITCHES = ("--enforce-eager", "--trust-remote-code", "--disable-log-requests")


def _positional(words: tuple[str, ...], model: str) -> str:
    """Return the model that stands without an option: the first word, or behind the options."""
    if words and not words[0].startswith("-"):
        return words[0]
    for before, word in pairwise(words):
        valued = before.startswith("-") and "=" not in before
        if word == model and (not valued or before in _SWITCHES or before.startswith("--enable-")):
            return word
    return ""


@of_pods(
    "vLLM in {who} serves the model `{model}`",
    "{who} serves `{model}` with vLLM",
)
def vllm_model(spot: Spot, model: str) -> Findings:
    """`vllm serve MODEL` or `--model MODEL`."""
    words = server_words(spot, "vllm")
    bare = _positional(words, model)
    if bare and option(words, "--model") is None:
        if bare != model:
            message = f"`{spot.item.name}` serves {shown(bare)}, asked for {model}"
            yield spot.finding(message, "args" if "args" in spot.container else "command")
        elif not _starts(spot, "vllm"):
            yield spot.finding(f"`{spot.item.name}` does not start vLLM", "command")
    else:
        yield from _set_to(spot, "vllm", ("--model",), model)


@of_pods(
    "the model of {who} is split over {count} GPUs (tensor parallel size {count})",
    "a tensor parallel size of {count} for vLLM in {who}",
)
def tensor_parallel(spot: Spot, count: int) -> Findings:
    """`--tensor-parallel-size` (`-tp`)."""
    return _set_to(spot, "vllm", ("--tensor-parallel-size", "-tp"), count)


@of_pods(
    "vLLM in {who} listens on port {port}",
    "the vLLM server of {who} takes requests on port {port}",
)
def vllm_port(spot: Spot, port: int) -> Findings:
    """`--port` (8000 by default)."""
    found = setting(spot, "vllm", ("--port",)) or "8000"
    if not same_value(found, port) or not _starts(spot, "vllm"):
        message = f"vLLM in `{spot.item.name}` listens on {found}, asked for {port}"
        yield spot.finding(message, "args" if "args" in spot.container else "command")


@of_pods(
    "clients of {who} call the model `{name}` (served model name)",
    "{who} serves its model under the name `{name}`",
)
def served_name(spot: Spot, name: str) -> Findings:
    """`--served-model-name`."""
    return _set_to(spot, "vllm", ("--served-model-name",), name)


#: Short forms of vLLM's options.
_SHORT = {"--quantization": "-q", "--pipeline-parallel-size": "-pp"}


@of_pods(
    "vLLM in {who} runs with `{flag}` {value}",
    "the vLLM option `{flag}` of {who} is {value}",
)
def vllm_option(spot: Spot, flag: str, value: int | str) -> Findings:
    """An option of vLLM with its value."""
    short = _SHORT.get(flag)
    return _set_to(spot, "vllm", (flag, short) if short else (flag,), value)


@of_pods(
    "vLLM in {who} has `{flag}` switched on",
    "{who} starts vLLM with `{flag}`",
)
def vllm_switch(spot: Spot, flag: str) -> Findings:
    """An option of vLLM without a value, which nothing behind it takes back."""
    words = [word.replace("_", "-") for word in server_words(spot, "vllm")]
    opposite = "--no-" + flag[2:]
    on = [place for place, word in enumerate(words) if word.lower() in (flag, f"{flag}=true")]
    off = [place for place, word in enumerate(words) if word == opposite]
    if not on or max(off, default=-1) > on[-1] or not _starts(spot, "vllm"):
        message = f"`{spot.item.name}` does not switch `{flag}` on"
        yield spot.finding(message, "args" if "args" in spot.container else "command")


def _spellings(flag: str) -> tuple[str, ...]:
    """Return the forms of an option of Hugging Face's servers."""
    return (flag, "-p") if flag == "--port" else (flag,)


@of_pods(
    "Text Generation Inference in {who} serves the model `{model}`",
    "{who} serves `{model}` with TGI",
)
def tgi_model(spot: Spot, model: str) -> Findings:
    """`--model-id`, or the variable MODEL_ID."""
    return _set_to(spot, "tgi", ("--model-id",), model, "MODEL_ID")


@of_pods(
    "the TGI option `{flag}` of {who} is {value}",
    "TGI in {who} runs with `{flag}` {value}",
)
def tgi_option(spot: Spot, flag: str, value: int | str) -> Findings:
    """An option of the launcher, or the variable of its name."""
    return _set_to(spot, "tgi", _spellings(flag), value, flag[2:].replace("-", "_").upper())


@of_pods(
    "the text-embeddings server of {who} serves the model `{model}`",
    "{who} embeds with the model `{model}` (text-embeddings-inference)",
)
def tei_model(spot: Spot, model: str) -> Findings:
    """`--model-id`, or the variable MODEL_ID."""
    return _set_to(spot, "tei", ("--model-id",), model, "MODEL_ID")


@of_pods(
    "the text-embeddings option `{flag}` of {who} is {value}",
    "{who} runs text-embeddings-inference with `{flag}` {value}",
)
def tei_option(spot: Spot, flag: str, value: int | str) -> Findings:
    """An option of the router, or the variable of its name."""
    return _set_to(spot, "tei", _spellings(flag), value, flag[2:].replace("-", "_").upper())


@of_pods(
    "Triton in {who} reads its model repository from `{path}`",
    "the Triton server of {who} uses the model repository `{path}`",
)
def triton_repository(spot: Spot, path: str) -> Findings:
    """`--model-repository` (or its old name `--model-store`)."""
    found = setting(spot, "triton", ("--model-repository", "--model-store"))
    if not same_path(found, path) or not _starts(spot, "triton"):
        message = f"Triton in `{spot.item.name}` reads {shown(found)}, asked for {path}"
        yield spot.finding(message, "args" if "args" in spot.container else "command")


@of_pods(
    "the Triton option `{flag}` of {who} is `{value}`",
    "Triton in {who} runs with `{flag}={value}`",
)
def triton_option(spot: Spot, flag: str, value: int | str) -> Findings:
    """An option of tritonserver."""
    return _set_to(spot, "triton", (flag,), value)


def _ollama_lines(spot: Spot, container: dict[Any, Any]) -> list[Line]:
    """Return what a container of an Ollama pod runs, its postStart hook included."""
    known = variables(spot)
    hook = as_map(as_map(as_map(container.get("lifecycle")).get("postStart")).get("exec"))
    argv = [*texts(container.get("command")), *texts(container.get("args"))]
    if not texts(container.get("command")):
        argv = ["ollama", *argv]
    started = texts(hook.get("command"))
    return [
        *lines_in(argv, known),
        *lines_in(started, known),
        *retried(argv, known, "ollama"),
        *retried(started, known, "ollama"),
    ]


@of_pods(
    "the model `{model}` is pulled with `ollama pull` when a pod of {who} starts (init container"
    " or postStart hook)",
    "{who} pulls the model `{model}` at its start: `ollama pull` in an init container or a"
    " postStart hook",
)
def ollama_pull(spot: Spot, model: str) -> Findings:
    """`ollama pull MODEL` beside a server, in a container with the models of the main one."""
    wanted = ("pull", model)
    store = _ollama_store(spot, spot.container)
    for container in spot.containers:
        pulls = any(
            line.program == "ollama" and line.words[1:3] == wanted
            for line in _ollama_lines(spot, container)
        )
        own = container == spot.container
        shared = bool(store) and _ollama_store(spot, container) == store
        if pulls and (own or (shared and _has_server(container))):
            return
    yield spot.finding(f"`{spot.item.name}` does not pull `{model}`")


def _has_server(container: dict[Any, Any]) -> bool:
    """Whether `ollama pull` finds a server: one that the container starts, or OLLAMA_HOST."""
    words = [*texts(container.get("command")), *texts(container.get("args"))]
    names = [one.get("name") for one in maps(container.get("env"))]
    return "OLLAMA_HOST" in names or any("serve" in word for word in words)


def _ollama_store(spot: Spot, container: dict[Any, Any]) -> str:
    """Return the name of the volume under /root/.ollama, '' without one."""
    names = [
        as_text(mount.get("name"))
        for mount in maps(container.get("volumeMounts"))
        if same_path(mount.get("mountPath"), "/root/.ollama")
        or same_path(mount.get("mountPath"), "/root/.ollama/models")
    ]
    return names[0] if names else ""
