// helm_engine answers questions about charts with Helm's own packages: what `helm lint` and
// `helm template` say, and every template's text, which `helm template` does not give where YAML
// is wrong. One question (JSON) a line comes in, one answer a line goes out.
//
//	go mod init helm_engine && go get helm.sh/helm/v3@v3.18.6 && go build
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

type question struct {
	Dir, Values, Release, Namespace string
	Lint                            bool
}

type answer struct {
	Error string            `json:"error"`
	Stage string            `json:"stage"`
	Texts map[string]string `json:"texts"`
	Lint  []string          `json:"lint"`
	Fine  bool              `json:"lint_valid"`
}

// missing returns the dependencies without a chart, as `helm template` looks for them.
func missing(c *chart.Chart) []string {
	there := map[string]bool{}
	for _, one := range c.Dependencies() {
		there[one.Name()] = true
	}
	var names []string
	for _, one := range c.Metadata.Dependencies {
		if !there[one.Name] {
			names = append(names, one.Name)
		}
	}
	return names
}

// stop notes at which stage Helm stops.
func (a *answer) stop(stage string, reason any) {
	a.Stage, a.Error = stage, fmt.Sprint(reason)
}

func ask(q question) (a answer) {
	defer func() {
		if reason := recover(); reason != nil {
			a.stop("panic", reason)
		}
	}()
	values := map[string]interface{}{}
	if err := yaml.Unmarshal([]byte(q.Values), &values); err != nil {
		a.stop("given", err)
		return
	}
	a.Fine = true
	if q.Lint {
		for _, message := range lint.All(q.Dir, values, "default", false).Messages {
			a.Lint = append(a.Lint, message.Error())
			a.Fine = a.Fine && message.Severity < support.ErrorSev
		}
	}
	c, err := loader.LoadDir(q.Dir)
	if err != nil {
		a.stop("load", err)
		return
	}
	if c.Metadata.Type == "library" {
		a.stop("library", "")
		return
	}
	if names := missing(c); len(names) > 0 {
		a.stop("dependencies", strings.Join(names, ", "))
		return
	}
	if err := chartutil.ProcessDependenciesWithMerge(c, values); err != nil {
		a.stop("process", err)
		return
	}
	options := chartutil.ReleaseOptions{
		Name: q.Release, Namespace: q.Namespace, Revision: 1, IsInstall: true,
	}
	caps := chartutil.DefaultCapabilities.Copy()
	top, err := chartutil.ToRenderValues(c, values, options, caps)
	if err != nil {
		a.stop("values", err)
		return
	}
	wanted, there := c.Metadata.KubeVersion, caps.KubeVersion.String()
	if wanted != "" && !chartutil.IsCompatibleRange(wanted, there) {
		a.stop("kubernetes", wanted)
		return
	}
	texts, err := engine.Render(c, top)
	if err != nil {
		a.stop("render", err)
		return
	}
	a.Texts = map[string]string{}
	for name, text := range texts {
		a.Texts[name] = text
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(texts, name)
		}
	}
	if _, _, err := releaseutil.SortManifests(texts, nil, releaseutil.InstallOrder); err != nil {
		a.stop("output", err)
	}
	return
}

func main() {
	log.SetOutput(io.Discard)
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			q := question{Release: "release-name", Namespace: "default"}
			if wrong := json.Unmarshal(line, &q); wrong != nil {
				fmt.Fprintln(os.Stderr, wrong)
				os.Exit(2)
			}
			if wrong := out.Encode(ask(q)); wrong != nil {
				os.Exit(2)
			}
		}
		if err != nil {
			return
		}
	}
}
