// Measures the page as it stands and gives what is wrong with it as lines of
// text. It changes nothing, except that measure("open") opens every details.
(what => {
  const wrong = [];
  const text = e => (e.textContent || e.value || "").replace(/\s+/g, " ").trim();
  const name = e => {
    const id = e.id ? "#" + e.id : "", kind = e.classList.length ? "." + [...e.classList].join(".") : "";
    return e.localName + id + kind + (e.name ? `[name=${e.name}]` : "") + ` «${text(e).slice(0, 40)}»`;
  };
  // What is for screen readers only, for Enter only, or shown when focused.
  const apart = e => {
    for (; e && e !== document.body; e = e.parentElement) if (e.matches(".unseen, .default, .skip") || e.offsetWidth === 1 && e.offsetHeight === 1) return true;
    return false;
  };
  const seen = e => !apart(e) && e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 0;

  if (what === "open") {
    const folded = document.querySelectorAll("details:not([open])");
    folded.forEach(d => { d.open = true; });
    return [String(folded.length)];
  }

  // WCAG 2.2, 1.4.10: no sideways scrolling.
  const over = document.scrollingElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) {
    const wide = [...document.body.querySelectorAll("*")].filter(e => seen(e) && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
    wrong.push(`${over} px too wide: ${wide.slice(-3).map(name).join(", ")}`);
  }

  // Text that is cut off.
  for (const e of document.body.querySelectorAll("*")) {
    const s = getComputedStyle(e);
    if (s.display === "inline" || !seen(e) || !text(e) || ["input", "select", "option", "optgroup"].includes(e.localName)) continue;
    const hides = x => x === "hidden" || x === "clip";
    if (hides(s.overflowX) && e.scrollWidth > e.clientWidth + 1 || hides(s.overflowY) && e.scrollHeight > e.clientHeight + 1) wrong.push(`text is cut off in ${name(e)}`);
  }
  if (what === "reflow") return wrong;

  // WCAG 2.2, 2.5.8: a target is 24 by 24 px, unless it stands in a sentence. Its
  // label is part of it. Stricter than the criterion: space around is no excuse.
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
    if (!seen(e)) continue;
    const boxes = [e, ...(e.labels || [])].map(x => x.getBoundingClientRect());
    if (boxes.some(b => b.width >= 23.99 && b.height >= 23.99)) continue;
    if (getComputedStyle(e).display === "inline") {
      let block = e.parentElement;
      while (getComputedStyle(block).display === "inline") block = block.parentElement;
      if (text(block).length > text(e).length) continue;
    }
    wrong.push(`${Math.round(boxes[0].width)}×${Math.round(boxes[0].height)} px is too small: ${name(e)}`);
  }

  // Words do not touch the edge of their button: a rule for links in lists once
  // took the room away.
  for (const e of document.querySelectorAll("a.button, button:not(.link, .default)")) {
    if (seen(e) && parseFloat(getComputedStyle(e).paddingInlineStart) < 8) wrong.push(`words at the edge of ${name(e)}`);
  }

  // A label of more than three lines is a paragraph. The words of an answer may
  // take five: they name people with their offices, or are the law's.
  if (document.documentElement.clientWidth <= 320) {
    for (const e of document.querySelectorAll("label, legend, summary, button, nav a, th, .tag, a.button")) {
      if (!seen(e) || e.closest(".doors")) continue;
      const range = document.createRange();
      range.selectNodeContents(e);
      const rects = [...range.getClientRects()].filter(r => r.width > 1);
      if (!rects.length) continue;
      const s = getComputedStyle(e), size = parseFloat(s.fontSize), line = parseFloat(s.lineHeight) || size * 1.2;
      const height = Math.max(...rects.map(r => r.bottom)) - Math.min(...rects.map(r => r.top));
      const lines = Math.round((height - size * 1.17) / line) + 1;
      if (lines > (e.matches(".choice label") ? 5 : 3)) wrong.push(`${lines} lines: ${name(e)}`);
    }
  }
  return wrong;
})
