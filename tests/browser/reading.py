"""Reads a page as eyes do: what is cut off, what lies over something else, which words it says."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent


def _script(*names: str) -> str:
    return "() => {\n" + "".join((HERE / name).read_text("utf-8") for name in names) + "}"


CLIPS = _script("texts.js", "clips.js")
"""Every text that is cut, sticks out of what it is drawn on, lies over another or outside the window."""

SAID = _script("texts.js", "said.js")
"""Every text and label of a page, without what is marked as another language."""

SETTLED = """() => new Promise(done => {
  const began = performance.now();
  let last = began;
  new MutationObserver(() => { last = performance.now(); })
    .observe(document.body, { childList: true, subtree: true, attributes: true });
  (function look() {
    const now = performance.now(), drawn = !document.querySelector('._dash-loading, .fx-loading');
    if ((drawn && now - last > 200) || now - began > 8000) { document.fonts.ready.then(() => done()); }
    else { setTimeout(look, 40); }
  })();
})"""
"""Resolves when nothing has changed for 0.2 s, or after 8 s on a page that never rests."""
