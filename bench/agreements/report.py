"""The tables of agreement as text, and as one HTML page with every disagreement."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

Rows = Mapping[str, Mapping[str, int]]

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;
color:#1f2328}
table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #d1d9e0;padding:.25em .6em;
text-align:right}td:first-child,th:first-child{text-align:left}pre{background:#f6f8fa;padding:.7em;
overflow-x:auto;font-size:13px}
"""


def shares(row: Mapping[str, int]) -> dict[str, str]:
    """Return the shares of a row: of agreement, of mistakes caught, of valid programs refused."""
    asked = row["valid"] + row["invalid"]
    return {
        "agreement": _share(row["agree"], asked),
        "caught": _share(row["invalid"] - row["false accepts"], row["invalid"]),
        "refused": _share(row["false rejects"], row["valid"]),
    }


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _cells(rows: Rows, title: str) -> list[list[str]]:
    columns = list(next(iter(rows.values())))
    head = [title, *columns, "agreement", "caught", "refused"]
    lines = [
        [name, *[str(row[column]) for column in columns], *shares(row).values()]
        for name, row in rows.items()
    ]
    return [head, *lines]


def table(rows: Rows, title: str) -> str:
    """Return a table as text."""
    cells = _cells(rows, title)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )


def _html_table(cells: list[list[str]], *, head: bool = True) -> str:
    made = []
    for number, line in enumerate(cells):
        tag = "th" if head and number == 0 else "td"
        made.append(
            "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in line) + "</tr>"
        )
    return f"<table>{''.join(made)}</table>"


def _difference(one: Mapping[str, Any]) -> str:
    said = "\n".join(
        ["the tool: " + line for line in one["their_words"]]
        + ["iac-gym: " + line for line in one["our_words"]]
    )
    texts = "\n".join(f"# {path}\n{text}" for path, text in one["files"].items())
    title = f"{one['is']}: {one['kind']} ({one['origin']}, {one['name']})"
    return (
        f"<details><summary>{html.escape(title)}</summary>"
        f"<pre>{html.escape(said)}</pre><pre>{html.escape(texts)}</pre></details>"
    )


def page(data: Mapping[str, Any]) -> str:
    """Return the page: nothing outside it is needed."""
    tool = html.escape(str(data["tool"]))
    facts = [[name, str(value)] for name, value in data["provenance"].items()]
    differences = "".join(map(_difference, data["differences"])) or "<p>None.</p>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>iac-gym: agreement with {tool}</title>"
        f"<style>{_STYLE}</style></head><body><h1>Agreement with <code>{tool}</code>"
        "</h1><p>A false accept is a program that only iac-gym accepts, a false reject one that "
        "only iac-gym refuses. Caught: the share of invalid programs that iac-gym refuses. "
        "Refused: the share of valid programs that it refuses.</p>"
        f"<h2>By origin</h2>{_html_table(_cells(data['origins'], 'origin'))}"
        f"<h2>By class of mistake</h2>{_html_table(_cells(data['kinds'], 'class'))}"
        f"<h2>Disagreements</h2>{differences}"
        f"<h2>How it was made</h2>{_html_table(facts, head=False)}</body></html>\n"
    )
