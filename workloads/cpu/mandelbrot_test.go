package cpu

import (
	"bytes"
	"testing"
)

// A row that was not drawn looks like no row of the image, in any class, so that
// the check does not take one for the other.
func TestMandelbrotBlankIsNoRow(t *testing.T) {
	for _, width := range []int{mandelbrotSizes.S, mandelbrotSizes.W} {
		row := make([]byte, width/8)
		blank := bytes.Repeat([]byte{mandelbrotBlank}, len(row))
		for y := range mandelbrotRows {
			if mandelbrotRow(row, y); bytes.Equal(row, blank) {
				t.Errorf("row %d of %d pixels is blank", y, width)
			}
		}
	}
}
