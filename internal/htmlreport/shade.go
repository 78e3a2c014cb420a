package htmlreport

import (
	"fmt"
	"math"
)

// A color is a colour that no theme changes.
type color struct{ r, g, b float64 } // 0 to 255

func (c color) hex() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c.r)), int(math.Round(c.g)), int(math.Round(c.b)))
}

// bright reports whether black text is easier to read on c than white: its relative
// luminance is above 0.18, where the contrast ratios of WCAG 2.2 are equal.
func (c color) bright() bool {
	linear := func(v float64) float64 {
		v /= 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.r)+0.7152*linear(c.g)+0.0722*linear(c.b) > 0.18
}

// viridis are nine points of matplotlib's map of that name, which rises evenly in
// lightness and is read alike by all kinds of colour vision (van der Walt & Smith,
// SciPy 2015; the map is in the public domain, CC0).
var viridis = [...]color{
	{0x44, 0x01, 0x54},
	{0x47, 0x2d, 0x7b},
	{0x3b, 0x52, 0x8b},
	{0x2c, 0x72, 0x8e},
	{0x21, 0x91, 0x8c},
	{0x28, 0xae, 0x80},
	{0x5e, 0xc9, 0x62},
	{0xad, 0xdc, 0x30},
	{0xfd, 0xe7, 0x25},
}

// shadeAt returns the colour of a share from 0 to 1.
func shadeAt(share float64) color {
	at := min(max(share, 0), 1) * float64(len(viridis)-1)
	i := min(int(at), len(viridis)-2)
	t := at - float64(i)
	a, b := viridis[i], viridis[i+1]
	mix := func(x, y float64) float64 { return x + t*(y-x) }
	return color{mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)}
}

// A shading turns throughput into colours: the largest is brightest, and each
// doubling is as far in colour as any other.
type shading struct{ lo, hi float64 }

// newShading covers e, and two doublings at least, so that a surface where nothing
// happens is of one colour.
func newShading(e extent) shading {
	return shading{min(e.lo, e.hi/4), e.hi}
}

func (s shading) of(x float64) color {
	return shadeAt(1 + math.Log2(x/s.hi)/math.Log2(s.hi/s.lo))
}
