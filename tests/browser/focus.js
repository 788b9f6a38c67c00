// Marks every control that a keyboard must reach, and remembers how each looks without the focus.
// look(): what has the focus now, and whether anything about it or around it shows that.
() => {
  const shown = node => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && node.getBoundingClientRect().width > 1;
  const around = node => [node, node.parentElement, node.closest('.fx-row, .fx-tile, .fx-case-card, .ag-row, li, label')].filter(Boolean);
  const looks = node => around(node).map(one => {
    const s = getComputedStyle(one);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join(' ');
  }).join(' | ');
  const name = node => (node.getAttribute('aria-label') || node.textContent || node.id || node.className).trim().slice(0, 40);
  const controls = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(node => shown(node) && !node.disabled && node.tabIndex >= 0 && !node.closest('.ag-root-wrapper'));
  const before = new Map(controls.map(node => [node, looks(node)]));
  const reached = new Set(), unseen = new Set();
  window.fxFocus = {
    many: controls.length,
    look() {
      const node = document.activeElement;
      if (before.has(node)) {
        reached.add(node);
        const box = node.getBoundingClientRect();
        if (looks(node) === before.get(node)) { unseen.add(name(node)); }
        if (box.bottom < 0 || box.top > innerHeight) { unseen.add('out of sight: ' + name(node)); }
      }
      return reached.size;
    },
    missed() { return controls.filter(node => node.isConnected && !reached.has(node)).map(name); },
    unseen() { return [...unseen]; },
  };
  return controls.length;
}
