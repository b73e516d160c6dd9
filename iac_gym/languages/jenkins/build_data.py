"""Build `data/classes.json`: the classes that a Jenkinsfile may name without an import.

    python -m iac_gym.languages.jenkins.build_data JDK GROOVY_JAR JENKINS_CHECKOUT

JDK is the folder of a Java 17 development kit, GROOVY_JAR the library of Groovy 2.4, and
JENKINS_CHECKOUT a checkout (or bare repository) of https://github.com/jenkinsci/jenkins.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

#: Packages whose classes Groovy knows without an import, and those that Jenkins adds.
#: Sources: ResolveVisitor.DEFAULT_IMPORTS of Groovy 2.4, CpsGroovyShellFactory of workflow-cps.
OF_JAVA = ("java/lang", "java/util", "java/io", "java/net")
OF_GROOVY = ("groovy/lang", "groovy/util")
OF_JENKINS = ("hudson/model", "jenkins/model")
ALONE = ("BigDecimal", "BigInteger", "NonCPS", "Library", "SerializableScript", "CpsScript")


def of_java(jdk: Path) -> Iterable[str]:
    """Yield the names of Java's classes."""
    tool = jdk / "bin" / "jimage"
    listed = subprocess.run(
        [str(tool), "list", str(jdk / "lib/modules")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for line in listed.splitlines():
        package, _, name = line.strip().rpartition("/")
        if package in OF_JAVA and name.endswith(".class") and "$" not in name:
            yield name.removesuffix(".class")


def of_jar(jar: Path) -> Iterable[str]:
    """Yield the names of Groovy's classes."""
    with zipfile.ZipFile(jar) as archive:
        for entry in archive.namelist():
            folder, _, name = entry.rpartition("/")
            if folder in OF_GROOVY and name.endswith(".class") and "$" not in name:
                yield name.removesuffix(".class")


def of_jenkins(checkout: Path) -> Iterable[str]:
    """Yield the names of Jenkins' own classes."""
    listed = subprocess.run(
        ["git", "-C", str(checkout), "ls-tree", "-r", "--name-only", "HEAD", "core/src/main/java"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for line in listed.splitlines():
        folder, _, name = line.removeprefix("core/src/main/java/").rpartition("/")
        if folder in OF_JENKINS and name.endswith(".java") and name != "package-info.java":
            yield name.removesuffix(".java")


def main() -> None:
    """Write the file."""
    jdk, jar, checkout = (Path(one) for one in sys.argv[1:4])
    names = {*ALONE, *of_java(jdk), *of_jar(jar), *of_jenkins(checkout)}
    target = Path(__file__).parent / "data" / "classes.json"
    target.write_text(json.dumps(sorted(names), separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
