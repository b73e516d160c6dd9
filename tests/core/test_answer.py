"""Text becomes files by one rule; ambiguity is refused with a reason."""

import pytest

from iac_gym.answer import MOST_COMPLETION, MOST_FILES, extract
from iac_gym.check import ParseError
from iac_gym.verdict import Stage

ONE = (("manifest.yaml", "kubernetes"),)
TWO = (("Dockerfile", "dockerfile"), ("compose.yaml", "compose"))
CHART = (("Chart.yaml", "kubernetes"), ("templates/*.yaml", "kubernetes"))

BODY = "kind: Pod\n"


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"```yaml\n{BODY}```",
        f"```\n{BODY}```\n",
        f"Here you are:\n\n```yml\n{BODY}```\n\nApply it like this:\n\n```bash\nkubectl apply\n```",
        f"~~~yaml\n{BODY}~~~",
        f"````yaml\n{BODY}````",
        f"<think>```yaml\nkind: Job\n```</think>\n```yaml\n{BODY}```",
        f"<think>a</think> b </think>```yaml\n```</think>{BODY}",
        f"```YAML\n{BODY}```",
    ],
)
def test_the_one_file_is_found(text):
    assert extract(text, ONE).files == {"manifest.yaml": BODY}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("```yaml\n```", "empty"),
        (f"```yaml\n{BODY}", "never closed"),
        (f"<think>{BODY}", "never closed"),
        (f"```yaml\n{BODY}```\nor\n```yaml\n{BODY}```", "2 code blocks"),
        (f"```\n{BODY}```\nor\n```\n{BODY}```", "2 code blocks"),
        (f"```python\n{BODY}```", "no code block is marked as kubernetes"),
        ("a" * (MOST_COMPLETION + 1), f"more than {MOST_COMPLETION}"),
        ("a" * (MOST_FILES + 1), f"more than {MOST_FILES}"),
    ],
)
def test_ambiguity_is_refused(text, reason):
    with pytest.raises(ParseError, match=reason) as caught:
        extract(text, ONE)
    assert caught.value.stage == Stage.FORMAT


def test_a_fence_inside_a_longer_fence_is_text():
    inner = "data:\n  readme: |\n    x\n```\n"
    assert extract(f"````yaml\n{inner}````", ONE).files["manifest.yaml"] == inner


@pytest.mark.parametrize(
    "heads",
    [
        ("Dockerfile", "compose.yaml"),
        ("### `Dockerfile`", "**compose.yaml**:"),
        ("File: Dockerfile", "# ./compose.yaml"),
    ],
)
def test_several_files_stand_under_their_paths(heads):
    text = f"{heads[0]}\n```dockerfile\nFROM a\n```\n\n{heads[1]}\n\n```yaml\nservices: 1\n```\n"
    assert extract(text, TWO).files == {"Dockerfile": "FROM a\n", "compose.yaml": "services: 1\n"}


def test_a_path_may_stand_in_the_info_string():
    text = "```dockerfile Dockerfile\nFROM a\n```\n```yaml compose.yaml\nb: 1\n```"
    assert set(extract(text, TWO).files) == {"Dockerfile", "compose.yaml"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM a", "no code block was found"),
        ("Dockerfile\n```\nFROM a\n```", "compose.yaml is missing"),
        ("```\nFROM a\n```", "no path"),
        ("Dockerfile\n```\na\n```\nDockerfile\n```\nb\n```", "twice"),
        ("Dockerfile\n```\na\n```\nother.txt\n```\nb\n```", "other.txt was not asked for"),
        ("Dockerfile\n```\na\n```\n../etc/passwd\n```\nb\n```", "was not asked for"),
    ],
)
def test_several_files_are_refused_when_unclear(text, reason):
    with pytest.raises(ParseError, match=reason):
        extract(text, TWO)


def test_patterns_allow_any_number_of_files():
    paths = ("Chart.yaml", "templates/x.yaml", "templates/y.yaml")
    text = "\n".join(f"{path}\n```\na: 1\n```" for path in paths)
    assert set(extract(text, CHART).files) == set(paths)
