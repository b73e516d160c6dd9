"""The Groovy parser: trees, strings, what it accepts and refuses, and where."""

import pytest

from iac_gym.formats.groovy import GroovyError, parse
from iac_gym.formats.groovy.nodes import (
    Binary,
    Call,
    Closure,
    Constant,
    Declaration,
    GString,
    MapLiteral,
    Name,
    Property,
    Ternary,
)


def only(text):
    """Return the one statement of a script."""
    (statement,) = parse(text).statements
    return statement


#: One script a line; `⏎` stands for a new line.
ACCEPTED = r"""
x = 1
sh 'make'
sh(script: 'make', returnStatus: true)
sh script: "a", label: 'b'
node('linux') { sh 'make' }
pipeline {⏎}
stage('x')⏎{ echo 'y' }
def x = sh(returnStdout: true, script: 'ls').trim()
def (a, b) = [1, 2]
(a, b) = [b, a]
def f(a, b = 1, String... c) { a + b }
String f(int[] a, Map<String, List<Foo>> m) throws A, B { null }
@Library('x') _
@Library(['a@1', 'b']) _⏎x()
@NonCPS⏎def f() { 1 }
import a.b.C
import static a.b.C.*
import a.b.C as D
@Library('x')⏎import a.B
[1, 2,]
x = [a: 1, 'b': 2, (c): 3, "${d}": 4, *: e]
x = [:]
x = [*a, 1..2, 0..<n]
x = a ?: b
x = a ? b : c
x = a⏎  ? b⏎  : c
a?.b*.c.&d
a.b⏎  .c()⏎  .d { it }
a.'b c'()
a."$b"()
x = a as String
x = (String) a
x = a instanceof Foo && b in c
x = a =~ /b+/
x = a ==~ ~/c/
x = $/a $b /$
x = "a$b.c d${e.f { g }}h"
x = '$1 ${x}'
x = "\$1"
x = /$1/
if (a) b else c
if (a) { b }⏎else if (c) { d }⏎else { e }
for (int i = 0; i < 3; i++) { }
for (x in y) z
for (String s : list) { }
while (a) { break }
switch (x) {⏎case 1:⏎case ~/a/: y; break⏎default: z }
try { a } catch (B | C e) { d } catch (e) { } finally { f }
throw new Foo('x')
assert a : 'b'
assert a == b, "c"
def c = { a, int b = 2 -> a + b }
c = { -> 1 }
a b c d
a.b c, d: 1
x = { it }.call()
new Foo(a: 1)[0].b
int[] x = new int[3]
class A extends B implements C { int x = 1; A() { super(1) }; static { }; def f() { } }
enum E { A, B(1); int x }
interface I { def f() }
trait T { }
x: while (a) { continue x }
a++; --b; -c; !d; ~e
x **= 2 ** 3
x = 0x1F + 0b11 + 017 + 1_000 + 1.5e3 + 2G + 3L + 4f
foo // c
/* a */ foo /* b */
#!/usr/bin/env groovy⏎foo
x = a +⏎  b
f(a,⏎  b)
foo {⏎  // nothing⏎}
{ -> 1 }
String a b
""".strip("\n").split("\n")


@pytest.mark.parametrize("text", [line.replace("⏎", "\n") for line in ACCEPTED])
def test_accepted(text):
    assert parse(text).statements


REFUSED = [
    ("sh 'make", 1, 4, "not closed on its line"),
    ("x = '''a", 1, 5, "never closed"),
    ('x = """a', 1, 5, "never closed"),
    ("/* a", 1, 1, "comment"),
    ("x = '\\d'", 1, 6, "escape"),
    ('x = "$1"', 1, 6, "name or `{`"),
    ('x = "${a\n}"', 1, 9, "a line ends"),
    ("pipeline {\n  a\n", 3, 1, "end of the text"),
    ("pipeline {\n)", 2, 1, "closes nothing"),
    ("a }", 1, 3, "closes nothing"),
    ("echo /a b/", 1, 9, "not expected"),
    ("return sh 'x'", 1, 11, "not expected"),
    ("@Library('x')\npipeline { }", 2, 10, "not expected"),
    ("if (a = 1) { }", 1, 7, "`)` is missing"),
    ("{ a }", 1, 1, "block cannot stand alone"),
    ("a() = 1", 1, 1, "assigned"),
    ("'a' = 1", 1, 1, "assigned"),
    ("my-var = 1", 1, 1, "assigned"),
    ("[a, b] = [1, 2]", 1, 1, "assigned"),
    ("f(a: 1, a: 2)", 1, 9, "twice"),
    ("x = [a: 1, 2]", 1, 5, "list"),
    ("x = [1,,]", 1, 9, "not expected"),
    ("def f()", 1, 5, "no body"),
    ("try { }", 1, 1, "catch"),
    ("for (a; b) { }", 1, 6, "three parts"),
    ("switch (a) { case 1: }", 1, 22, "not expected"),
    ("switch (a) { default: b; break\ndefault: c }", 1, 1, "twice"),
    ("private public x = 1", 1, 9, "contradicts"),
    ("x = new Foo", 1, 12, "is missing"),
    ("Echo 'x'", 1, 6, "a name is missing"),
    ("do = 1", 1, 1, "not expected"),
    ("a ? b", 1, 6, "`:` is missing"),
    ("x = 123_A", 1, 5, "cannot stand here"),
    ("int(1)", 1, 1, "no name of a method"),
    ("x = this()", 1, 5, "cannot stand here"),
    ("x = a as String + 1", 1, 17, "not expected"),
    ("x = - -a", 1, 7, "not expected"),
    ("a\n/b/", 2, 1, "begin with"),
    ("x = `a`", 1, 5, "cannot stand here"),
    ("x = a # b", 1, 7, "cannot stand here"),
    ("else { }", 1, 1, "not expected"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), REFUSED)
def test_refused_where(text, line, column, message):
    with pytest.raises(GroovyError) as caught:
        parse(text)
    assert (caught.value.line, caught.value.column) == (line, column), caught.value
    assert message in str(caught.value)


def test_three_quotes_hold_quotes():
    node = only("x = '''c'd''' + \"\"\"e\"f\"\"\"")
    assert (node.right.left.value, node.right.right.value) == ("c'd", 'e"f')


def test_a_block_and_a_word_behind_it_are_one_expression():
    found = only("when { a } steps { b }")
    assert isinstance(found, Call)
    assert found.name == "steps"
    assert isinstance(found.target, Call)


def test_a_command_is_a_call_with_named_arguments_in_front():
    call = only("sh 'x', label: 'y'")
    assert isinstance(call, Call)
    named, script = call.args
    assert isinstance(named, MapLiteral)
    assert named.named
    assert isinstance(script, Constant)
    assert script.value == "x"


def test_a_block_behind_parentheses_is_the_last_argument():
    call = only("stage('x') { a; b }")
    assert [type(arg) for arg in call.args] == [Constant, Closure]
    assert len(call.args[1].body) == 2


def test_texts_and_values_of_a_string():
    text = only('x = "a$b.c-${d + 1}"').right
    assert isinstance(text, GString)
    assert text.texts == ["a", "-", ""]
    assert isinstance(text.values[0], Property)
    assert isinstance(text.values[1], Binary)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"'a\nb\t\'\\\$'", "a\nb\t'\\$"),
        (r"'A\101'", "AA"),
        ("'''a\r\nb'''", "a\nb"),
        ("'''a\\\nb'''", "ab"),
        (r"x(/a\/b\d/)", None),
        ("$/a$/b$$c/$", "a/b$c"),
        ("0x1F", 31),
        ("017", 15),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("-3", -3),
        ("true", True),
        ("null", None),
    ],
)
def test_values(source, value):
    node = only("x = " + source).right
    if isinstance(node, Call):
        assert node.args[0].value == r"a/b\d"
    else:
        assert isinstance(node, Constant)
        assert node.value == value


def test_operators_bind_as_in_groovy():
    node = only("x = a + b * c == d && e ?: f")
    assert isinstance(node.right, Ternary)
    both = node.right.condition
    assert both.operator == "&&"
    assert both.left.operator == "=="
    assert both.left.left.operator == "+"
    assert both.left.left.right.operator == "*"


def test_declared_names_and_their_places():
    found = only("final String a = 1, b")
    assert isinstance(found, Declaration)
    assert [one.name for one in found.variables] == ["a", "b"]
    assert found.modifiers == ["final"]
    assert found.type.name == "String"


def test_every_node_has_the_offsets_of_its_text():
    script = parse("node { sh 'make' ; echo \"a${b}\" }")
    body = script.statements[0].args[0].body
    assert [script.source(node) for node in body] == ["sh 'make'", 'echo "a${b}"']
    assert script.source(body[1].args[0].values[0]) == "b"


def test_a_word_that_the_lexer_takes_for_a_letter():
    node = only("x = \u201cabc\u201d")
    assert isinstance(node.right, Name)


def test_unicode_escapes_outside_strings():
    assert only("\\u0078 = 1").left.name == "x"
    with pytest.raises(GroovyError, match="hexadecimal"):
        parse("x = \\u00g1")


def test_more_statements_than_a_method_can_hold_are_refused():
    assert len(parse("a 'b'\n" * 1999).statements) == 1999
    with pytest.raises(GroovyError, match="more than 2000 statements"):
        parse("a 'b'\n" * 2002)
    with pytest.raises(GroovyError, match="more than 2000 statements"):
        parse("x {\n" + "a 'b'\n" * 2002 + "}\n")


def test_endless_expressions_are_refused_quickly():
    for text in ("x = " + " + ".join(["1"] * 15_000), "a" + ".b()" * 12_000):
        with pytest.raises(GroovyError, match="more than 20000 words"):
            parse(text)
