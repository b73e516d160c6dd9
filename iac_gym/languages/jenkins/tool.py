"""The real Groovy, as ground truth of the syntax: its own compiler up to the conversion phase.

Jenkins judges a declarative pipeline itself; without a Jenkins only the syntax can be asked about.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from iac_gym.language import Opinion
from iac_gym.verdict import Finding

#: Seconds that one run may take.
TIME_LIMIT = 120
#: Reads the paths in its arguments; prints `ok` or the message for each, never runs the files.
CHECK = """
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.CompilationFailedException
import org.codehaus.groovy.control.Phases
args.each { path ->
    def said = 'ok'
    try {
        def unit = new CompilationUnit()
        unit.addSource('Jenkinsfile', new File(path).getText('UTF-8'))
        unit.compile(Phases.CONVERSION)
    } catch (CompilationFailedException error) {
        said = error.message.readLines().drop(1).join(' ')
    }
    println "${path}\\t${said}"
}
"""
_PLACE = re.compile(r"@ line (\d+), column (\d+)")


def missing_tool() -> str:
    """Say why Groovy cannot be asked; "" where it can."""
    if shutil.which("groovy") is None:
        return "groovy is not on the PATH; install the package `groovy`, version 2.4"
    return ""


def ask_groovy(files: Mapping[str, str]) -> Opinion:
    """Ask Groovy about the syntax of the first file."""
    path, text = next(iter(files.items()), ("", ""))
    return check_many([text], path)[0]


def check_many(texts: list[str], path: str = "Jenkinsfile") -> list[Opinion]:
    """Ask Groovy about the syntax of many texts in one run."""
    reason = missing_tool()
    if reason:
        return [Opinion(None, reason=reason) for _ in texts]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "check.groovy"
        script.write_text(CHECK, encoding="utf-8")
        names: list[str] = []
        for place, text in enumerate(texts):
            target = folder / f"{place}.txt"
            target.write_text(text, encoding="utf-8", newline="")
            names.append(str(target))
        try:
            ran = subprocess.run(
                ["groovy", str(script), *names],
                capture_output=True, text=True, timeout=TIME_LIMIT, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [Opinion(None, reason="groovy took too long") for _ in texts]
    said = dict(line.split("\t", 1) for line in ran.stdout.splitlines() if "\t" in line)
    return [_opinion(said.get(one, ""), path, ran.stderr) for one in names]


def _opinion(said: str, path: str, error: str) -> Opinion:
    if said == "ok":
        return Opinion(True)
    if not said:
        return Opinion(None, reason=error.strip()[-400:] or "groovy said nothing")
    place = _PLACE.search(said)
    line, column = (int(place[1]), int(place[2])) if place else (0, 0)
    return Opinion(False, (Finding(said.strip(), path, line, column),))
