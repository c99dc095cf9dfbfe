package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"svilpe/internal/config"
)

// settings are the flags that serve and demo share; each overrides the
// environment and the file.
type settings struct {
	Config string            `help:"Settings file." default:"svilpe.toml" placeholder:"FILE"`
	Data   string            `help:"Folder of the database." placeholder:"DIR"`
	Keys   string            `help:"Folder of the keys." placeholder:"DIR"`
	Listen string            `help:"Address to listen on, such as 127.0.0.1:8080." placeholder:"ADDR"`
	Set    map[string]string `help:"Any setting: --set limits.file_mb=50." placeholder:"KEY=VALUE"`
}

// load reads the settings; extra are the command's own.
func (s settings) load(extra map[string]string) (config.Config, error) {
	flags := map[string]string{}
	for k, v := range extra {
		flags[k] = v
	}
	for k, v := range s.Set {
		flags[k] = v
	}
	for k, v := range map[string]string{"paths.data": s.Data, "paths.keys": s.Keys, "listen.public": s.Listen} {
		if v != "" {
			flags[k] = v
		}
	}
	c, err := config.Load(config.Sources{
		File: s.Config, FileNamed: s.Config != "svilpe.toml", Environ: os.Environ(), Flags: flags,
	})
	if err != nil {
		return c, fmt.Errorf("%w: %w", errUsage, err)
	}
	return c, nil
}

// logger writes JSON lines: time, level, msg and what the line itself adds.
func (p *program) logger(c config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(strings.ToUpper(c.Log.Level))); err != nil {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: level}))
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
