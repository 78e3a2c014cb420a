package compare

import (
	"encoding/json"
	"math"

	"golang.org/x/perf/benchmath"
)

// SchemaVersion is the version of a Report's JSON form. Fields may join it
// without a new version; none leaves it or changes its meaning.
const SchemaVersion = 1

// A Report is the result of a comparison.
type Report struct {
	SchemaVersion int `json:"schema_version"`
	// Labels name the inputs, the base first.
	Labels     []string `json:"labels"`
	Confidence float64  `json:"confidence"`
	Alpha      float64  `json:"alpha"`
	// Comparable reports whether anything at all could be compared. Where it
	// is false, Warnings say why.
	Comparable bool    `json:"comparable"`
	Tables     []Table `json:"tables"`
	// Counts sum up the tables, one for each unit in the order of the tables.
	Counts []Count `json:"counts"`
	// LeftOut are the inputs that could not be used, of more than two.
	LeftOut []LeftOut `json:"left_out"`
	// Warnings concern the inputs: lines that could not be understood, and
	// what was not compared. Warnings about the statistics are with the
	// Cell, Delta or Geomean that they concern.
	Warnings []string `json:"warnings"`
}

// A Table compares all benchmarks under one configuration in one unit.
type Table struct {
	Config Config `json:"config"`
	// Unit is a tidied unit such as "sec/op".
	Unit string `json:"unit"`
	// Better is 1 where higher values are better, -1 where lower ones are,
	// and 0 where that is not known.
	Better int `json:"better"`
	// Statistic names what the centers are: "median", or "exact" for units
	// declared to be without noise.
	Statistic string `json:"statistic"`
	// Base is the index of the input that the others are compared with: the
	// first to have anything in this table.
	Base int   `json:"base"`
	Rows []Row `json:"rows"`
	// Geomeans sum up each input's column.
	Geomeans []Geomean `json:"geomeans"`
}

// exact is the Statistic of units declared to be without noise.
var exact = benchmath.AssumeExact.SummaryLabel()

// A Row is one benchmark.
type Row struct {
	// Name is the full name without "Benchmark".
	Name string `json:"name"`
	// Cells has one element for each input; nil where it lacks the benchmark.
	Cells []*Cell `json:"cells"`
}

// A Cell summarizes what one input measured for one benchmark.
type Cell struct {
	// Center is the median or the exact value, in the Table's unit. Lo and Hi
	// bound its confidence interval, and are infinite where the sample is too
	// small for one. All are NaN where a value is; JSON has null for what is
	// not finite.
	Center float64 `json:"center"`
	Lo     float64 `json:"lo"`
	Hi     float64 `json:"hi"`
	// N is the number of values.
	N int `json:"n"`
	// Delta compares this Cell with the base; nil in the base itself and
	// where the base lacks the benchmark.
	Delta    *Delta   `json:"delta"`
	Warnings []string `json:"warnings,omitempty"`
}

// A Direction says which way a benchmark went.
type Direction string

// The directions of a Delta. Unknown is that of a significant difference in a
// unit for which nobody declared what is better, and of values that are not
// numbers.
const (
	Better       Direction = "better"
	Worse        Direction = "worse"
	NoDifference Direction = "~" // none that is significant
	Unknown      Direction = "?" // better or worse cannot be told
)

// A Delta is the difference between a Cell and the same row's Cell of the base.
type Delta struct {
	// Ratio is the center divided by that of the base; 1 where both are 0,
	// and NaN (null in JSON) where only the base is.
	Ratio float64 `json:"ratio"`
	// P is the p-value of the hypothesis that both samples come from the same
	// distribution, by the Mann-Whitney U-test; 0 for exact units. Small
	// samples with ties can have one a little above 1, as in benchstat.
	P float64 `json:"p"`
	// N1 and N2 are the numbers of values, those of the base first.
	N1 int `json:"n1"`
	N2 int `json:"n2"`
	// Significant reports whether P is at most the Report's Alpha and the
	// centers differ.
	Significant bool      `json:"significant"`
	Direction   Direction `json:"direction"`
	Warnings    []string  `json:"warnings,omitempty"`
}

// A Geomean sums up one input's column of a Table.
type Geomean struct {
	// Center is the geometric mean of the centers; NaN (null in JSON) where
	// there are none or not all are positive.
	Center float64 `json:"center"`
	// Ratio is the geometric mean of the ratios to the base, over the rows
	// that have both; NaN (null in JSON) where there is none.
	Ratio    float64  `json:"ratio"`
	Warnings []string `json:"warnings,omitempty"`
}

// A Count says how the comparisons in one unit went.
type Count struct {
	Unit         string `json:"unit"`
	Better       int    `json:"better"`
	Worse        int    `json:"worse"`
	NoDifference int    `json:"no_difference"`
	Unknown      int    `json:"unknown"`
	// Only counts, for each input, the rows that no other input has.
	Only []int `json:"only"`
}

// count fills in r.Counts and r.Comparable from r.Tables.
func (r *Report) count() {
	byUnit := make(map[string]int)
	for _, t := range r.Tables {
		i, ok := byUnit[t.Unit]
		if !ok {
			i = len(r.Counts)
			byUnit[t.Unit] = i
			r.Counts = append(r.Counts, Count{Unit: t.Unit, Only: make([]int, len(r.Labels))})
		}
		for _, row := range t.Rows {
			r.Counts[i].add(row)
		}
	}
	for _, c := range r.Counts {
		r.Comparable = r.Comparable || c.compared() > 0
	}
}

// add counts row.
func (c *Count) add(row Row) {
	present, last := 0, 0
	for i, cell := range row.Cells {
		if cell == nil {
			continue
		}
		present++
		last = i
		if cell.Delta == nil {
			continue
		}
		switch cell.Delta.Direction {
		case Better:
			c.Better++
		case Worse:
			c.Worse++
		case NoDifference:
			c.NoDifference++
		case Unknown:
			c.Unknown++
		}
	}
	if present == 1 {
		c.Only[last]++
	}
}

// compared returns how many comparisons c counts.
func (c *Count) compared() int { return c.Better + c.Worse + c.NoDifference + c.Unknown }

// FormatDelta returns the difference between two cells as benchstat writes it:
// "-3.21%", "~" where it is not significant, "?" where the base is 0.
// It is "?" too where a center is not a number, for which benchstat has "+NaN%".
func (r *Report) FormatDelta(base, cell *Cell) string {
	if cell.Delta.Direction == Unknown && math.IsNaN(cell.Delta.Ratio) {
		return "?"
	}
	return benchmath.Comparison{P: cell.Delta.P, Alpha: r.Alpha}.FormatDelta(base.Center, cell.Center)
}

// MarshalJSON writes null for what is not finite.
func (c Cell) MarshalJSON() ([]byte, error) {
	type plain Cell // without this method
	return json.Marshal(struct {
		Center *float64 `json:"center"`
		Lo     *float64 `json:"lo"`
		Hi     *float64 `json:"hi"`
		plain
	}{finite(c.Center), finite(c.Lo), finite(c.Hi), plain(c)})
}

// MarshalJSON writes null for what is not finite.
func (d Delta) MarshalJSON() ([]byte, error) {
	type plain Delta // without this method
	return json.Marshal(struct {
		Ratio *float64 `json:"ratio"`
		plain
	}{finite(d.Ratio), plain(d)})
}

// MarshalJSON writes null for what is not finite.
func (g Geomean) MarshalJSON() ([]byte, error) {
	type plain Geomean // without this method
	return json.Marshal(struct {
		Center *float64 `json:"center"`
		Ratio  *float64 `json:"ratio"`
		plain
	}{finite(g.Center), finite(g.Ratio), plain(g)})
}

// finite returns a pointer to x, or nil where x is infinite or NaN.
func finite(x float64) *float64 {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return nil
	}
	return &x
}
