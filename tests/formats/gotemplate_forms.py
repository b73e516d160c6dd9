"""Templates of every form of expression, for comparing with the real text/template."""

import json

#: One template a line, in JSON where it holds a newline.
_LINES = r"""
{{ toYaml .m | nindent 2 }}
{{ toYaml . }}
{{ toPrettyJson . }}
{{ toRawJson . }}
{{ . }}
{{ .n }} {{ .f }} {{ .b }} {{ .nil }} {{ .l }} {{ .m }} {{ .missing }}
{{ .missing.x }}
{{ (.missing).x }}
{{ ((.missing).x).y }}
{{ .nil.x }}
{{ .s.x }}
{{ .m.a.x }}
{{ $x := .missing }}{{ $x.y }}
{{ range .l }}[{{ . }}]{{ end }}
{{ range $i, $e := .l }}{{ $i }}={{ $e }};{{ end }}
{{ range $k, $v := .m }}{{ $k }}={{ $v }};{{ end }}
{{ range $v := .m }}{{ $v }};{{ else }}x{{ end }}
{{ range .missing }}a{{ else }}b{{ end }}
{{ range .s }}a{{ end }}
{{ range .n }}a{{ end }}
{{ range $i, $e := .el }}{{else}}{{ $i }}{{ $e }}{{end}}
{{ with .m }}{{ .a }}{{ end }}
{{ with .missing }}x{{ else }}y{{ .s }}{{ end }}
{{ with $x := .s }}{{ $x }}{{ . }}{{ end }}
{{ if .el }}a{{ else if .s }}b{{ else }}c{{ end }}
{{ if and .s .t }}a{{ end }}{{ if or .b .es }}b{{ end }}{{ and .s .es "x" }}|{{ or .b .es }}|{{ or .nil }}|{{ and }}
{{ not .s }} {{ not .es }}
{{ len .s }} {{ len .l }} {{ len .m }} {{ len .u }}
{{ len .nil }}
{{ len .missing }}
{{ len .n }}
{{ len (.missing) }}
{{ index .l 1 }} {{ index .m "a" }} {{ index .m "zz" }} {{ index .m "b" 0 "c" }}
{{ index .l 10 }}
{{ index .l 5 }}
{{ index .l -1 }}
{{ index .l "a" }}
{{ index .m 1 }}
{{ index .nil "a" }}
{{ index .m "z" "a" }}
{{ index .s 1 }}
{{ index .n 1 }}
{{ eq .s "Hello World" }} {{ eq .n 1e6 }} {{ eq .s "a" "b" "Hello World" }}
{{ eq .n 1 }}
{{ eq .l .el }}
{{ eq .nil nil }} {{ eq .missing nil }} {{ eq .missing .nil }}
{{ eq .s nil }}
{{ eq 1 }}
{{ ne .s "a" }} {{ ne .nil .s }}
{{ lt 1 2 }} {{ lt .f 2.0 }} {{ gt .n 2.0 }} {{ le "a" "b" }} {{ ge 2 2 }}
{{ lt .n 2 }}
{{ lt .nil 2 }}
{{ lt true false }}
{{ lt .m .m }}
{{ slice .sl 1 2 }}
{{ slice .sl 1 }} {{ slice .el 1 2 }}
{{ slice .sl 3 9 }}
{{ slice .s 1 2 }}
{{ html "<a href='x'>&\"" }} {{ js "it's \"<x>\"=\\" }} {{ urlquery "a b&c/d?é" }}
{{ print 1 2 "a" "b" 3 true nil }} {{ println "x" 1 }}
{{ printf "%d %s %v %q %t %5.2f|%-8s|%8s|%x|%X|%T" 3 "a" .l "q" true 3.14159 "ab" "cd" 255 "hi" .m }}
{{ printf "%d" "x" }} {{ printf "%s" 1 }} {{ printf "%z" 1 }} {{ printf "%d" }} {{ printf "x" 1 "b" }} {{ printf "%" }} {{ printf "%!" }}
{{ printf "%s" .nil }} {{ printf "%v" .nil }} {{ printf "%d" .f }} {{ printf "%s" .l }} {{ printf "%d" .l }} {{ printf "%q" .sl }}
{{ printf "%#v" .m }} {{ printf "%+v" .m }} {{ printf "%#v" .l }} {{ printf "%#q" "a" }} {{ printf "%05d|%+d|% d|%x|%o|%b|%c|%U|%e|%g" 42 42 42 42 42 42 65 65 1234.5 1234.5 }}
{{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%[5]d" 1 }} {{ printf "%*d" 5 1 }} {{ printf "%.2s" "abc" }} {{ printf "%6.2f|" 3.14159 }} {{ printf "%v%%" 50 }}
{{ printf "%t" "x" }} {{ printf "%t" 1 }} {{ printf "%v" true }} {{ printf "%08.3f" 3.14159 }} {{ printf "%+.2e" 12345.678 }} {{ printf "%3c|" 65 }} {{ printf "%q" 65 }}
{{ printf "%s %s" "a" }} {{ printf "%.3v" "abcdef" }} {{ printf "%6d|%-6d|%06d" 12 12 12 }} {{ printf "%x" -5 }} {{ printf "%s" (list "a" "b") }} {{ printf "%v" (dict "a" (list 1 2)) }}
{{ default "d" .missing }} {{ default "d" .s }} {{ default 1 0 }} {{ .es | default "x" }} {{ empty .el }} {{ coalesce .nil .es "z" }} {{ ternary 1 2 true }} {{ .t | ternary "a" "b" }}
{{ ternary 1 2 .missing }}
{{ ternary 1 2 "x" }}
{{ quote .s .nil .n }} {{ squote .s .nil .n }} {{ quote "a\"b\n" }} {{ .u | quote }} {{ quote .l }} {{ squote .m }}
{{ upper .s }} {{ lower .s }} {{ title "foo bar-baz qux_quux 1a" }} {{ untitle "Foo Bar" }} {{ swapcase "aBc" }} {{ initials "Foo Bar" }} {{ nospace "a b c" }}
{{ trunc 5 .s }} {{ trunc -5 .s }} {{ trunc 63 .s | trimSuffix "-" }} {{ trimAll "$" "$5$" }} {{ trimPrefix "H" .s }} {{ substr 0 5 .s }} {{ substr 3 -1 .s }} {{ substr -1 3 .s }} {{ abbrev 8 .s }} {{ abbrevboth 5 10 "1234 5678 9123" }} {{ repeat 3 "ab" }}
{{ substr 3 1 .s }}
{{ substr 20 -1 .s }}
{{ contains "ell" .s }} {{ hasPrefix "He" .s }} {{ hasSuffix "x" .s }} {{ replace " " "-" .s }} {{ plural "one" "many" 1 }} {{ plural "one" "many" 2 }} {{ cat "a" nil 1 .b }} {{ indent 2 .ml }} {{ nindent 4 .ml }} {{ wrap 5 "hello there world foo" }} {{ wrapWith 5 "\t" "Helloooooooo there" }}
{{ snakecase "FirstName" }} {{ snakecase "HTTP2xx" }} {{ snakecase "HTTPServer foo-bar 99x" }} {{ camelcase "http_server" }} {{ camelcase "a-b c" }} {{ kebabcase "FirstName2Go" }} {{ kebabcase "a__b" }} {{ camelcase "FooBar" }}
{{ split "," "a,b,c" }} {{ (split "," "a,b,c")._1 }} {{ (split "," "a")._5 }} {{ splitList "," "a,b" }} {{ splitn "," 2 "a,b,c" }} {{ splitList "" "abc" }} {{ join "-" .sl }} {{ join "-" .l }} {{ join "," 5 }} {{ sortAlpha .sl }} {{ .sl | sortAlpha | join "," }}
{{ add 1 2 3 }} {{ sub 5 2 }} {{ mul 2 3 4 }} {{ div 7 2 }} {{ div -7 2 }} {{ mod 7 3 }} {{ mod -7 3 }} {{ add1 5 }} {{ max 1 5 3 }} {{ min 1 5 3 }} {{ add "5" 1.9 }} {{ int "0x1f" }} {{ int "010" }} {{ int "abc" }} {{ int 3.9 }} {{ int .n }} {{ int64 "12" }} {{ float64 "1.5" }} {{ atoi "12" }} {{ atoi "x" }} {{ int true }} {{ int "12.00" }} {{ int "1.5" }}
{{ div 1 0 }}
{{ addf 1.5 2 }} {{ subf 3 1.1 }} {{ mulf 1.1 3 }} {{ divf 10 3 }} {{ ceil 1.2 }} {{ floor -1.2 }} {{ round 123.5555 3 }} {{ round 123.5555 }}
{{ maxf 1 2.5 }} {{ minf 3 2 }} {{ until 5 }} {{ untilStep 3 9 2 }} {{ untilStep 9 3 -2 }} {{ seq 5 }} {{ seq 2 5 }} {{ seq 0 2 10 }} {{ seq -3 }} {{ until -3 }} {{ toDecimal "0777" }} {{ toDecimal 777 }}
{{ until .n }}
{{ until (int .n | div 250000 | int) }}
{{ until (add 1 2) }}
{{ list 1 "a" nil .m }} {{ first .l }} {{ last .l }} {{ rest .l }} {{ initial .l }} {{ append .l 9 }} {{ prepend .l 9 }} {{ reverse .l }} {{ uniq .sl }} {{ without .sl "a" }} {{ has "a" .sl }} {{ has 1 .l }} {{ has 1.0 .l }} {{ compact .l }} {{ concat .l .sl }} {{ chunk 2 .sl }} {{ first .el }} {{ rest .el }}
{{ first .s }}
{{ first .nil }}
{{ append .nil 1 }}
{{ concat .l .nil }}
{{ has "a" .s }}
{{ has "a" .nil }}
{{ dig "a" "b" .deep }}
{{ dig "a" "b" "c" "d" "e" .deep }}
{{ hasKey .nil "a" }}
{{ hasKey .missing "a" }}
{{ hasKey (.missing) "a" }}
{{ get .s "a" }}
{{ merge (dict "a" 1 "b" (dict "c" 2)) (dict "a" 5 "b" (dict "d" 3) "e" 4) }} {{ mergeOverwrite (dict "a" 1 "b" (dict "c" 2) "l" (list 1)) (dict "a" 5 "b" (dict "d" 3) "e" 4 "l" (list 2 3) "f" false) }} {{ merge (dict "a" false "s" "" "l" (list)) (dict "a" true "s" "x" "l" (list 1)) }}
{{ mergeOverwrite (dict "a" 1) (dict "a" nil) }} {{ mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" "s") }} {{ mergeOverwrite (dict "a" true) (dict "a" false) }} {{ merge (dict) .deep }} {{ mustMerge (dict "a" (list 1 2)) (dict "a" (list 3)) }}
{{ deepCopy .m }} {{ deepEqual .l .l }} {{ deepEqual 1 1.0 }}
{{ typeOf .l }} {{ typeOf .s }} {{ typeOf .n }} {{ typeOf 1 }} {{ typeOf (add 1 2) }} {{ typeOf nil }} {{ typeOf .m }} {{ typeOf .sl }} {{ typeOf (until 2) }} {{ typeOf (splitList "," "a") }} {{ typeOf (split "," "a") }} {{ typeOf true }} {{ kindOf .l }} {{ kindOf .m }} {{ kindOf nil }} {{ kindIs "string" .s }} {{ typeIs "float64" .n }} {{ typeIsLike "int" 1 }} {{ kindOf (add 1 1) }}
{{ b64enc "hello" }} {{ b64dec "aGVsbG8=" }} {{ b64dec "!!" }} {{ b32enc "hi" }} {{ b32dec "NBUQ====" }} {{ sha256sum "a" }} {{ sha1sum "a" }} {{ adler32sum "a" }} {{ b64dec "abc" }} {{ b64dec "ab=c" }}
{{ semverCompare ">=1.19-0" .k8s }} {{ semverCompare "^1.2" "1.5.0" }} {{ semverCompare "~1.2.3" "1.3.0" }} {{ semverCompare "1.x" "1.9" }} {{ semverCompare ">1.2 <2 || 3.0.0" "3.0.0" }} {{ semverCompare "1.0 - 2.0" "1.5" }} {{ semverCompare "*" "1" }} {{ semverCompare ">=1.0" "1.0-beta" }} {{ semverCompare "<1.21-0" "v1.20.3-eks-1" }} {{ semverCompare "!=1.2.x" "1.2.3" }} {{ (semver "1.2.3-a+b").Major }} {{ semver "v1.2" }} {{ (semver "1.2.3").Prerelease }} {{ semverCompare ">= 1.2.3 , < 2" "1.9" }} {{ semverCompare "<=2" "2.5" }} {{ semverCompare ">1" "1.5" }} {{ semverCompare "^0.2.3" "0.3" }} {{ semverCompare "^0.0.3" "0.0.3" }} {{ semverCompare "=1.2" "1.2.9" }}
{{ semverCompare ">=" "1" }}
{{ semverCompare ">=1" "abc" }}
{{ semver "1.2.3.4" }}
{{ regexMatch "^[a-z]+$" "abc" }} {{ regexFind "[0-9]+" "ab12c" }} {{ regexFindAll "[a-z]" "abc" -1 }} {{ regexFindAll "a*" "baac" -1 }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }} {{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }} {{ regexSplit "z+" "pizza" -1 }} {{ regexSplit "" "abc" -1 }} {{ regexSplit "," "a,b,c" 2 }} {{ regexQuoteMeta "a.b*c" }} {{ regexMatch "(?i)ABC" "abc" }} {{ regexMatch "[" "x" }} {{ regexReplaceAll "" "abc" "-" }} {{ regexReplaceAll "(?m)^" "a\nb" "> " }} {{ regexReplaceAll "\\W+" "a b!c" "_" }} {{ regexFind "(a|ab)(c|bcd)" "abcd" }} {{ regexReplaceAll "[[:space:]]+" "a  b" "" }} {{ regexMatch "^\\d{2,3}$" "123" }} {{ regexMatch "x$" "x\n" }}
{{ regexFind "[" "x" }}
{{ regexFind "(?=x)" "x" }}
{{ mustRegexMatch "a**" "x" }}
{{ date "2006-01-02" 0 }} {{ dateInZone "Mon Jan _2 15:04:05 2006" 1257894000 "UTC" }} {{ htmlDate 1257894000 }} {{ duration "95" }} {{ durationRound "2h10m5s" }} {{ toDate "2006-01-02" "2017-12-31" | date "02/01/2006" }} {{ unixEpoch (toDate "2006-01-02" "2017-12-31") }} {{ toDate "2006-01-02" "2017-12-31" }} {{ (toDate "2006-01-02" "2017-12-31").Year }} {{ dateModify "-1.5h" (toDate "2006-01-02" "2017-12-31") }} {{ durationRound 3600000000001 }} {{ date "Monday, 02-Jan-06 15:04:05 MST" 1257894000 }} {{ date "3:04PM .000 Z07:00 -0700" 1257894000 }} {{ duration 5 }}
{{ (toDate "2006-01-02" "2017-12-31").Month }} {{ (toDate "2006-01-02" "2017-12-31").Weekday }} {{ (toDate "2006-01-02" "2017-12-31").Unix }} {{ (toDate "2006-01-02" "2017-12-31").AddDate 0 2 0 }} {{ (toDate "2006-01-02" "2017-12-31").Format "Jan" }}
{{ base "/a/b.c" }} {{ dir "/a/b.c" }} {{ clean "a//b/../c" }} {{ ext "a.tar.gz" }} {{ isAbs "/a" }} {{ base "" }} {{ dir "" }} {{ osBase "x/y" }} {{ dir "a" }} {{ clean "//a" }} {{ base "/" }} {{ ext "a.b/c" }}
{{ urlParse "https://u:p@host:8080/a/b?x=1#frag" }} {{ urlJoin (dict "scheme" "https" "host" "h:1" "path" "/a b" "query" "q=1" "fragment" "f") }} {{ (urlParse "http://h/%41").path }} {{ urlParse "mailto:a@b" }} {{ urlParse "" }} {{ urlParse "/rel?q" }}
{{ urlParse "http://a b/" }}
{{ urlParse ":x" }}
{{ mustFromJson "x" }}
{{ fail "oops" }}
{{ define "x" }}[{{ . }}]{{ end }}{{ include "x" .s }} {{ template "x" .n }} {{ include "x" .nil }} {{ template "x" }} {{ block "y" . }}B{{ .s }}{{ end }} {{ include "x" (dict "a" 1) | indent 2 }}
{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "missing" . }}
{{ define "e" }}{{ .a.b.c }}{{ end }}{{ include "e" . }}
{{ define "e" }}
"  {{ .a.b.c }}{{ end }}{{ template \"e\" . }}"
{{ template "nope" . }}
{{ .s | upper | quote | printf "%s-%s" "x" }}
{{ "abc" | .s }}
{{ .s "x" }}
{{ .m.a 1 }}
{{ nil }}
{{ 1 2 }}
{{ "x" "y" }}
{{ (1) 2 }}
{{ $ }} {{ $.s }}
{{ $x := 1 }}{{ $x = 2 }}{{ $x }}{{ if true }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}{{ range .sl }}{{ $x = . }}{{ end }}{{ $x }}
{{ $x = 1 }}
{{ $x }}
{{ break }}
{{ range .sl }}{{ if eq . "c" }}{{ break }}{{ end }}{{ . }}{{ end }} {{ range .sl }}{{ if eq . "a" }}{{ continue }}{{ end }}{{ . }}{{ end }}
{{- /* c */ -}}  x {{- /* c */}} y {{/* c */ -}} z
{{ /* bad */ }}
{{/* a }}
a  {{- 3 }} b {{ 3 -}}  c {{- " x " -}} d {{-3}}
{{ 0x1F }} {{ 1_000 }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1e3 }} {{ .5 }} {{ 1i }} {{ 'a' }} {{ '\n' }} {{ 1+2i }} {{ -5 }} {{ +5 }} {{ 0x1p4 }} {{ 1.0 }}
{{ 99999999999999999999 }}
{{ 18446744073709551615 }}
{{ 1x }}
{{ 'ab' }}
{{ "\x41\u00e9\t\101" }} {{ `raw\n` }}
{{ "\q" }}
{{ "abc }}
{{ `abc }}
{{ 'a }}
{{ if }}x{{ end }}
{{ if .s }}x
{{ end }}
{{ else }}
{{ range $a, $b, $c := .l }}{{ end }}
{{ $a, $b := 1 }}
{{ range $a, 1 := .l }}{{ end }}
{{ foo }}
{{ .s | }}
{{ | .s }}
{{ .s | 1 }}
{{ .s | "x" }}
{{ (.s }}
{{ .s) }}
{{ () }}
{{ }}
{{ .s.  }}
{{ .s..x }}
{{ "x".y }}
{{ 1.y }}
{{ nil.x }}
{{ (nil).x }}
{{ true.x }}
{{ define "x" }}
{{ define x }}{{ end }}
{{ define "x" }}{{ define "y" }}{{ end }}{{ end }}
{{ if .s }}{{ define "y" }}{{ end }}{{ end }}
{{ define "x" }}a{{ end }}{{ define "x" }}b{{ end }}
{{ define "x" }} {{ end }}{{ define "x" }}b{{ end }}{{ template "x" }}
{{ template }}
{{ template x }}
{{ template "x" . . }}
{{ end x }}
{{ else x }}
{{ if .s }}{{ else }}{{ else }}{{ end }}
{{ range .l }}{{ else if .s }}{{ end }}
{{ .s ; }}
{{ .s, }}
{{ .s + 1 }}
{{ .s+1 }}
{{ $x:=1 }}{{ $x }}
{{ $x :=1 | add 2 }}{{ $x }}
{{ ($y := 3) }}{{ $y }}
{{ with $y := 3 }}{{ end }}{{ $y }}
{{ .a-b }}
{{ @ }}
{{ # }}
{{ é }}
{{ .é }}
{{ "a" "b" | print }}
{{ print "a" | printf "%s%s" "b" }}
{{ ( print "a" ) | print "b" }}
{{ (index .sl 0) | upper }} {{ (index .m.b 0).c }} {{ (dict "a" "b").a }} {{ (list 1 2) | first }}
{{ upper 5 }}
{{ upper .n }}
{{ upper .nil }}
{{ upper .missing }}
{{ upper (.missing) }}
{{ .missing | upper }}
{{ .nil | upper }}
{{ upper nil }}
{{ upper }}
{{ upper "a" "b" }}
{{ repeat "x" 3 }}
{{ repeat .n "x" }}
{{ repeat -1 "x" }}
{{ indent 2.5 "x" }}
{{ indent 2.0 "x" }}
{{ indent -1 "x" }}
{{ eq 1 1 }}{{ eq 'a' 97 }}{{ eq (len .s) 11 }}{{ eq (int64 3) 3 }}
{{ lt (int64 3) 4 }} {{ gt (len .s) 3 }} {{ eq .t true }}
{{ range until 3 }}{{ . }}{{ end }} {{ range $i, $_ := until 3 }}{{ $i }}{{ end }} {{ range splitList "," "a,b" }}{{ upper . }}{{ end }}
{{ range (dict "b" 1 "a" 2) }}{{ . }}{{ end }}
{{ range $i, $e := list "a" "b" }}{{ if $i }},{{ end }}{{ $e }}{{ end }}
{{ range .sl }}{{ $.s }}{{ end }}
{{ range .l }}{{ .x }}{{ end }}
{{ range list nil }}{{ .x }}{{ end }}
{{ range list "a" }}{{ .x }}{{ end }}
{{ range $v := list nil }}{{ $v.x }}{{ end }}
{{ with list "a" }}{{ .x }}{{ end }}
{{ with "a" }}{{ .x }}{{ end }}
{{ with .s }}{{ .x }}{{ end }}
{{ if not (eq .s "x") }}a{{ end }}{{ if and (eq .s "x") (gt .nil 1) }}b{{ end }}
{{ if or .s (fail "x") }}a{{ end }}
{{ call .s }}
{{ call nil }}
{{ upper .s | lower | title }} {{ list | len }} {{ list "" "a" | compact }} {{ tuple 1 2 }} {{ dict }}
{{ trimSuffix "-" (trunc 5 "abcd-efg") }} {{ "a" | eq "a" }} {{ "b" | ne "a" }} {{ 5 | lt 3 }} {{ "x" | default "y" }} {{ "" | default "y" }}
{{ hello }} {{ any 0 1 }} {{ all 0 1 }} {{ all }} {{ any }}
{{ toString 5 }} {{ toString nil }} {{ toString .l }} {{ toStrings .l }} {{ int (toString 5) }}
{{ toYaml "a" }} {{ toYaml nil }} {{ toYaml 1 }} {{ toYaml .ml }} {{ toYaml .el }} {{ toYaml .em }} {{ toYaml (list (list 1 2) (list)) }} {{ toYaml (list (dict "a" 1 "b" (list 1))) }}
{{ toYaml (dict "a" "" "b" "true" "c" "1" "d" "1.5" "e" "null" "f" "~" "g" "- x" "h" "a: b" "i" "#c" "j" "a #c" "k" "'q'" "l" "\"q\"" "m" "@x" "n" "%x" "o" "yes" "p" "2020-01-01" "q" "1:30" "r" "0x1f" "s" "1e3" "t" " lead" "u" "trail " "v" "tab\tx" "w" "a\\b" "x" "é" "y" "n" "z" "[x]") }}
{{ toYaml (dict "a10" 1 "a2" 1 "a-b" 1 "a.b" 1 "a/b" 1 "A" 1 "b" 1 "1" 1 "10" 1 "2" 1 "_x" 1 "a" 1 "ab" 1 "true" 1 "y" 1 "a b" 1 "x: y" 1) }}
{{ toYaml (dict "ml" "a\nb\n" "ml2" "a\nb" "ml3" "\n a\nb\n\n" "ml4" "a \nb" "ml5" "a\n\n\nb" "ml6" " a\n  b\n" "nested" (dict "x" "a\nb") "l" (list "a\nb" "c")) }}
{{ toYaml (dict "long" (repeat 30 "word ") "lq" (printf "x: %s" (repeat 30 "word ")) "d" (printf "a\t%s" (repeat 30 "word ")) "nospace" (repeat 100 "x")) }}
{{ $m := dict "a" (dict "b" 1) }}{{ $_ := set $m.a "c" 2 }}{{ $m }} {{ $m.a.c }} {{ ($m.a).c }}
{{ $x := list 1 2 }}{{ range $x }}{{ $x = append $x . }}{{ end }}{{ $x }}
{{ (split "-" "a-b")._0 }} {{ index (split "-" "a-b") "_1" }} {{ index (split "-" "a-b") "_9" }}|{{ toYaml (split "-" "a-b") }}
{{ range $k, $v := split "-" "b-a" }}{{ $k }}{{ $v }}{{ end }} {{ hasKey (split "-" "a") "_0" }}
{{ first (list) }} {{ first (list) | default "x" }} {{ (first (list (dict "a" 1))).a }} {{ (first (list)).a }}
{{ if eq (first (list)) nil }}x{{ end }}
{{ .l.x }}
{{ .l.0 }}
{{ .t.x }}
{{ "%d" | printf }}
{{ printf .n }}
{{ printf }}
{{ slice "abc" }}
{{ not nil }} {{ and 1 nil }} {{ or nil 1 }} {{ eq nil nil }} {{ default nil 1 }} {{ print nil }} {{ quote nil }}
{{ len nil }}
{{ upper `a` }}{{ "multi
line" }}
{{ `multi
line` }}
{{
"  .s"
"  | upper"
}}
{{- range $i, $e := .sl -}}
{{ $i }}
{{- end }}
"{{ \"multi\nline\" }}"
"{{ `multi\nline` }}"
"{{\n .s\n | upper\n}}"
"{{- range $i, $e := .sl -}}\n{{ $i }}\n{{- end }}\n"
"{{ define \"e\" }}\n  {{ .a.b.c }}{{ end }}{{ template \"e\" . }}"
"a\nb {{ .s\n.x }}"
"a\n{{ if\n true }}\n\n{{ foo }}"
"{{ if true }}\n\n"
"{{ \"x\n"
"{{ /*\n\n"
"{{ (\n\n"
"""


def _forms() -> list[str]:
    lines = _LINES.strip("\n").split("\n")
    return [json.loads(line) if line.startswith('"') else line for line in lines]


FORMS = _forms()

#: What they see.
DATA = {
    "l": [1.0, 2.5, "x", None, True],
    "s": "Hello World",
    "m": {"a": 1.0, "b": [{"c": "d"}], "z": None, "on": "yes", "e": {}},
    "n": 1000000.0,
    "f": 0.1,
    "b": False,
    "t": True,
    "nil": None,
    "es": "",
    "el": [],
    "em": {},
    "ml": "line one\nline two\n",
    "num": "123",
    "sl": ["b", "a", "c", "a"],
    "deep": {"a": {"b": {"c": "v"}}},
    "k8s": "v1.29.3",
    "u": "héllo",
}
