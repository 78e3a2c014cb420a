package doctor

import (
	"io/fs"

	"runbench/internal/host/sysfs"
)

// onBattery reports whether the machine runs on battery, from the supplies that
// /sys/class/power_supply lists (Documentation/ABI/testing/sysfs-class-power): a
// mains adapter that is on line, or else a battery that is being discharged.
// It is nil where there is neither, as in servers and most desktops.
func onBattery(fsys fs.FS) *bool {
	const dir = "sys/class/power_supply"
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil
	}
	var battery *bool
	for _, e := range entries {
		supply := dir + "/" + e.Name()
		kind, err := sysfs.String(fsys, supply+"/type")
		if err != nil {
			continue
		}
		switch kind {
		case "Mains":
			if online, err := sysfs.Int(fsys, supply+"/online"); err == nil {
				return new(online == 0)
			}
		case "Battery":
			// A mouse has a battery too, of scope Device.
			if scope, _ := sysfs.String(fsys, supply+"/scope"); scope == "Device" {
				continue
			}
			if status, err := sysfs.String(fsys, supply+"/status"); err == nil && status != "Unknown" {
				battery = new(status == "Discharging")
			}
		}
	}
	return battery
}

// power says whether the machine runs on battery; it is asked only where that is
// known.
func (f facts) power() Finding {
	if !*f.battery {
		return Finding{Level: Good, Subject: "power", Found: "mains"}
	}
	return Finding{
		Level: Warning, Subject: "power", Found: "battery",
		Meaning: "to save power the machine clocks lower, and changes its mind as the battery empties",
		Change:  "plug it in",
	}
}
