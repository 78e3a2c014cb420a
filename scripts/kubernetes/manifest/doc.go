// Package manifest holds the tests of scripts/kubernetes: the Job against the types of
// Kubernetes' own API, and fleet with the real kubectl against a stand-in for a
// cluster. It is a module of its own, so that Kubernetes' modules are nobody else's
// dependencies.
package manifest
