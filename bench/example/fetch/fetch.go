// Package fetch gets the sizes of pages over HTTP.
package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Size returns how many bytes the page at url has.
func Size(ctx context.Context, client *http.Client, url string) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("get %s: expected status 200, found %s", url, response.Status)
	}
	return io.Copy(io.Discard, response.Body)
}
