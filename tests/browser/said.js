// Returns every text and label of a page, without what is marked as another language.
const home = document.documentElement.lang.slice(0, 2);
const own = node => (node.closest('[lang]').lang || home).slice(0, 2) === home && !node.closest('[translate=no]');
const found = texts().filter(({ node }) => own(node)).map(({ text }) => text.data.trim());
for (const node of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
  if (!own(node) || !node.checkVisibility()) { continue; }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    if (node.getAttribute(name)) { found.push(node.getAttribute(name)); }
  }
}
return [...new Set(found)];
