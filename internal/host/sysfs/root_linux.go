package sysfs

import "os"

var root = os.DirFS("/")
