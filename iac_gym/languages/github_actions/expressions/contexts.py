"""What the contexts hold whatever the workflow: their properties, by the documentation.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
"""

from __future__ import annotations

#: Contexts whose properties are all known. A property that is missing reads as an empty text.
PROPERTIES: dict[str, frozenset[str]] = {
    "github": frozenset(
        """action action_path action_ref action_repository action_status actor actor_id api_url
        artifact_cache_size_limit base_ref env event event_name event_path graphql_url head_ref job
        job_workflow_sha output path ref ref_name ref_protected ref_type repository repository_id
        repository_owner repository_owner_id repository_visibility repositoryurl retention_days
        run_attempt run_id run_number secret_source server_url sha state step_summary token
        triggering_actor workflow workflow_ref workflow_sha workspace""".split()
    ),
    "runner": frozenset(
        ("arch", "debug", "environment", "name", "os", "temp", "tool_cache", "workspace")
    ),
    "strategy": frozenset(("fail-fast", "job-index", "job-total", "max-parallel")),
    "job": frozenset(
        """check_run_id container services status workflow_file_path workflow_ref
        workflow_repository workflow_sha""".split()
    ),
}

#: What there is of each step, and of each job that is needed.
STEP = ("outputs", "outcome", "conclusion")
NEED = ("result", "outputs")

#: Contexts that are collections: alone in `${{ }}` they are no text.
COLLECTIONS = frozenset(
    "env github inputs job jobs matrix needs runner secrets steps strategy vars".split()
)
#: Deeper accesses that are collections, too, by context and number of names: what may stand after
#: the context, `*` for any name.
_INNER = {
    ("github", 2): (("event",),),
    ("needs", 2): (("*",),),
    ("needs", 3): (("*", "outputs"),),
    ("steps", 2): (("*",),),
    ("steps", 3): (("*", "outputs"),),
    ("jobs", 2): (("*",),),
    ("jobs", 3): (("*", "outputs"),),
    ("job", 2): (("services",), ("container",)),
    ("job", 3): (("services", "*"),),
}


def is_collection(path: tuple[str, ...]) -> bool:
    """Whether a path of lower-case names reads a mapping, not a single value."""
    if len(path) == 1:
        return path[0] in COLLECTIONS
    patterns = _INNER.get((path[0], len(path)), ())
    return any(
        all(name in ("*", given) for name, given in zip(pattern, path[1:], strict=True))
        for pattern in patterns
    )


#: What an outsider can put into the event that starts a workflow: text that may be code.
#: Source: https://docs.github.com/en/actions/concepts/security/script-injections
UNTRUSTED = (
    ("github", "head_ref"),
    ("github", "event", "issue", "title"),
    ("github", "event", "issue", "body"),
    ("github", "event", "pull_request", "title"),
    ("github", "event", "pull_request", "body"),
    ("github", "event", "pull_request", "head", "ref"),
    ("github", "event", "pull_request", "head", "label"),
    ("github", "event", "pull_request", "head", "repo", "default_branch"),
    ("github", "event", "pull_request", "head", "repo", "description"),
    ("github", "event", "pull_request", "head", "repo", "homepage"),
    ("github", "event", "pull_request", "milestone", "title"),
    ("github", "event", "comment", "body"),
    ("github", "event", "review", "body"),
    ("github", "event", "review_comment", "body"),
    ("github", "event", "discussion", "title"),
    ("github", "event", "discussion", "body"),
    ("github", "event", "pages", "*", "page_name"),
    ("github", "event", "commits", "*", "message"),
    ("github", "event", "commits", "*", "author", "email"),
    ("github", "event", "commits", "*", "author", "name"),
    ("github", "event", "head_commit", "message"),
    ("github", "event", "head_commit", "author", "email"),
    ("github", "event", "head_commit", "author", "name"),
    ("github", "event", "head_commit", "committer", "email"),
    ("github", "event", "head_commit", "committer", "name"),
    ("github", "event", "workflow_run", "head_branch"),
    ("github", "event", "workflow_run", "head_commit", "message"),
    ("github", "event", "workflow_run", "head_commit", "author", "email"),
    ("github", "event", "workflow_run", "head_commit", "author", "name"),
    ("github", "event", "workflow_run", "display_title"),
    ("github", "event", "release", "body"),
)
_UNTRUSTED_BY_LENGTH: dict[int, list[tuple[str, ...]]] = {}
for _path in UNTRUSTED:
    _UNTRUSTED_BY_LENGTH.setdefault(len(_path), []).append(_path)


def is_untrusted(path: tuple[str, ...]) -> bool:
    """Whether a path reads text that an outsider writes, or a part of the event that holds some.

    `github.event.pull_request` as a whole (`toJSON(...)`) counts: it is put in as it is.
    """
    if path[0] != "github" or len(path) < 2:
        return path == ("github",)
    if path[1] not in ("event", "head_ref"):
        return False
    if path == ("github", "event"):
        return True
    return any(
        all(name == "*" or given in (name, "*") for name, given in zip(pattern, path, strict=False))
        for length, patterns in _UNTRUSTED_BY_LENGTH.items()
        if length >= len(path)
        for pattern in patterns
    )
