//go:build unix

package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// A cluster stands in for Kubernetes as far as fleet looks at it through kubectl. Its
// API server decodes strictly; its kubelet is a plain process for each pod, started as
// the Containerfile says. Scheduler, quotas and isolation are not there.
type cluster struct {
	t          *testing.T
	entrypoint []string
	// torn is a node whose logs lose a line, dying one that is killed half-way.
	torn, dying string

	mu      sync.Mutex
	job     *batchv1.Job
	pods    []*pod
	deleted bool
}

type pod struct {
	name, node string
	process    *exec.Cmd
	mu         sync.Mutex
	log        bytes.Buffer
	ended      bool
	status     int
}

// Write takes what the pod prints.
func (p *pod) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.Write(text)
}

// results counts the results in the pod's log.
func (p *pod) results() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Count(p.log.Bytes(), []byte("\nBenchmark"))
}

const (
	jobsPath = "/apis/batch/v1/namespaces/default/jobs"
	podsPath = "/api/v1/namespaces/default/pods"
)

// newCluster starts the API server, on loopback, and points kubectl at it.
func newCluster(t *testing.T, programs string) *cluster {
	t.Helper()
	c := &cluster{t: t, entrypoint: entrypoint(t, programs)}
	answers := map[string]any{
		"/api":           metav1.APIVersions{Versions: []string{"v1"}},
		"/apis":          metav1.APIGroupList{Groups: []metav1.APIGroup{{Name: "batch", Versions: []metav1.GroupVersionForDiscovery{{GroupVersion: "batch/v1", Version: "v1"}}, PreferredVersion: metav1.GroupVersionForDiscovery{GroupVersion: "batch/v1", Version: "v1"}}}},
		"/api/v1":        metav1.APIResourceList{GroupVersion: "v1", APIResources: []metav1.APIResource{{Name: "pods", SingularName: "pod", Namespaced: true, Kind: "Pod", Verbs: []string{"get", "list"}}, {Name: "pods/log", Namespaced: true, Kind: "Pod", Verbs: []string{"get"}}}},
		"/apis/batch/v1": metav1.APIResourceList{GroupVersion: "batch/v1", APIResources: []metav1.APIResource{{Name: "jobs", SingularName: "job", Namespaced: true, Kind: "Job", Verbs: []string{"get", "create", "delete"}}}},
		// By these kubectl knows that the server validates fields itself.
		"/openapi/v3": json.RawMessage(`{"paths": {"apis/batch/v1": {"serverRelativeURL": "/openapi/v3/apis/batch/v1"}}}`),
		"/openapi/v3/apis/batch/v1": json.RawMessage(`{"openapi": "3.0.0", "paths": {"` + jobsPath + `/{name}": {"patch": {
			"parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}],
			"x-kubernetes-group-version-kind": {"group": "batch", "version": "v1", "kind": "Job"}, "responses": {}}}}}`),
	}
	mux := http.NewServeMux()
	for path, answer := range answers {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { reply(w, answer) })
	}
	// Before 1.27 kubectl validates fields itself, by a document that may be empty.
	mux.HandleFunc("GET /openapi/v2", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST "+jobsPath, c.create)
	mux.HandleFunc("GET "+jobsPath+"/{name}", c.state)
	mux.HandleFunc("DELETE "+jobsPath+"/{name}", c.remove)
	mux.HandleFunc("GET "+podsPath, c.list)
	mux.HandleFunc("GET "+podsPath+"/{name}", c.onPod(c.one))
	mux.HandleFunc("GET "+podsPath+"/{name}/log", c.onPod(c.logs))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	t.Cleanup(func() { c.end() })

	config := filepath.Join(t.TempDir(), "config")
	text := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: %q}}]\nusers: [{name: u, user: {}}]\n", server.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", config)
	t.Setenv("KUBECACHEDIR", t.TempDir())
	return c
}

// entrypoint is that of the Containerfile, with the programs where they are here.
func entrypoint(t *testing.T, programs string) []string {
	t.Helper()
	text, err := os.ReadFile("../Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^ENTRYPOINT (\[.*\])$`).FindSubmatch(text)
	if m == nil {
		t.Fatal("the Containerfile has no ENTRYPOINT")
	}
	var argv []string
	if err := json.Unmarshal(m[1], &argv); err != nil {
		t.Fatal(err)
	}
	for i := range argv {
		argv[i] = strings.Replace(argv[i], "/bin/", programs+"/", 1)
	}
	return argv
}

func reply(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	if status, ok := answer.(metav1.Status); ok {
		w.WriteHeader(int(status.Code))
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func refuse(w http.ResponseWriter, code int32, reason metav1.StatusReason, message string) {
	reply(w, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Code: code, Reason: reason, Message: message})
}

func (c *cluster) create(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var job batchv1.Job
	if err == nil {
		err = yaml.UnmarshalStrict(body, &job)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, err.Error())
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.job = &job
	for i := range *job.Spec.Completions {
		p := &pod{name: fmt.Sprintf("%s-%d-abcde", job.Name, i), node: fmt.Sprintf("node-%d", i+1)}
		argv := slices.Concat(c.entrypoint, job.Spec.Template.Spec.Containers[0].Args)
		p.process = exec.Command(argv[0], argv[1:]...)
		p.process.Env = append(os.Environ(), "NODE_NAME="+p.node)
		p.process.Dir = c.t.TempDir()
		p.process.Stdout, p.process.Stderr = p, p
		p.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := p.process.Start(); err != nil {
			refuse(w, http.StatusInternalServerError, metav1.StatusReasonInternalError, err.Error())
			return
		}
		c.pods = append(c.pods, p)
		go func() {
			_ = p.process.Wait()
			p.mu.Lock()
			p.ended, p.status = true, p.process.ProcessState.ExitCode()
			p.mu.Unlock()
		}()
		if p.node == c.dying {
			go func() {
				for p.results() < 5 {
					time.Sleep(10 * time.Millisecond)
				}
				_ = syscall.Kill(-p.process.Process.Pid, syscall.SIGKILL)
			}()
		}
	}
	reply(w, job)
}

// end kills what still runs.
func (c *cluster) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.pods {
		p.mu.Lock()
		if !p.ended {
			_ = syscall.Kill(-p.process.Process.Pid, syscall.SIGKILL)
		}
		p.mu.Unlock()
	}
}

func (c *cluster) state(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.job == nil || c.deleted || c.job.Name != r.PathValue("name") {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found")
		return
	}
	job := *c.job
	condition := batchv1.JobCondition{Type: batchv1.JobComplete, Status: corev1.ConditionTrue}
	for _, p := range c.pods {
		switch p.object(job).Status.Phase {
		case corev1.PodRunning:
			reply(w, job)
			return
		case corev1.PodFailed:
			condition.Type, condition.Reason = batchv1.JobFailed, batchv1.JobReasonFailedIndexes
		}
	}
	job.Status.Conditions = []batchv1.JobCondition{condition}
	reply(w, job)
}

// object is the pod as the API has it.
func (p *pod) object(job batchv1.Job) corev1.Pod {
	p.mu.Lock()
	defer p.mu.Unlock()
	index := strings.Split(strings.TrimPrefix(p.name, job.Name+"-"), "-")[0]
	pod := corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: p.name, Namespace: "default", Labels: job.Spec.Template.Labels, Annotations: map[string]string{batchv1.JobCompletionIndexAnnotation: index}},
		Spec:       job.Spec.Template.Spec,
	}
	pod.Spec.NodeName = p.node
	pod.Status.Phase = corev1.PodRunning
	state := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	if p.ended {
		pod.Status.Phase = corev1.PodSucceeded
		state = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "Completed"}}
		if p.status != 0 {
			pod.Status.Phase = corev1.PodFailed
			state.Terminated.Reason = "Error"
		}
	}
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "runbench", State: state}}
	return pod
}

func (c *cluster) remove(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	had := c.job != nil && !c.deleted && c.job.Name == r.PathValue("name")
	c.deleted = c.deleted || had
	c.mu.Unlock()
	if !had {
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found")
		return
	}
	c.end()
	reply(w, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusSuccess, Code: http.StatusOK})
}

// measuring reports whether a pod has a result.
func (c *cluster) measuring() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.pods, func(p *pod) bool { return p.results() > 0 })
}

// gone reports whether the Job was removed.
func (c *cluster) gone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.deleted
}

func (c *cluster) list(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}}
	selector, err := metav1.ParseToLabelSelector(r.URL.Query().Get("labelSelector"))
	if err != nil || len(selector.MatchLabels) == 0 {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest, "expected a label selector")
		return
	}
	for _, p := range c.pods {
		object := p.object(*c.job)
		for key, value := range selector.MatchLabels {
			if object.Labels[key] == value {
				list.Items = append(list.Items, object)
			}
		}
	}
	reply(w, list)
}

// onPod answers for the pod that a request names.
func (c *cluster) onPod(answer func(http.ResponseWriter, *pod)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		defer c.mu.Unlock()
		i := slices.IndexFunc(c.pods, func(p *pod) bool { return p.name == r.PathValue("name") })
		if i < 0 {
			refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound, "not found")
			return
		}
		answer(w, c.pods[i])
	}
}

func (c *cluster) one(w http.ResponseWriter, p *pod) { reply(w, p.object(*c.job)) }

func (c *cluster) logs(w http.ResponseWriter, p *pod) {
	p.mu.Lock()
	text := p.log.String()
	p.mu.Unlock()
	if p.node == c.torn {
		before, after, _ := strings.Cut(text, "\nBenchmark")
		_, after, _ = strings.Cut(after, "\n")
		text = before + "\n" + after
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, text)
}
