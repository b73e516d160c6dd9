"""The report of a run: one HTML file with curves, tables and examples, and nothing outside it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agents.evaluate import Measurement, table
from agents.run_folder import RunFolder
from iac_gym.grading import load_task

if TYPE_CHECKING:
    from agents.evaluate import EvalResult

Points = list[tuple[float, float]]

#: The curves: (title, [(name, key of metrics.jsonl)]).
CURVES = (
    ("Solved and passed (share of completions)",
     (("solved", "rewards/solved/mean"), ("passed", "rewards/passed/mean"))),
    ("Reward", (("reward", "reward"), ("spread", "reward_std"))),
    ("Components of the reward",
     (("syntax", "rewards/syntax/mean"), ("correctness", "rewards/correctness/mean"),
      ("format", "rewards/format/mean"), ("overlong", "rewards/overlong/mean"))),
    ("Length of completions (tokens)",
     (("mean", "completions/mean_length"), ("longest", "completions/max_length"))),
    ("Cut off at the limit (share)", (("cut off", "completions/clipped_ratio"),)),
    ("Dynamic sampling: informative groups (share)",
     (("accepted", "dapo/accept_rate"), ("left unfilled", "dapo/unfilled"))),
    ("Dynamic sampling: rounds of generation", (("rounds", "dapo/rounds"),)),
    ("Clipped ratios (share of tokens)",
     (("upper side", "clip_ratio/high_mean"), ("lower side", "clip_ratio/low_mean"))),
    ("Entropy (nats per token)", (("entropy", "entropy"),)),
    ("KL divergence from the first model", (("KL", "kl"),)),
    ("Loss", (("loss", "loss"),)),
    ("Completions the verifier could not judge", (("unscored", "unscored"),)),
)  # fmt: skip
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700")
WIDTH, HEIGHT, LEFT, BOTTOM = 430, 190, 52, 24
EXAMPLES = 6

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;
color:#1f2328}
table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #d1d9e0;padding:.25em .6em;
text-align:right}td:first-child,th:first-child{text-align:left}pre{background:#f6f8fa;padding:.7em;
overflow-x:auto;font-size:13px}.grid{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0}
figcaption{font-size:13px;font-weight:600}
small{color:#59636e}li{font-family:monospace;font-size:13px}
"""


def _escape(value: Any) -> str:
    return html.escape(str(value))


def _scale(value: float, low: float, high: float, size: float) -> float:
    return (value - low) / (high - low) * size if high > low else size / 2


def smooth(points: Points, window: int = 5) -> Points:
    """Return a running mean over `window` points."""
    made = []
    for place in range(len(points)):
        part = [value for _, value in points[max(0, place - window + 1) : place + 1]]
        made.append((points[place][0], sum(part) / len(part)))
    return made


def curve(title: str, lines: Sequence[tuple[str, Points]]) -> str:
    """Draw lines as one SVG: thin the values, thick their running mean."""
    xs = [x for _, points in lines for x, _ in points]
    ys = [y for _, points in lines for _, y in points]
    low, high = min([0.0, *ys]), max(ys)
    high = high if high > low else low + 1

    def place(point: tuple[float, float]) -> str:
        x = LEFT + _scale(point[0], min(xs), max(xs), WIDTH - LEFT - 8)
        return f"{x:.1f},{HEIGHT - BOTTOM - _scale(point[1], low, high, HEIGHT - BOTTOM - 8):.1f}"

    shapes = []
    for step in range(5):
        value = low + (high - low) * step / 4
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 8) * step / 4
        shapes.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - 8}" stroke="#d1d9e0"/>')
        shapes.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for number, (name, points) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        for drawn, width, opacity in ((points, 1, 0.35), (smooth(points), 2, 1)):
            path = " ".join(map(place, drawn))
            shapes.append(
                f'<polyline points="{path}" fill="none" stroke="{colour}" '
                f'stroke-width="{width}" opacity="{opacity}"/>'
            )
        shapes.append(
            f'<text x="{LEFT + 8 + 110 * number}" y="{HEIGHT - 6}" fill="{colour}">'
            f"{_escape(name)}</text>"
        )
    shapes.append(
        f'<text x="{WIDTH - 8}" y="{HEIGHT - 6}" text-anchor="end">step {max(xs):g}</text>'
    )
    return (
        f"<figure><figcaption>{_escape(title)}</figcaption>"
        f'<svg width="{WIDTH}" height="{HEIGHT}" font-size="11" role="img">{"".join(shapes)}</svg>'
        "</figure>"
    )


def curves(rows: Sequence[dict[str, Any]]) -> str:
    """Draw every curve that the metrics hold values for."""
    figures = []
    for title, lines in CURVES:
        found = [(name, _points(rows, key)) for name, key in lines]
        present = [(name, points) for name, points in found if points]
        if present:
            figures.append(curve(title, present))
    return f'<div class="grid">{"".join(figures)}</div>' if figures else "<p>No step was made.</p>"


def _points(rows: Sequence[dict[str, Any]], key: str) -> Points:
    return [(row["step"], row[key]) for row in rows if isinstance(row.get(key), (int, float))]


def _rows(rows: Sequence[Sequence[Any]], *, head: bool = True) -> str:
    parts = []
    for number, row in enumerate(rows):
        tag = "th" if head and number == 0 else "td"
        parts.append("<tr>" + "".join(f"<{tag}>{_escape(v)}</{tag}>" for v in row) + "</tr>")
    return f"<table>{''.join(parts)}</table>"


def _measured(before: Measurement | None, after: Measurement | None) -> str:
    if not before and not after:
        return "<p>The model was not measured.</p>"
    found = [result for made in (before, after) if made for result in (made.sampled, made.greedy)]
    unscored = sum(outcome.unscored for result in found for outcome in result.outcomes)
    first = found[0]
    levels = sorted({outcome.level for outcome in first.outcomes})
    words = (
        f"{len(first.outcomes)} tasks of the split <code>test</code>, difficulty "
        f"{', '.join(map(str, levels))}; the same tasks each time. A task is solved when its "
        "answer is valid and meets every requirement. Brackets: 95 % bootstrap interval over "
        "tasks. "
        f"Unscored answers, left out: {unscored}."
    )
    single = table(before, after, families=True)
    names = {row[0] for row in table(before, after)}
    rest = [single[0], *(row for row in single[1:] if row[0] not in names)]
    return (
        f"<p>{words}</p>{_rows(table(before, after))}{_rewards(found[:1], after)}"
        f"<details><summary>By family</summary>{_rows(rest)}</details>"
    )


def _rewards(first: Sequence[EvalResult], after: Measurement | None) -> str:
    pairs = [("first", first[0])] + ([("last", after.sampled)] if after else [])
    spoken = ", ".join(f"{name} {result.total:.3f}" for name, result in pairs)
    return f"<p>Mean reward, sampled: {spoken}.</p>"


def _examples(rollouts: Sequence[dict[str, Any]]) -> str:
    if not rollouts:
        return "<p>No rollout was recorded.</p>"
    stride = max(1, len(rollouts) // EXAMPLES)
    shown = [*rollouts[::stride][: EXAMPLES - 1], rollouts[-1]]
    parts = []
    for row in shown:
        found = "".join(f"<li>{_escape(text)}</li>" for text in row["diagnostics"])
        reward = ", ".join(f"{name} {value:.3g}" for name, value in row["reward"].items())
        parts.append(
            f"<h3>Step {row['step']}: {_escape(row['task_id'])}</h3>"
            f"<p>{_escape(load_task(row['task_id']).instruction)}</p>"
            f"<pre>{_escape(row['completion'])}</pre><p><small>{_escape(reward)}; "
            f"{row['tokens']} tokens</small></p><ul>{found or '<li>no diagnostic</li>'}</ul>"
        )
    return "".join(parts)


def _facts(about: dict[str, Any]) -> str:
    names = "command commit seed started python platform cores processes".split()
    rows = [[name, about.get(name, "")] for name in names]
    rows += [[name, number] for name, number in about.get("packages", {}).items()]
    return _rows(rows, head=False)


def report(folder: RunFolder, before: Measurement | None, after: Measurement | None) -> str:
    """Return the report of a run folder as HTML."""
    about = folder.read_json("versions.json") or {}
    config = (folder.path / "config.yaml").read_text(encoding="utf-8")
    title = f"iac-gym: {folder.path.name}"
    state = "" if after else "<p><b>This run has not been finished.</b></p>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{_escape(title)}</title>"
        f"<style>{STYLE}</style></head><body><h1>{_escape(title)}</h1>{state}"
        f"<h2>Solved test tasks</h2>{_measured(before, after)}"
        f"<h2>Training</h2>{curves(list(folder.read_lines('metrics.jsonl')))}"
        f"<h2>Rollouts</h2>{_examples(list(folder.read_lines('rollouts.jsonl')))}"
        f"<h2>How it was made</h2>{_facts(about)}"
        f"<details><summary>Configuration</summary><pre>{_escape(config)}</pre></details>"
        "</body></html>\n"
    )
