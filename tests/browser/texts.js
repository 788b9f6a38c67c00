// What the other two share: the texts that somebody sees.
const HIDDEN = '.fx-hidden-text, .fx-skip, script, style, noscript, template';
function shown(node) {
  if (!node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) || node.closest(HIDDEN)) { return false; }
  for (let up = node; up; up = up.parentElement) {  // kept for screen readers alone
    if (getComputedStyle(up).clipPath === 'inset(50%)') { return false; }
  }
  return true;
}
function texts() {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const text = walk.currentNode, node = text.parentElement;
    if (text.data.trim() && node && shown(node)) { found.push({ text, node }); }
  }
  return found;
}
