//go:build unix

package manifest

import (
	"bytes"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// fleet runs scripts/kubernetes/fleet and returns what it printed and its status.
func fleet(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "../fleet", args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Fatal(err)
		}
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

var required = []string{"--image", "registry.example/runbench:v1", "--nodes", "3", "--cpu", "14"}

// decode reads a Job as strictly as the API server's field validation does: unknown
// and repeated fields are errors.
func decode(t *testing.T, text []byte) batchv1.Job {
	t.Helper()
	var job batchv1.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return job
}

func TestTheJobIsWhatItIsToBe(t *testing.T) {
	args := []string{"cpu/*", "io/latency?wait=5ms", `a "quoted" \ one`, "@NAME@ & @CPU@", "$(touch x)", "--budget", "5m"}
	out, errOut, status := fleet(t, slices.Concat([]string{"--render", "--memory=32Gi", "--deadline", "90m", "--selector", "disk=ssd"}, required, []string{"--"}, args)...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, errOut)
	}
	job := decode(t, []byte(out))
	if job.APIVersion != "batch/v1" || job.Kind != "Job" || len(validation.IsDNS1123Subdomain(job.Name)) > 0 {
		t.Errorf("%s %s %q", job.APIVersion, job.Kind, job.Name)
	}
	spec := job.Spec
	if *spec.CompletionMode != batchv1.IndexedCompletion || *spec.Completions != 3 || *spec.Parallelism != 3 || *spec.BackoffLimitPerIndex != 0 ||
		*spec.ActiveDeadlineSeconds != 90*60 || *spec.TTLSecondsAfterFinished <= 0 {
		t.Errorf("the job's spec is %+v", spec)
	}
	pod := spec.Template.Spec
	if pod.RestartPolicy != corev1.RestartPolicyNever || *pod.AutomountServiceAccountToken || !*pod.SecurityContext.RunAsNonRoot {
		t.Errorf("the pod's spec is %+v", pod)
	}
	if want := map[string]string{"kubernetes.io/os": "linux", "disk": "ssd"}; !labels.Equals(pod.NodeSelector, want) {
		t.Errorf("the selector is %v, want %v", pod.NodeSelector, want)
	}

	// No two pods on a node: the term has to select the pods themselves.
	terms := pod.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if len(terms) != 1 || terms[0].TopologyKey != corev1.LabelHostname {
		t.Fatalf("the terms of anti-affinity are %+v", terms)
	}
	selector, err := metav1.LabelSelectorAsSelector(terms[0].LabelSelector)
	if err != nil || !selector.Matches(labels.Set(spec.Template.Labels)) {
		t.Errorf("%v does not select the pods, which have the labels %v (%v)", selector, spec.Template.Labels, err)
	}

	if len(pod.Containers) != 1 {
		t.Fatalf("%d containers, want 1", len(pod.Containers))
	}
	c := pod.Containers[0]
	if c.Image != "registry.example/runbench:v1" || !slices.Equal(c.Args, args) {
		t.Errorf("image %q and arguments %q, want %q", c.Image, c.Args, args)
	}
	// The class Guaranteed, and whole cores for the static CPU manager.
	for _, resource := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := c.Resources.Requests[resource], c.Resources.Limits[resource]
		if request.IsZero() || request.Cmp(limit) != 0 {
			t.Errorf("%s: request %v and limit %v, want the same", resource, &request, &limit)
		}
	}
	if cpu := c.Resources.Limits.Cpu(); cpu.Value() != 14 || cpu.MilliValue() != 14_000 {
		t.Errorf("%v cores, want 14", cpu)
	}
	if s := c.SecurityContext; *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []corev1.Capability{"ALL"}) {
		t.Errorf("the security context is %+v", s)
	}
	// The one place to write to.
	if len(c.VolumeMounts) != 1 || c.VolumeMounts[0].MountPath != "/tmp" || len(pod.Volumes) != 1 || pod.Volumes[0].Name != c.VolumeMounts[0].Name || pod.Volumes[0].EmptyDir == nil {
		t.Errorf("mounts %+v of %+v", c.VolumeMounts, pod.Volumes)
	}
	if len(c.Env) != 1 || c.Env[0].Name != "NODE_NAME" || c.Env[0].ValueFrom.FieldRef.FieldPath != "spec.nodeName" {
		t.Errorf("the environment is %+v", c.Env)
	}
}

// What is no value is refused in one line, before it gets into a Job.
func TestBadUsage(t *testing.T) {
	for _, args := range [][]string{
		{},
		{"--nodes", "0"},
		{"--nodes", "3\nx: y"},
		{"--cpu", "1"}, // a quota of one core, of which Go makes two
		{"--cpu", "2.5"},
		{"--memory", "much"},
		{"--deadline", "1h30m"},
		{"--image", "a b"},
		{"--image", `a", "b`},
		{"--selector", "disk"},
		{"--selector", "a={}"},
		{"--nonsense", "x"},
		{"--nodes"},
		{"cpu/hash"},
		{"--", "-o", "x.txt"},
		{"--", "--resume"},
		{"--", "a\x1b[1m"},
	} {
		all := slices.Concat([]string{"--render"}, required, args)
		if len(args) == 0 {
			all = []string{"--render"}
		}
		out, errOut, status := fleet(t, all...)
		if status != 2 || out != "" || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%q: status %d, %q and %q; want 2 and one line on standard error", args, status, out, errOut)
		}
	}
}
