"""The generated pages are up to date, the README's example runs, and no count is typed by hand."""

import re
import subprocess
import sys
from pathlib import Path

from iac_gym.docs import pages

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_up_to_date():
    stale = [
        path
        for path, text in pages().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"run `iac-gym docs` and commit: {stale}"


def test_no_generated_page_is_left_over():
    for folder in ("docs/environments", "docs/rules"):
        for path in (ROOT / folder).glob("*.md"):
            assert str(path.relative_to(ROOT)) in pages()


def python_blocks(path):
    return re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


def test_the_examples_of_the_readme_run():
    blocks = python_blocks(ROOT / "README.md")
    assert blocks
    for block in blocks:
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", block],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr


def test_the_readme_s_tree_names_what_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    tree = re.search(r"```text\n(.*?)```", text, re.DOTALL).group(1)
    names = re.findall(r"^([\w./-]+)", tree, re.MULTILINE)
    assert len(names) > 10
    for name in names:
        assert (ROOT / name).exists(), name
