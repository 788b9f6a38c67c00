// Returns every text that is cut, sticks out of what it is drawn on, lies over another or outside the window.
const bad = new Set();
const say = (kind, node, text) =>
  bad.add(kind + ' [' + (node.closest('[class]') || node).className + '] ' + text.trim().slice(0, 50));
const scrolls = value => value === 'auto' || value === 'scroll';
const cuts = value => value === 'hidden' || value === 'clip';

// Glyphs, not line boxes: the middle 0.8 em of each line.
function glyphs(text, node) {
  const range = document.createRange();
  range.selectNodeContents(text);
  const size = parseFloat(getComputedStyle(node).fontSize);
  return [...range.getClientRects()].filter(r => r.width > 0.5).map(r => {
    const middle = (r.top + r.bottom) / 2, half = Math.min(r.height, size * 0.8) / 2;
    return { left: r.left, right: r.right, top: middle - half, bottom: middle + half };
  });
}
// What a text is drawn on: it may not stick out of it.
function isPaper(style) {
  const filled = style.backgroundColor !== 'rgba(0, 0, 0, 0)' && style.backgroundColor !== 'transparent';
  const framed = ['Top', 'Right', 'Bottom', 'Left'].every(side => parseFloat(style['border' + side + 'Width']) > 0);
  return filled || framed;
}
function layerOf(node) {
  for (let up = node; up; up = up.parentElement) {
    const style = getComputedStyle(up);
    if (style.position === 'fixed' || style.position === 'sticky' || up.tagName === 'DIALOG' || up.tagName === 'DETAILS') { return up; }
  }
  return document.body;
}

const all = texts().map(({ text, node }) => ({ text, node, rects: glyphs(text, node), layer: layerOf(node) }));
for (const { text, node, rects } of all) {
  for (const r of rects) {
    let x = true, y = true, paper = false, position = '';
    let title = false;
    for (let up = node; up && up !== document.documentElement; up = up.parentElement) {
      const style = getComputedStyle(up), box = up.getBoundingClientRect();
      title = title || up.hasAttribute('title');
      const escapes = position === 'absolute' && style.position === 'static';
      if (!escapes && style.display !== 'contents' && style.display !== 'inline') {
        if (x && scrolls(style.overflowX)) { x = false; }
        if (y && scrolls(style.overflowY)) { y = false; }
        const left = r.left < box.left - 1, right = r.right > box.right + 1;
        const above = r.top < box.top - 2, below = r.bottom > box.bottom + 2;
        const clips = (x && cuts(style.overflowX) && (left || right)) || (y && cuts(style.overflowY) && (above || below));
        if (clips && !(style.textOverflow === 'ellipsis' && title)) { say('cut', node, text.data); }
        if (!paper && isPaper(style)) {
          paper = true;
          if ((x && (left || right)) || (y && (above || below))) { say('sticks out of ' + up.className, node, text.data); }
        }
        position = '';
      }
      if (style.position === 'fixed') { break; }
      if (style.position === 'absolute') { position = 'absolute'; }
    }
    if (x && (r.left < -1 || r.right > innerWidth + 1)) { say('outside', node, text.data); }
    const wall = document.documentElement.classList.contains('fx-on-wall');
    if (wall && r.bottom > innerHeight + 1) { say('below the wall', node, text.data); }
  }
}
const lines = all.flatMap(one => one.rects.map(r => ({ ...r, one }))).sort((a, b) => a.top - b.top);
for (let i = 0; i < lines.length; i++) {
  const a = lines[i];
  for (let j = i + 1; j < lines.length && lines[j].top < a.bottom; j++) {
    const b = lines[j];
    if (a.one === b.one || a.one.layer !== b.one.layer) { continue; }
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 2) { say('lies over "' + b.one.text.data.trim().slice(0, 30) + '"', a.one.node, a.one.text.data); }
  }
}
for (const field of document.querySelectorAll('input, textarea')) {
  if (shown(field) && field.type !== 'checkbox' && !field.title && field.scrollWidth > field.clientWidth + 1) {
    say('cut', field, field.value || field.placeholder);
  }
}
if (document.documentElement.scrollWidth > innerWidth + 1) { bad.add('the page is wider than its window'); }
return [...bad];
