package httpd

import (
	"fmt"
	"html/template"
	"slices"
	"text/template/parse"

	"svilpe/internal/locale"
)

// checkTexts walks a parsed page and holds every {{t "key" "Name" …}} and
// {{n "key" …}} with a literal key against the catalogue, so that a missing
// text stops the start and never a visitor.
func checkTexts(page *template.Template, texts *locale.Catalogue) error {
	for _, t := range page.Templates() {
		if t.Tree == nil || t.Tree.Root == nil {
			continue
		}
		for _, call := range textCalls(t.Tree.Root) {
			if err := checkCall(call, texts); err != nil {
				return fmt.Errorf("template %s: %w", t.Name(), err)
			}
		}
	}
	return nil
}

func checkCall(call *parse.CommandNode, texts *locale.Catalogue) error {
	function := call.Args[0].(*parse.IdentifierNode).Ident
	key, ok := call.Args[1].(*parse.StringNode)
	if !ok {
		return nil // known only when the page runs
	}
	counts, ok := texts.Has(key.Text)
	if !ok || counts != (function == "n") {
		return fmt.Errorf("no text for {{%s %q}}", function, key.Text)
	}
	first := 2
	given := []string{}
	if function == "n" {
		first, given = 3, append(given, "N")
	}
	for i := first; i < len(call.Args); i += 2 {
		if name, ok := call.Args[i].(*parse.StringNode); ok {
			given = append(given, name.Text)
		}
	}
	for _, name := range texts.Placeholders(key.Text) {
		if !slices.Contains(given, name) {
			return fmt.Errorf("{{%s %q}} needs %s", function, key.Text, name)
		}
	}
	return nil
}

// textCalls finds the commands that call t or n.
func textCalls(node parse.Node) []*parse.CommandNode {
	var found []*parse.CommandNode
	var walk func(parse.Node)
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe)
		walk(b.List)
		walk(b.ElseList)
	}
	walk = func(node parse.Node) {
		switch n := node.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, child := range n.Nodes {
					walk(child)
				}
			}
		case *parse.ActionNode:
			walk(n.Pipe)
		case *parse.PipeNode:
			if n != nil {
				for _, cmd := range n.Cmds {
					walk(cmd)
				}
			}
		case *parse.CommandNode:
			if id, ok := n.Args[0].(*parse.IdentifierNode); ok &&
				(id.Ident == "t" || id.Ident == "n") && len(n.Args) > 1 {
				found = append(found, n)
			}
			for _, arg := range n.Args {
				walk(arg)
			}
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.TemplateNode:
			walk(n.Pipe)
		}
	}
	walk(node)
	return found
}
