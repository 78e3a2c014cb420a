package htmlreport

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"runbench/internal/report"
)

// A Report is what goes onto one page.
type Report struct {
	Files    []*File
	Pictures []Picture
}

// A Picture is traces that are drawn together.
type Picture struct {
	Title  string
	Panels []report.Panel
	Cores  int // that may be used; 0 where unknown
}

var (
	//go:embed page.tmpl
	pageText string
	//go:embed style.css
	styleText string
	//go:embed script.js
	scriptText string

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"args": func(part partView, several bool) partArgs { return partArgs{part, several} },
	}).Parse(pageText))
)

// partArgs is what the template of a part is given.
type partArgs struct {
	Part    partView
	Several bool
}

// Write writes the page. Everything it shows is in it.
func Write(w io.Writer, r Report) error {
	p := newPage(r)
	style := styleText
	if len(p.Timelines) > 0 {
		style += p.Timelines[0].style // the same for all
	}
	// Both are constants of this program; the hashes are of exactly what stands
	// between the tags.
	p.Style = template.HTML("<style>" + style + "</style>")
	p.Script = template.HTML("<script>" + scriptText + "</script>")
	p.Policy = policy(style, scriptText)
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// policy returns the content security policy: this style, this script, pictures
// inside the page, and nothing else from anywhere.
func policy(style, script string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"style-src " + hash(style),
		"script-src " + hash(script),
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

// download returns the attributes of the link to a file's bytes: by gzip where there
// is no script, and else as they were, which the script sees to.
func download(f *File) template.HTMLAttr {
	name := template.HTMLEscapeString(inert(baseName(f.Name)))
	return template.HTMLAttr(fmt.Sprintf(`href="data:application/gzip;base64,%s" download="%s.gz" data-name="%s"`,
		base64.StdEncoding.EncodeToString(f.packed), name, name))
}

// baseName returns a path's last part, by either system's separators.
func baseName(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}
