//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// nobody is the user as whom the program runs in this test where the test runs as
// root: what root owns is the same, dumpable or not.
const nobody = 65534

// TestMemoryIsNotDumped: the real program, as its own user. Neither serve nor demo
// leaves a core file, and no other process of that user can read its memory; and
// the program works like that.
func TestMemoryIsNotDumped(t *testing.T) {
	dir := t.TempDir()
	// Where this is inherited as nothing, the program would seem to have done it.
	var inherited unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_CORE, &inherited))
	must(t, unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: inherited.Max, Max: inherited.Max}))
	if inherited.Max == 0 {
		t.Log("core dumps are off for this test already: that half proves nothing here")
	}
	cfg, _ := founded(t, filepath.Join(dir, "real"))
	program := filepath.Join(dir, "svilpe") // tests run it by this name, see TestMain
	copied(t, program)
	for name, args := range map[string][]string{
		"serve": {"--data", cfg.Paths.Data, "--keys", cfg.Paths.Keys},
		"demo": {
			"--data", filepath.Join(dir, "demo", "data"), "--keys", filepath.Join(dir, "demo", "keys"), "--credentials",
			filepath.Join(dir, "demo", "c"),
		},
	} {
		addr := freePort(t)
		cmd := exec.Command(program, append([]string{name, "--listen", addr}, args...)...)
		cmd.Dir = dir
		out := &lockedBuffer{}
		cmd.Stdout, cmd.Stderr = out, out
		if os.Geteuid() == 0 {
			owned(t, dir)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		must(t, cmd.Start())
		p := &process{cmd: cmd, base: "http://" + addr, out: out}
		t.Cleanup(p.stop)
		proc := fmt.Sprintf("/proc/%d/", cmd.Process.Pid)
		until(t, name+" lets core files be written", func() bool {
			limits, err := os.ReadFile(proc + "limits")
			return err == nil && coreSize(string(limits)) == "0 0"
		})
		// What may not be dumped belongs to root there, whoever runs it.
		until(t, name+" lets its user's other processes read its memory", func() bool {
			mem, err := os.Stat(proc + "mem")
			return err == nil && mem.Sys().(*syscall.Stat_t).Uid == 0 && running(proc)
		})
		if name == "serve" {
			until(t, "it does not answer", func() bool {
				res, err := http.Get(p.base + "/healthz")
				if err == nil {
					_ = res.Body.Close()
				}
				return err == nil && res.StatusCode == http.StatusOK
			})
		}
		if !running(proc) {
			t.Errorf("%s has ended:\n%s", name, out)
		}
		p.stop()
	}
}

// running tells whether a process has memory: of one that has ended all is root's.
func running(proc string) bool {
	status, err := os.ReadFile(proc + "status")
	return err == nil && strings.Contains(string(status), "VmRSS:")
}

// coreSize is the soft and the hard limit.
func coreSize(limits string) string {
	for _, line := range strings.Split(limits, "\n") {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			return strings.Join(strings.Fields(rest)[:2], " ")
		}
	}
	return ""
}

func until(t *testing.T, what string, fn func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if fn() {
			return
		}
	}
	t.Error(what)
}

// copied puts this test's program, which is svilpe under that name, where any user
// may run it.
func copied(t *testing.T, to string) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	b, err := os.ReadFile(self)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o755))
	must(t, os.Chmod(to, 0o755))
}

// owned gives a folder to nobody, and the way to it to everybody.
func owned(t *testing.T, dir string) {
	t.Helper()
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, nobody, nobody)
	}))
}
