package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/structs"
	"github.com/knadh/koanf/v2"
)

const envPrefix = "SVILPE_"

// Sources are where settings come from, weakest first.
type Sources struct {
	// File is the path of svilpe.toml. One that is not there is an error only
	// when FileNamed is set: the owner asked for it by name.
	File      string
	FileNamed bool
	// Environ is the environment as os.Environ gives it.
	Environ []string
	// Flags are settings by dotted key, «limits.file_mb», as typed.
	Flags map[string]string
}

// Load lays the sources over Default, refuses unknown keys and checks the
// whole. The error names the source and the key, never a value.
func Load(s Sources) (Config, error) {
	k := koanf.New(".")
	if err := k.Load(structs.Provider(Default(), "koanf"), nil); err != nil {
		return Config{}, fmt.Errorf("config: defaults: %w", err)
	}
	known := k.Keys()
	layers := []struct {
		name string
		load func(*koanf.Koanf) error
	}{
		{"file", func(k *koanf.Koanf) error { return loadFile(k, s) }},
		{"environment", func(k *koanf.Koanf) error { return loadEnviron(k, s.Environ) }},
		{"flags", func(k *koanf.Koanf) error { return loadFlags(k, s.Flags) }},
	}
	for _, layer := range layers {
		over := koanf.New(".")
		if err := layer.load(over); err != nil {
			return Config{}, fmt.Errorf("config: %s: %w", layer.name, err)
		}
		for _, key := range over.Keys() {
			if !slices.Contains(known, key) {
				return Config{}, fmt.Errorf("config: %s: unknown key %s", layer.name, key)
			}
		}
		if err := k.Merge(over); err != nil {
			return Config{}, fmt.Errorf("config: %s: %w", layer.name, err)
		}
	}
	return decode(k)
}

func loadFile(k *koanf.Koanf, s Sources) error {
	if s.File == "" {
		return nil
	}
	err := k.Load(file.Provider(s.File), toml.Parser())
	if errors.Is(err, fs.ErrNotExist) && !s.FileNamed {
		return nil
	}
	return err
}

func loadEnviron(k *koanf.Koanf, environ []string) error {
	return k.Load(env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
			return strings.ReplaceAll(key, "__", "."), value
		},
	}), nil)
}

func loadFlags(k *koanf.Koanf, flags map[string]string) error {
	var faults []error
	for key, value := range flags {
		faults = append(faults, k.Set(key, value))
	}
	return errors.Join(faults...)
}

func decode(k *koanf.Koanf) (Config, error) {
	var c Config
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result:           &c,
		TagName:          "koanf",
		WeaklyTypedInput: true, // environment and flags are text
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(),
			mapstructure.StringToSliceHookFunc(","),
		),
	}})
	if err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	if err := c.Check(); err != nil {
		return Config{}, fmt.Errorf("config: %w", err)
	}
	return c, nil
}
