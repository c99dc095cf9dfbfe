package store

import (
	"encoding/json"
	"fmt"
	"strconv"

	"svilpe/internal/appoint"
	"svilpe/internal/audit"
	"svilpe/internal/ethics"
)

// Labels of the record's rows in the log, and the columns their digests cover.
// A changed byte in any column shows as a digest that no entry has.

func col(v any) []byte {
	switch v := v.(type) {
	case string:
		return []byte(v)
	case []byte:
		return v
	case int:
		return strconv.AppendInt(nil, int64(v), 10)
	case int64:
		return strconv.AppendInt(nil, v, 10)
	case bool:
		if v {
			return []byte("1")
		}
		return []byte("0")
	}
	panic(fmt.Sprintf("store: no column form for %T", v))
}

func item(label string, columns ...any) audit.Item {
	raw := make([][]byte, len(columns))
	for i, c := range columns {
		raw[i] = col(c)
	}
	return audit.Item{Label: label, Digest: audit.RowDigest(label, raw...)}
}

func caseItem(c ethics.Case, locator []byte) audit.Item {
	return item("case:"+c.ID, c.ID, c.Number, locator, c.Institution, c.Category, c.Track, c.State, c.Previous,
		c.Received, c.Changed, c.Due, c.DueID, c.Epoch, c.Sequence, c.ReporterRecipient, c.ReporterVerifier)
}

func epochLabel(caseID string, epoch int) string { return fmt.Sprintf("epoch:%s/%d", caseID, epoch) }

func epochItem(e Epoch) audit.Item {
	return item(epochLabel(e.Case, e.Number), e.Case, e.Number, e.Recipient, e.Signer, e.Signature, e.Day)
}

func eventItem(caseID string, n int, e ethics.Event) audit.Item {
	return item(fmt.Sprintf("event:%s/%d", caseID, n), caseID, n, e.Name, e.Day)
}

// grantLabel names one of a member's grants: a member who comes back has another.
func grantLabel(g Grant) string { return "grant:" + g.Case + "/" + g.Member + "/" + g.ID }

func grantItem(g Grant) audit.Item {
	return item(grantLabel(g), g.Case, g.Member, g.ID, g.Giver, g.Via, g.Epoch, g.Stated, g.Day, g.Sealed)
}

// EnvelopeLabel names an envelope in the log.
func EnvelopeLabel(id string) string { return "envelope:" + id }

// EnvelopeItem is the digest of an envelope's row, as its entry holds it.
func EnvelopeItem(e ethics.Envelope) audit.Item {
	return item(EnvelopeLabel(e.ID), e.Case, e.Sequence, e.ID, e.Kind, e.Author, e.Epoch, e.Reporter, e.Day, e.Sealed)
}

func proposalItem(p Proposal) audit.Item {
	return item("proposal:"+p.ID, p.ID, p.Case, p.Step, p.Proposer, p.State, p.Decider, p.Day)
}

func fileItem(f StoredFile) audit.Item {
	return item("file:"+f.ID, f.ID, f.Draft, f.State, f.Case, f.Envelope, f.Size, f.Chunks, f.SHA256, f.ChunkDigests, f.Day)
}

func memberItem(m Member) audit.Item {
	return item("member:"+m.ID, m.ID, m.Email, m.Params, m.Secret, m.TOTP, m.FoundersCopy, m.Confidential)
}

func statementItem(n int, s appoint.Statement) (audit.Item, []byte, error) {
	sigs, err := json.Marshal(s.Signatures)
	if err != nil {
		return audit.Item{}, nil, fmt.Errorf("statement: %w", err)
	}
	return item("statement:"+s.ID, n, s.ID, s.Kind, s.Body, sigs, s.Day), sigs, nil
}

func installationItem(i Installation) audit.Item {
	return item("installation", i.ID, i.Salt, i.SystemVerifier, i.LogVerifier, i.Demo, i.Institution)
}

func checkpointItem(c Checkpoint) audit.Item {
	return item("checkpoint:"+c.Day, c.Day, c.Size, c.Note)
}
