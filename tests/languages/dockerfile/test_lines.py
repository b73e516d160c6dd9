"""Reading: directives, comments, continuations, heredocs, flags, forms."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iac_gym.check import ParseError
from iac_gym.languages.dockerfile import parse
from iac_gym.languages.dockerfile.lexer import BadSubstitution, expand
from iac_gym.languages.dockerfile.lines import read


def instructions(text: str):
    return read(text)[0]


def test_a_comment_and_a_blank_line_inside_a_continuation_are_skipped():
    (_, run) = instructions("FROM a\nRUN one && \\\n  # why\n\n  two\n")
    assert run.rest.split() == ["one", "&&", "two"]
    assert [run.line_at(run.text.index(word)) for word in ("one", "two")] == [2, 5]


def test_a_hash_inside_an_instruction_is_no_comment():
    (_, run) = instructions("FROM a\nRUN echo a#b # c\n")
    assert run.rest == "echo a#b # c"


def test_the_escape_directive_changes_the_continuation():
    (_, run) = instructions("# escape=`\nFROM a\nRUN dir c:\\ `\n  /s\n")
    assert run.rest.split() == ["dir", "c:\\", "/s"]


def test_directives_count_at_the_top_only():
    made, escape, directives = read("# a comment\n# escape=`\nFROM a\n")
    assert (escape, directives) == ("\\", {})
    assert made[0].line == 3
    assert read("# syntax=docker/dockerfile:1\nFROM a\n")[2] == {"syntax": "docker/dockerfile:1"}


def test_keywords_ignore_case_and_a_byte_order_mark():
    assert [one.keyword for one in instructions("\ufefffrom a\nrUn x\n")] == ["FROM", "RUN"]


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("RUN <<EOF\na\nEOF\n", ["a\n"]),
        ("RUN <<-EOF\n\ta\n\tEOF\n", ["a\n"]),
        ("RUN <<'E O'\na\nE O\n", ["a\n"]),
        ('RUN cat <<"A" <<B > /x\n1\nA\n2\nB\n', ["1\n", "2\n"]),
        ("COPY <<a.txt /b\n# no comment\na.txt\n", ["# no comment\n"]),
        ("ONBUILD RUN <<EOF\nx\nEOF\n", ["x\n"]),
        ("RUN echo '<<EOF'\n", []),
        ("RUN cat <<<word\n", []),
        ("RUN echo $((1<<3))\n", []),
        ('RUN ["cat", "<<EOF"]\n', []),
        ("ENV A=<<EOF\n", []),
    ],
)
def test_heredocs(text, content):
    (_, one) = instructions("FROM a\n" + text)
    assert [doc.text for doc in one.heredocs] == content


def test_a_quoted_heredoc_is_not_expanded():
    (_, one) = instructions("FROM a\nCOPY <<A <<'B' /d/\n1\nA\n2\nB\n")
    assert [doc.expand for doc in one.heredocs] == [True, False]


@pytest.mark.parametrize(
    ("text", "json", "args"),
    [
        ('CMD ["a", "b c"]', True, ("a", "b c")),
        ("CMD ['a', 'b']", False, ("['a', 'b']",)),
        ('CMD ["a", ]', False, ('["a", ]',)),
        ('CMD ["a"] b', False, ('["a"] b',)),
        ("CMD a b", False, ("a b",)),
        ('COPY ["a b", "/c"]', True, ("a b", "/c")),
        ("COPY a  b\t/c", False, ("a", "b", "/c")),
        ('HEALTHCHECK CMD ["a"]', True, ("CMD", "a")),
    ],
)
def test_json_and_shell_forms(text, json, args):
    (_, one) = instructions("FROM a\n" + text)
    assert (one.json, one.args) == (json, args)


def test_flags_are_taken_off_the_front():
    (_, copy) = instructions('FROM a\nCOPY --from=b --chown="u v" --link x --y /z\n')
    assert copy.flags == ("--from=b", "--chown=u v", "--link")
    assert copy.args == ("x", "--y", "/z")


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV a b c", (("a", "b c"),)),
        ("ENV a=1 b='2 3' c=4\\ 5", (("a", "1"), ("b", "'2 3'"), ("c", "4\\ 5"))),
        ('LABEL "x y"=z', (('"x y"', "z"),)),
    ],
)
def test_names_and_values(text, pairs):
    assert instructions("FROM a\n" + text)[1].pairs == pairs


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "no instructions"),
        ("# only a comment\n", 0, "no instructions"),
        ("FROM a\nRUN <<EOF\nx\n", 2, "never closed"),
        ("# escape=x\nFROM a\n", 1, "escape token"),
        ("# syntax=a\n# syntax=b\nFROM a\n", 2, "twice"),
        ("FROM a\nENV a\n", 2, "two arguments"),
        ("FROM a\nENV a=1 b\n", 2, "no `=`"),
        ("FROM a\nLABEL a=b c d\n", 2, "no `=`"),
        ('FROM a\nCMD ["a", 1]\n', 2, "strings only"),
        ("FROM a\nRUN " + "x" * 70000, 2, "longer"),
    ],
)
def test_what_the_parser_refuses(text, line, words):
    with pytest.raises(ParseError, match=words) as caught:
        parse({"Dockerfile": text})
    assert caught.value.findings[0].line == line
    assert caught.value.findings[0].file == "Dockerfile"


ENV = {"a": "x", "e": "", "path": "/usr/local/lib", "f": "a.tar.gz"}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("$a-${a}b$none", "x-xb"),
        ("${none:-d}${e:-d}${e-d}${a:-d}", "ddx"),
        ("${none:+d}${e:+d}${e+d}${a:+d}", "dd"),
        ("'$a' \"$a\" \\$a", "$a x $a"),
        ("${path#/usr}${path##*/}", "/local/liblib"),
        ("${f%.*} ${f%%.*}", "a.tar a"),
        ("${path/local/x} ${path//l/L}", "/usr/x/lib /usr/LocaL/Lib"),
        ("${none:-${a}}", "x"),
        ("100%", "100%"),
        ("a$", "a$"),
    ],
)
def test_variables(word, value):
    assert expand(word, ENV) == value


@pytest.mark.parametrize("word", ["${", "${a", "${}", "${:-x}", "'a", '"a', "${a^^}", "${none:?}"])
def test_bad_substitutions(word):
    with pytest.raises(BadSubstitution):
        expand(word, ENV)


@given(
    st.text(max_size=300) | st.text(alphabet="FROMRUN abc\\\n\"'<>${}[]#=-:&|;`\t", max_size=300)
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    try:
        model = parse({"Dockerfile": text})
    except ParseError:
        return
    assert model.instructions


@pytest.mark.parametrize(
    "text",
    [
        "FROM a\nENV A=xxxxxxxx\n" + "ENV A=$A$A\n" * 2000,
        "FROM a\n" * 9000,
        "FROM a AS a\n" * 5000,
        "".join(f"FROM s{n} AS s{n + 1}\nEXPOSE 0-65535\n" for n in range(1900)),
        "FROM a\nRUN " + "(" * 30000,
        "FROM a\nRUN " + "if x; then " * 3000,
        "FROM a\nRUN " + "$(" * 30000,
        "FROM a\nRUN x " + "<<A " * 10000,
        "FROM a\nENV A=" + "${a:-" * 10000,
        "FROM a\nCMD " + "[" * 60000,
        "# syntax=a" + " " * 60000 + "b\nFROM a\n",
        "FROM a\nRUN \\" + "\n\\" * 30000,
        "FROM " + "a-" * 30000,
        "FROM a\nENV A=${a%" + "*a" * 2000 + "}\n",
        "FROM a\nENV P=" + "a" * 15000 + "\n" + "ENV Q=${P%%*b*b*b*b}\n" * 20,
    ],
    ids=range(15),
)
def test_hostile_text_is_judged_in_linear_time(text):
    start = time.process_time()
    try:
        model = parse({"Dockerfile": text[: 1 << 16]})
        _ = model.commands
    except ParseError:
        pass
    assert time.process_time() - start < 0.4
