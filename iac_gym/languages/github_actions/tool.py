"""GitHub's own parser of workflows and actions under node, as ground truth.

`npm install @actions/workflow-parser @actions/languageservice` in some folder, and name that folder
in `IAC_GYM_WORKFLOW_PARSER`. The parser alone says nothing of references such as `uses: checkout`;
GitHub's language service, which stands on it, does. Where it is not installed, it is not asked. One
process answers about many inputs; nothing is fetched: a reusable workflow is looked into only where
all that are called are among the files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iac_gym.language import Opinion
from iac_gym.verdict import Finding

VARIABLE = "IAC_GYM_WORKFLOW_PARSER"
PACKAGE = "@actions/workflow-parser"
SERVICE = "@actions/languageservice"
#: Seconds for one process.
TIME_LIMIT = 120

Files = Mapping[str, str]

#: The schemas are imported as JSON, which node wants an attribute for: the hook gives them as code.
_PROGRAM = """
import { existsSync, readFileSync } from "node:fs";
import { createRequire, register } from "node:module";
import { pathToFileURL } from "node:url";
const hook = `export async function load(url, context, next) {
  if (!url.endsWith(".json")) return next(url, context);
  const { readFileSync } = await import("node:fs");
  const source = "export default " + readFileSync(new URL(url), "utf8");
  return { format: "module", source, shortCircuit: true };
}`;
register("data:text/javascript," + encodeURIComponent(hook));
// errors there, but no errors of the service: what can only fail, or mislead, when it runs
const hints = ["expression-literal-text-in-condition", "invalid-format-string",
  "format-arg-count-mismatch"];
const base = pathToFileURL(process.argv[1] + "/dist/");
const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } =
  await import(new URL("index.js", base));
const { parseAction } = await import(new URL("actions/action-parser.js", base));
const { convertActionTemplate } = await import(new URL("actions/action-template.js", base));
const service = new URL("../../languageservice/dist/", base);
let lint = async () => [];
if (existsSync(new URL("validate.js", service))) {
  const { validate } = await import(new URL("validate.js", service));
  const { TextDocument } = createRequire(service)("vscode-languageserver-textdocument");
  let count = 0;  // it remembers what it read by the name
  lint = async (name, content) => {
    const document = TextDocument.create(`file:///${count++}/${name}`, "yaml", 0, content);
    return (await validate(document, {}))
      .filter(one => one.severity === 1 && !hints.includes(one.code))
      .map(one => [one.message, one.range.start.line + 1, one.range.start.character + 1]);
  };
}
const trace = new NoOperationTraceWriter();

function said(context) {
  return context.errors.getErrors().map(one =>
    [one.rawMessage ?? one.message, one.range?.start.line ?? 0, one.range?.start.column ?? 0]);
}
async function askWorkflow(name, files) {
  const file = { name, content: files[name] };
  const first = parseWorkflow(file, trace);
  if (first.value === undefined) return said(first.context);
  const model = await convertWorkflowTemplate(first.context, first.value);
  const called = (model.jobs ?? []).filter(job => job.ref).map(job => job.ref.value);
  const local = called.every(ref => files[ref.replace(/^\\.\\//, "")] !== undefined);
  if (!called.length || !local) return said(first.context);
  const again = parseWorkflow(file, trace);
  const provider = { getFileContent: async ref =>
    ({ name: ref.path, content: files[ref.path] }) };
  await convertWorkflowTemplate(again.context, again.value, provider,
    { fetchReusableWorkflowDepth: 1 });
  return said(again.context);
}
function askAction(name, files) {
  const read = parseAction({ name, content: files[name] }, trace);
  if (read.value !== undefined) convertActionTemplate(read.context, read.value);
  return said(read.context);
}
const answers = [];
for (const { files, actions } of JSON.parse(readFileSync(0, "utf8"))) {
  const found = {};
  try {
    for (const name of Object.keys(files)) {
      found[name] = actions.includes(name)
        ? askAction(name, files) : await askWorkflow(name, files);
      if (!found[name].length) found[name] = await lint(name, files[name]);
    }
    answers.push({ found });
  } catch (error) {
    answers.push({ broken: String(error) });
  }
}
process.stdout.write(JSON.stringify(answers));
"""


def package_folder() -> Path | None:
    """Return the folder of the package, None where it is not there."""
    named = os.environ.get(VARIABLE, "")
    places = (Path(named), Path(named) / "node_modules" / PACKAGE) if named else ()
    return next((place for place in places if (place / "dist" / "index.js").is_file()), None)


def missing_tool() -> str:
    """Say why the parser cannot be asked; "" where it can."""
    if shutil.which("node") is None:
        return "node is not on the PATH; install it from your system's packages"
    if package_folder() is None:
        return f"{VARIABLE} does not name a folder with {PACKAGE}: npm install it there"
    return ""


def versions() -> dict[str, str]:
    """Return the versions of the packages that are asked."""
    folder = package_folder()
    if folder is None:
        return {}
    found = {}
    for name, place in ((PACKAGE, folder), (SERVICE, folder.parent / "languageservice")):
        if (place / "package.json").is_file():
            about = json.loads((place / "package.json").read_text("utf-8"))
            found[name] = str(about["version"])
    return found


def ask_workflow_parser(files: Files) -> Opinion:
    """Ask about one answer's files."""
    return ask_many([files])[0]


def ask_many(inputs: Sequence[Files]) -> list[Opinion]:
    """Ask about many, in their order."""
    if reason := missing_tool():
        return [Opinion(None, reason=reason) for _ in inputs]
    asked = [{"files": dict(files), "actions": _actions(files)} for files in inputs]
    try:
        done = subprocess.run(
            ["node", "--input-type=module", "--eval", _PROGRAM, "--", str(package_folder())],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return [Opinion(None, reason="the parser took too long") for _ in inputs]
    if done.returncode != 0:
        reason = f"the parser broke: {done.stderr.strip()[-300:]}"
        return [Opinion(None, reason=reason) for _ in inputs]
    return [_opinion(answer) for answer in json.loads(done.stdout)]


def _actions(files: Files) -> list[str]:
    """Return the files that are actions, by their names alone."""
    return [
        path for path in files if path.rpartition("/")[2].lower() in ("action.yml", "action.yaml")
    ]


def _opinion(answer: Mapping[str, Any]) -> Opinion:
    if "broken" in answer:
        return Opinion(None, reason=f"the parser broke: {answer['broken'][:300]}")
    findings = tuple(
        Finding(str(message), path, line, column)
        for path, errors in answer["found"].items()
        for message, line, column in errors
    )
    return Opinion(not findings, findings)
