// Package doctor says how fit this machine is to measure on, and what to change.
//
// It goes about it in two ways. It looks at everything known to disturb
// measurements, from other programs to the resolution of sleeps, and makes a
// [Finding] of each. And it tries: in an A/A trial it measures the same thing
// twice, over and over, and sees how far apart two equal measurements lie. The
// trial decides the [Grade]; bad findings lower it, because what they tell of
// may not have happened to happen during the trial.
package doctor
