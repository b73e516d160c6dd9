"""The parser and the real Groovy, where it is installed, agree on these texts."""

# ruff: noqa: E501 - tables of scripts, one to a line

import pytest

from iac_gym.formats.groovy import GroovyError, parse
from iac_gym.languages.jenkins.tool import check_many, missing_tool

TEXTS = [
    "x = 1", "String agent any", "String a = 1, b", "def a b", "sh 'x'", "Sh 'x'", "a(1,)", "[1,,2]",
    "[1,,]", "x = a as B as C", "x = a as B + 1", "x = a < b < c", "x = 1..2", "x = -a ** 2",
    "x = - -a", "f { }\n{ }", "f(a)\n{ }", "x = f\n{ }", "f\n(a)", "f\n.b", "a ?. b", "f [:]",
    "f [1]", "f -1", "f !a", "f (a), b", "(a)(b)", "(a)()", "(a)(b, c)", "(int) -a", "(A) -a",
    "return a b", "x = a b", "throw a b", "assert a = b", "if (a) b; else c", "if (a) b\n\nelse c",
    "if (a) b;; else c", "while (a);", "for (;;) { }", "for (a in b) c", "for (def a : b) c",
    "for (a : b) c", "switch (a) { }", "switch (a) { case 1: b\n\ncase 2: c }", "x: { a }", "{ a }",
    "{ a -> }", "f { a, b = 1 -> }", "f { -> }", "f { A a, B... b -> }", "f { a... -> }",
    "@A x", "@A\nimport a.B", "@A\nf()", "@A(b = 1) c", "@A(@B) c", "f(@A)", "import a", "import a.*",
    "package a.b", "def f() throws A { }", "def 'a b'() { }", "def <T> T f(T a) { }", "<T> f() { }",
    "class A { A() { this(1) } }", "class A { def f() { this(1) } }", "abstract class A { def f() }",
    "enum A { B, C; D() { } }", "@interface A { int b() default 1 }", "trait A { }", "new A[1][]",
    "new A[][1]", "new A[]", "new A() { def f() { } }", "a.@b", "a.&b", "a*.b", "a.'b'", "a.if",
    "a.class", "a.(b)", 'a."$b"', "a = { b }()", "def (a, b) = c", "def (int a, b) = c", "(a, b) = c",
    "(a, b) = (c, d) = e", "a = b = c", "a() = b", "a[0] = b", "a.b = c", "a?.b = c", "a++ = b",
    "x = /a/", "f /a/", "x = /a\nb/", "x = $/a/$", "x = \"${a\n}\"", "x = \"\"\"${a\n}\"\"\"",
    "x = '\\d'", "x = \"$1\"", "x = /$1/", "x = \"$a.b.c\"", "x = \"$a.1\"", "x = \"$if\"",
    "x = \"$this\"", "1_000", "1_", "08", "1.e", "1.5e3f", "0x", "9999999999i", "a\n/b/", "a\n /b/",
    "try { } finally { }", "try { }", "try { } catch (e) { }", "try { } catch (A | B e) { }",
    "label: for (a in b) { break label }", "a ? b : c ? d : e", "a ?: b ?: c", "a\n? b\n: c",
    "a\n+ b", "a +\nb", "a\n&& b", "a && \nb", "in = 1", "a in b", "as = 1", "def = 1", "trait = 1",
    "x.in.y", "goto = 1", "const a = 1", "static a = 1", "private public a", "final final a", "void a",
    "void f() { }", "int", "int.class", "int(1)", "f(int)", "(a; b)", "f(a; b)", "f(def a = 1)",
    "f(return 1)", "f(*a, *: b)", "[*: a]", "[a: 1, *b]", "[(a): 1]", "[[1]: 2]", "[a.b: 1]", "f(a.b: 1)",
]  # fmt: skip


@pytest.mark.skipif(bool(missing_tool()), reason="Groovy is not installed")
def test_the_real_groovy_says_the_same():
    opinions = check_many(TEXTS)
    wrong = []
    for text, opinion in zip(TEXTS, opinions, strict=True):
        try:
            parse(text)
            ours = True
        except GroovyError:
            ours = False
        if opinion.valid not in (None, ours):
            wrong.append((text, opinion.valid))
    assert wrong == []
    assert sum(opinion.valid is not None for opinion in opinions) > len(TEXTS) // 2
