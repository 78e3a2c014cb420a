package webserver

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Page returns the page that answers task: size bytes that begin with the
// task's number, so that an answer to another request is noticed.
func Page(task, size int) []byte {
	line := fmt.Appendf(nil, "reply to %d\n", task)
	return bytes.Repeat(line, size/len(line)+1)[:size]
}

// A Document is the JSON reply of a server with records.
type Document struct {
	Task    int      `json:"task"`
	Records []Record `json:"records"`
}

// A Record is what back ends pass around: an id, a name, numbers and a list.
type Record struct {
	ID    int      `json:"id"`
	Name  string   `json:"name"`
	Price float64  `json:"price"`
	Stock int      `json:"stock"`
	Tags  []string `json:"tags"`
}

func record(i int) Record {
	return Record{
		ID:    i,
		Name:  fmt.Sprintf("item %d", i),
		Price: float64(i) + 0.25,
		Stock: i % 1000,
		Tags:  []string{"concurrency", "parallelism"},
	}
}

// documents makes the replies of a server. The records are written once, and
// only the task's number differs: the server is to wait, not to compute.
type documents struct{ records []byte }

func newDocuments(records int) (documents, error) {
	made := make([]Record, records)
	for i := range made {
		made[i] = record(i)
	}
	b, err := json.Marshal(made)
	return documents{b}, err
}

// reply returns the JSON that answers task.
func (d documents) reply(task int) []byte {
	b := make([]byte, 0, len(d.records)+64)
	b = fmt.Appendf(b, `{"task":%d,"records":`, task)
	return append(append(b, d.records...), '}')
}

// Check reports whether the document is the answer to task.
func (d *Document) Check(task, records int) error {
	if d.Task != task || len(d.Records) != records {
		return fmt.Errorf("request %d: got a document for %d with %d records, want %d records", task, d.Task, len(d.Records), records)
	}
	price, tags := 0.0, 0
	for i := range d.Records {
		price += d.Records[i].Price
		tags += len(d.Records[i].Tags)
	}
	if want := float64(records)*float64(records-1)/2 + 0.25*float64(records); price != want || tags != 2*records {
		return fmt.Errorf("request %d: the prices add up to %v, want %v; there are %d tags, want %d", task, price, want, tags, 2*records)
	}
	return nil
}
