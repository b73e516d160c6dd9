"""Sizes, durations, shell words, ports, mounts, images: as Docker Compose's libraries read them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iac_gym.languages.compose.interpolate import BadTemplate, substitute
from iac_gym.languages.compose.values import (
    clean_path,
    read_duration,
    read_mount,
    read_port,
    read_size,
    same_image,
    shell_words,
    split_image,
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512m", 512 << 20), ("512M", 512 << 20), ("512mb", 512 << 20), ("512MiB", 512 << 20),
        ("0.5g", 512 << 20), ("1.5 gb", 3 << 29), ("1024", 1024), ("1k", 1024), ("10b", 10),
        ("-1", -1), (7, 7), ("2t", 2 << 40), ("1p", 1 << 50),
    ],
)  # fmt: skip
def test_sizes(text, size):
    assert read_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "m", "5x", "5kbb", "5 k b", "-5m", "1e400m", "5mbi", True, []]
)
def test_bad_sizes(text):
    with pytest.raises(ValueError, match=" "):
        read_size(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90), ("1m30s", 90), ("1.5m", 90), ("0", 0), ("100ms", 0.1), ("1h", 3600),
        ("1d", 86400), ("1w", 604800), ("-3s", -3), ("1us", 1e-6), (".5s", 0.5), ("5.s", 5),
    ],
)  # fmt: skip
def test_durations(text, seconds):
    assert read_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "5", "s", "5 s", "5sec", "1m30", "5S", ".s", "9" * 19 + "h"])
def test_bad_durations(text):
    with pytest.raises(ValueError, match=" "):
        read_duration(text)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("npm run start", ("npm", "run", "start")),
        ("""sh -c "a && b" 'c d' e\\ f""", ("sh", "-c", "a && b", "c d", "e f")),
        ("a && b", ("a",)),
        ("a > b", ("a",)),
        ("", ()),
        ("  a\tb\n", ("a", "b")),
        ("a ''", ("a", "")),
        ("echo $(date -u) x", ("echo", "$(date -u)", "x")),
        ("echo `a b`", ("echo", "`a b`")),
        ("a=\"b c\"d", ("a=b cd",)),
    ],
)  # fmt: skip
def test_shell_words(line, words):
    assert shell_words(line) == words


@pytest.mark.parametrize("line", ["a 'b", 'a "b', "a (b)", "a b)", "a\\", "`a"])
def test_bad_shell_words(line):
    with pytest.raises(ValueError, match=" "):
        shell_words(line)


def test_ports():
    port = read_port("127.0.0.1:8080:80/UDP")
    assert (port.ip, port.published, port.target, port.protocol) == (
        "127.0.0.1", (8080, 8080), (80, 80), "udp",
    )  # fmt: skip
    assert read_port("8000-8002:80-82").maps(8001, 81)
    assert not read_port("8000-8002:80-82").maps(8001, 80)
    assert not read_port("80").maps(80, 80)
    assert not read_port("8000-8009:80").maps(8000, 80)
    assert read_port("[::1]:1:2").ip == "::1"


def test_mounts():
    assert read_mount("data:/var/lib/").target == "/var/lib"
    assert read_mount("./a:/b:ro").read_only
    assert read_mount("./a:/b:z,ro").type == "bind"
    assert read_mount("/a").source == ""
    assert read_mount("C:\\a:/b").source == "C:\\a"
    assert read_mount("aa:/b").type == "volume"


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("./a/", "a"),
        ("a/../b", "b"),
        ("/../a", "/a"),
        ("", "."),
        ("//a//b/.", "/a/b"),
        ("..", ".."),
    ],
)
def test_paths(path, clean):
    assert clean_path(path) == clean


def test_images():
    assert split_image("localhost:5000/a/b:1@sha256:x") == ("localhost:5000/a/b", "1", "sha256:x")
    assert same_image("nginx", "docker.io/library/nginx:latest")
    assert not same_image("nginx:1.27", "nginx:1.26")
    assert not same_image("acme/nginx:1", "nginx:1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A", ""), ("${A}b", "b"), ("$$A", "$A"), ("${A:-x}", "x"), ("${A-x}", "x"), ("$1", "$1"),
        ("${A:+x}", ""), ("${A+x}", ""), ("a${B:-c}d${E:-f}g", "acdfg"), ("${A:-${B:-z}}", "z"),
        ("${A:-{x}}", "{x}"), ("100%$", "100%$"), ("${A:-}", ""), ("${A:-a:b-c?d}", "a:b-c?d"),
    ],
)  # fmt: skip
def test_interpolation(text, value):
    assert substitute(text) == value


@pytest.mark.parametrize(
    "text",
    ["${", "${}", "${A", "${A:-x", "${A!}", "${ A}", "${A:?}", "${A?no}", "${A:-${B}", "${-a}"],
)
def test_bad_interpolation(text):
    with pytest.raises(BadTemplate):
        substitute(text)


@given(st.text(alphabet="${}:-?+aB_1 \n", max_size=40))
def test_interpolation_is_total(text):
    with suppress(BadTemplate):
        assert isinstance(substitute(text), str)


@given(st.text(max_size=30), st.integers(), st.floats())
def test_readers_only_raise_value_errors(text, number, fraction):
    for read in (read_size, read_duration, read_port, read_mount, shell_words, split_image):
        for value in (text, "".join(c for c in text if c in "0123456789:-/.")):
            with suppress(ValueError):
                read(value)
    for value in (number, fraction, None, True):
        for read in (read_size, read_duration):
            with suppress(ValueError):
                read(value)
