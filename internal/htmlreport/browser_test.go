package htmlreport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// skip skips t, unless RUNBENCH_REQUIRE=all demands that every test is run.
func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("RUNBENCH_REQUIRE") == "all" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// chromium returns the path of a browser, "" where there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless_shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// started returns the context of a browser that ends with the test.
func started(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: the browser takes its time, and the detector does not look into it")
	}
	path := chromium()
	if path == "" {
		skip(t, "no Chromium here: apt-get install chromium")
	}
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.DisableGPU)
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox) // it takes another user
	}
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), opts...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// A tab is a page in the browser, with what it said and asked for.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	console  []string
	requests []string
}

// open opens a page from a file, in a window of a size and under a colour scheme.
func open(t *testing.T, in context.Context, page string, width, height int64, scheme string) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(in)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, url: "file://" + path}
	b.do(chromedp.EmulateViewport(width, height))
	note := func(list *[]string, text string) {
		b.mu.Lock()
		defer b.mu.Unlock()
		*list = append(*list, text)
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			note(&b.console, fmt.Sprint("console.", ev.Type))
		case *runtime.EventExceptionThrown:
			note(&b.console, fmt.Sprintf("exception: %+v", ev.ExceptionDetails))
		case *log.EventEntryAdded:
			note(&b.console, fmt.Sprint(ev.Entry.Level, ": ", ev.Entry.Text))
		case *network.EventRequestWillBeSent:
			note(&b.requests, ev.Request.URL)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, errNetwork := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, errMedia := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err := errors.Join(errNetwork, errMedia); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(b.url))
	return b
}

// quiet checks that the page said nothing to the console and asked for nothing but
// itself.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.console) > 0 {
		b.t.Errorf("the console: %s", strings.Join(b.console, "\n"))
	}
	for _, url := range b.requests {
		if url != b.url && !strings.HasPrefix(url, "data:") {
			b.t.Errorf("a request: %.200s", url)
		}
	}
	if !slices.Contains(b.requests, b.url) {
		b.t.Errorf("the page itself is not among the requests %v: nothing was watched", b.requests)
	}
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// eval returns the value of an expression on the page.
func eval[T any](b *tab, expression string, opts ...chromedp.EvaluateOption) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, opts...))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// shoot keeps a picture of the page in the folder that RUNBENCH_SHOTS names, for
// looking at.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("RUNBENCH_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// tip returns what the page says of a mark, "" where it says nothing.
func (b *tab) tip() string {
	return eval[string](b, `(() => { const t = document.getElementById('tip'); return t.hidden ? '' : t.textContent; })()`)
}

func defaultPage(t *testing.T) string {
	return written(t, Report{Files: []*File{read(t, defaultSweep, results(t, defaultSweep))}, Pictures: []Picture{tracedPicture(t)}})
}

// At either width, under either scheme, the page fits, shows its values under the
// pointer and under the keyboard, and keeps quiet.
func TestBrowserPage(t *testing.T) {
	in := started(t)
	page := defaultPage(t)
	for _, c := range []struct {
		width, height int64
		scheme        string
	}{{1280, 900, "light"}, {1280, 900, "dark"}, {400, 800, "light"}, {400, 800, "dark"}} {
		t.Run(fmt.Sprintf("%d %s", c.width, c.scheme), func(t *testing.T) {
			b := open(t, in, page, c.width, c.height, c.scheme)
			defer b.quiet()
			b.shoot(fmt.Sprintf("page-%d-%s", c.width, c.scheme))
			if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > int(c.width) {
				t.Errorf("the page is %d wide in a window of %d: %s", wide, c.width,
					eval[string](b, `[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll')).slice(0, 5).map(e => e.tagName + '.' + e.getAttribute('class')).join(' ')`))
			}
			b.themed(c.scheme)
			b.readable()
			b.hover()
			b.keyboard()
			b.toggle(c.scheme)
		})
	}
}

// dark reports whether the page's paper is.
func (b *tab) dark() bool {
	return eval[float64](b, `getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).slice(0, 3).reduce((a, v) => a + +v, 0)`) < 3*128
}

func (b *tab) themed(scheme string) {
	b.t.Helper()
	if b.dark() != (scheme == "dark") {
		b.t.Errorf("under %s the page is dark: %v", scheme, b.dark())
	}
}

// readable checks the contrast of text on the page's paper: 4.5 by WCAG 2.2 for what
// is small.
func (b *tab) readable() {
	b.t.Helper()
	low := eval[string](b, `(() => {
		const rgb = c => c.match(/[\d.]+/g).slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		const l = c => { const [r, g, b] = rgb(c); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
		const paper = l(getComputedStyle(document.body).backgroundColor), low = new Set();
		const check = (e, color) => { const c = l(color), ratio = (Math.max(c, paper) + .05) / (Math.min(c, paper) + .05); if (ratio < 4.5) low.add(e.getAttribute('class') + ' ' + ratio.toFixed(2)); };
		for (const e of document.querySelectorAll('p,td,th,summary,a,span,li,dt,dd,h1,h2,h3,h4')) if (!e.closest('pre')) check(e, getComputedStyle(e).color);
		for (const e of document.querySelectorAll('svg text.t')) check(e, getComputedStyle(e).fill);
		return [...low].join('; ');
	})()`)
	if low != "" {
		b.t.Errorf("text of too little contrast: %s", low)
	}
}

// hover rests the pointer on a mark, and beside one.
func (b *tab) hover() {
	b.t.Helper()
	for _, selector := range []string{".figures .m", ".strips .m", ".timeline .m"} {
		at := eval[[]float64](b, `(() => {
			const m = document.querySelector('`+selector+`');
			m.scrollIntoView({block: 'center'});
			const r = m.getBoundingClientRect();
			return [r.left + r.width / 2, r.top + r.height / 2];
		})()`)
		b.settled()
		want := eval[string](b, `document.querySelector('`+selector+`').getAttribute('aria-label')`)
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
		if got := b.tip(); got != want || want == "" {
			b.t.Errorf("over %s the page says %q, want %q", selector, got, want)
		}
		if out := eval[bool](b, `(() => { const r = document.getElementById('tip').getBoundingClientRect(); return r.left < 0 || r.top < 0 || r.right > innerWidth || r.bottom > innerHeight; })()`); out {
			b.t.Errorf("what is said of %s lies outside the window", selector)
		}
		b.do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 2, 2))
		if got := b.tip(); got != "" {
			b.t.Errorf("away from %s the page still says %q", selector, got)
		}
	}
}

// settled waits until the page has done what scrolling asks of it.
func (b *tab) settled() {
	b.t.Helper()
	eval[chromedp.Void](b, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, chromedp.EvalAwaitPromise)
}

// keyboard goes to a picture with Tab, to its other marks with the arrow keys, and
// away with Tab.
func (b *tab) keyboard() {
	b.t.Helper()
	if odd := eval[int](b, `[...document.querySelectorAll('[data-chart]')].filter(c => c.querySelectorAll('.m').length && c.querySelectorAll('.m[tabindex="0"]').length !== 1).length`); odd != 0 {
		b.t.Errorf("%d pictures are not one stop of the Tab key", odd)
	}
	// The link before the first heat map of the workloads is the fold above it.
	eval[chromedp.Void](b, `document.querySelector('details.subject summary').focus()`)
	label := `(document.activeElement.classList.contains('m') ? document.activeElement.getAttribute('aria-label') : '')`
	b.do(chromedp.KeyEvent(kb.Tab))
	b.settled()
	first := eval[string](b, label)
	if first == "" || b.tip() != first {
		b.t.Errorf("Tab leads to the mark %q, and the page says %q", first, b.tip())
	}
	seen := map[string]bool{first: true}
	for _, key := range []string{kb.ArrowRight, kb.ArrowDown, kb.End, kb.Home, kb.ArrowUp, kb.ArrowLeft} {
		b.do(chromedp.KeyEvent(key))
		b.settled()
		at := eval[string](b, label)
		if at == "" || b.tip() != at {
			b.t.Errorf("after a key the focus is on %q, and the page says %q", at, b.tip())
		}
		seen[at] = true
	}
	if len(seen) < 3 {
		b.t.Errorf("the keys reach only %d marks", len(seen))
	}
	chart := `[...document.querySelectorAll('[data-chart]')].indexOf(document.activeElement.closest('[data-chart]'))`
	before := eval[int](b, chart)
	b.do(chromedp.KeyEvent(kb.Tab))
	if after := eval[int](b, chart); after == before {
		b.t.Error("Tab does not leave the picture")
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	if got := b.tip(); got != "" {
		b.t.Errorf("after Escape the page still says %q", got)
	}
}

func (b *tab) toggle(scheme string) {
	b.t.Helper()
	for _, want := range []bool{scheme != "dark", scheme == "dark"} {
		b.do(chromedp.Click(chromedp.ID("theme")))
		if b.dark() != want {
			b.t.Errorf("after the button the page is dark: %v, want %v", b.dark(), want)
		}
	}
}

// Other pages too are no wider than a telephone, and keep quiet.
func TestBrowserNarrow(t *testing.T) {
	in := started(t)
	large := sweptFile{physical: 64, logical: 128, procs: []int{1, 2, 4, 8, 16, 32, 64, 128}, counts: []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}, rounds: 4, manifest: true, rate: usl(1e6, 0.01, 0.0004), workload: "made", ceilings: true, waits: true}
	small := sweptFile{physical: 2, logical: 2, procs: []int{1, 2}, counts: []int{1, 4}, rounds: 4, manifest: true, rate: usl(1000, 0.02, 0), workload: "made"}
	foreign := "goos: linux\npkg: example.com/a/package/with/a/long/path\n"
	for n := 1; n <= 64; n *= 2 {
		foreign += fmt.Sprintf("BenchmarkALongNameOfABenchmark/with=parts/and=%s-%d 100 %d ns/op 12 B/op\n", strings.Repeat("more", 12), n, 6400/n)
	}
	for name, page := range map[string]string{
		"machines": pageFrom(t, large.text(t), small.text(t)),
		"foreign":  pageFrom(t, foreign),
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, in, page, 400, 800, "light")
			if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 400 {
				t.Errorf("the page is %d wide in a window of 400", wide)
			}
			b.shoot("narrow-" + name)
			b.quiet()
		})
	}
}

// On paper every workload is unfolded, and folded again after.
func TestBrowserPrint(t *testing.T) {
	in := started(t)
	page := written(t, Report{Files: []*File{read(t, wholeCatalogue, results(t, wholeCatalogue))}})
	b := open(t, in, page, 1280, 900, "dark")
	folded := eval[int](b, `document.querySelectorAll('details.subject:not([open])').length`)
	if folded < 40 {
		t.Fatalf("%d workloads are folded, want more than forty", folded)
	}
	eval[chromedp.Void](b, `addEventListener('beforeprint', () => { self.folded = document.querySelectorAll('details.subject:not([open])').length; self.paper = getComputedStyle(document.body).backgroundColor; })`)
	pdf, err := chromedp.Run(b.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) || len(pdf) < 100_000 {
		t.Errorf("%d bytes that begin with %q", len(pdf), pdf[:min(len(pdf), 8)])
	}
	if dir := os.Getenv("RUNBENCH_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "all.pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if n := eval[int](b, `self.folded`); n != 0 {
		t.Errorf("%d workloads are folded on paper", n)
	}
	if n := eval[int](b, `document.querySelectorAll('details.subject:not([open])').length`); n != folded {
		t.Errorf("%d workloads are folded after printing, were %d", n, folded)
	}
	// A link into a folded workload unfolds it.
	eval[chromedp.Void](b, `document.querySelector('a.card').click()`)
	b.do(chromedp.Sleep(100 * time.Millisecond))
	if open := eval[bool](b, `document.querySelector(document.querySelector('a.card').getAttribute('href')).open`); !open {
		t.Error("the link of a card does not unfold its workload")
	}
	b.quiet()
}

// Who downloads gets the file byte for byte.
func TestBrowserDownload(t *testing.T) {
	in := started(t)
	text := results(t, defaultSweep)
	b := open(t, in, written(t, Report{Files: []*File{read(t, defaultSweep, text)}}), 1280, 900, "light")
	dir := t.TempDir()
	_, err := chromedp.CallBrowser(b.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir})
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Click(chromedp.CSS("a.download")))
	path := filepath.Join(dir, defaultSweep)
	var got []byte
	for range 100 {
		if got, err = os.ReadFile(path); err == nil && len(got) >= len(text) {
			break
		}
		b.do(chromedp.Sleep(100 * time.Millisecond))
	}
	if !bytes.Equal(got, text) {
		left, _ := os.ReadDir(dir)
		t.Errorf("downloaded %d bytes of %d (%v): %v", len(got), len(text), err, left)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.console) > 0 {
		t.Errorf("the console: %s", strings.Join(b.console, "\n"))
	}
}

// Names that were made to do harm are text in the browser too.
func TestBrowserHostileNames(t *testing.T) {
	in := started(t)
	b := open(t, in, pageFrom(t, hostileFile()), 400, 800, "light")
	if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > 400 {
		t.Errorf("the page is %d wide in a window of 400", wide)
	}
	for what, expression := range map[string]string{
		"scripts besides the page's own": `document.scripts.length - 1`,
		"pictures":                       `document.images.length`,
		"foreign elements":               `document.querySelectorAll('b,iframe,object,embed,form,input').length - document.querySelectorAll('figcaption>b,.card>b,p>b').length`,
		"handlers":                       `[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length`,
		"links that are not of the page": `[...document.links].filter(a => !a.getAttribute('href').startsWith('#') && !a.classList.contains('download')).length`,
	} {
		if n := eval[int](b, expression); n != 0 {
			t.Errorf("%d %s", n, what)
		}
	}
	if !eval[bool](b, `document.body.innerText.includes('<script>alert(1)</script>')`) {
		t.Error("the name is not shown as it is")
	}
	b.shoot("hostile")
	b.quiet()
}

// The policy is in force: what somebody put into the page would not run, load, or
// take effect.
func TestBrowserPolicy(t *testing.T) {
	in := started(t)
	b := open(t, in, pageFrom(t, hostileFile()), 1280, 900, "light")
	said := eval[string](b, `new Promise(done => {
		const said = [];
		addEventListener('securitypolicyviolation', e => { said.push(e.effectiveDirective); });
		const script = document.createElement('script');
		script.textContent = 'self.ran = 1';
		const image = document.createElement('img');
		image.src = 'http://127.0.0.1:9/x.png';
		const div = document.createElement('div');
		div.innerHTML = '<p style="color:red" onclick="self.ran = 1">x</p>';
		document.body.append(script, image, div);
		div.firstChild.click();
		setTimeout(() => done(JSON.stringify({ran: self.ran ?? 0, color: getComputedStyle(div.firstChild).color, said: [...new Set(said)].sort()})), 300);
	})`, chromedp.EvalAwaitPromise)
	var got struct {
		Ran   int
		Color string
		Said  []string
	}
	if err := json.Unmarshal([]byte(said), &got); err != nil {
		t.Fatal(err)
	}
	if got.Ran != 0 || got.Color == "rgb(255, 0, 0)" || !slices.Equal(got.Said, []string{"img-src", "script-src-attr", "script-src-elem", "style-src-attr"}) {
		t.Errorf("the policy let it through: %+v", got)
	}
}
