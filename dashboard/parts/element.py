"""HTML elements as the JSON that Dash sends, for parts that are drawn by the hundred every few seconds.

The same as the components of `dash.html`, whose constructors cost some 20 times as much as a plain dict: with
500 vehicles that is the difference between a tenth of the time allowed for a refresh and most of it.
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

Node = dict[str, Any]
"""An element. May stand wherever a component may."""

Children = Node | Component | str | int | None | list[Any] | tuple[Any, ...]

_NAMES = {"class_": "className", "tab_index": "tabIndex"}


def element(kind: str, children: Children = None, class_: str = "", **attributes: Any) -> Node:
    """`element("div", "text", "fx-card", aria_label="…", data_since=3)`.

    `data_…` and `aria_…` become data-… and aria-…; attributes that are None are left out.
    """
    props: Node = {"children": children}
    if class_:
        props["className"] = class_
    for name, value in attributes.items():
        if value is None:
            continue
        if name.startswith(("data_", "aria_")):
            name = name.replace("_", "-")
        props[_NAMES.get(name, name)] = value
    return {"type": kind.capitalize(), "namespace": "dash_html_components", "props": props}


def div(children: Children = None, class_: str = "", **attributes: Any) -> Node:
    return element("div", children, class_, **attributes)


def span(children: Children = None, class_: str = "", **attributes: Any) -> Node:
    return element("span", children, class_, **attributes)


def shape(name: str) -> Node:
    """A drawing of app.css that says nothing by itself; the words stand beside it."""
    return element("i", None, f"fx-shape fx-shape-{name}", aria_hidden="true")
