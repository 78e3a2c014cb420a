package webserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
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

func record(task, i int) Record {
	return Record{
		ID:    i,
		Name:  fmt.Sprintf("item %d of request %d", i, task),
		Price: float64(i) + 0.25,
		Stock: (task + i) % 1000,
		Tags:  []string{"concurrency", "parallelism"},
	}
}

// documents keeps the replies a server has made, by task: the server is to
// wait, not to compute.
type documents struct {
	records int
	made    sync.Map // int → []byte
}

// reply returns the JSON that answers task, made at the first request for it.
func (d *documents) reply(task int) []byte {
	if b, ok := d.made.Load(task); ok {
		return b.([]byte)
	}
	doc := Document{Task: task}
	for i := range d.records {
		doc.Records = append(doc.Records, record(task, i))
	}
	b, err := json.Marshal(doc)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	d.made.Store(task, b)
	return b
}

// Check reports whether the document is the answer to task.
func (d *Document) Check(task, records int) error {
	if d.Task != task || len(d.Records) != records {
		return fmt.Errorf("request %d: got a document for %d with %d records, want %d records", task, d.Task, len(d.Records), records)
	}
	price, stock := 0.0, 0
	for i := range d.Records {
		price += d.Records[i].Price
		stock += d.Records[i].Stock - (task+i)%1000
	}
	if want := float64(records)*float64(records-1)/2 + 0.25*float64(records); price != want || stock != 0 {
		return fmt.Errorf("request %d: the prices add up to %v, want %v; the stock is off by %d", task, price, want, stock)
	}
	return nil
}
