// The real text/template with Sprig, as a measure for tests: reads JSON lines {text, data} and
// writes JSON lines {output, error}. Numbers of the data are float64, as those of charts are.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v2"
)

type question struct {
	Text string
	Data interface{}
}

type answer struct {
	Output string `json:"output"`
	Error  string `json:"error"`
}

func toYaml(v interface{}) string {
	j, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	var o interface{}
	if yaml.Unmarshal(j, &o) != nil {
		return ""
	}
	y, _ := yaml.Marshal(o)
	return strings.TrimSuffix(string(y), "\n")
}

func ask(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{Error: fmt.Sprint("panic: ", r)}
		}
	}()
	t := template.New("gotpl").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["toYaml"] = toYaml
	functions["include"] = func(name string, data interface{}) (string, error) {
		var b strings.Builder
		err := t.ExecuteTemplate(&b, name, data)
		return b.String(), err
	}
	if _, err := t.Funcs(functions).New("t").Parse(q.Text); err != nil {
		return answer{Error: err.Error()}
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "t", q.Data); err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Output: b.String()}
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		var q question
		if len(line) > 0 && json.Unmarshal(line, &q) == nil {
			out.Encode(ask(q))
		}
		if err != nil {
			return
		}
	}
}
