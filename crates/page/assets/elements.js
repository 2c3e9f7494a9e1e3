// Elements are made of text alone: names of sweeps, hosts and errors are other people's words, and never markup.

/** An element with properties and children; what is null or false is left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Says something to those who do not see it change. */
export function say(text) {
  const said = document.getElementById("said");
  if (said.textContent !== text) said.textContent = text;
}

/** A choice by name: options are [value, text]. */
export function choice(label, options, value, change) {
  const select = h("select", { onchange: () => change(select.value) });
  for (const [of, text] of options) select.append(h("option", { value: of, selected: of === value }, text));
  return h("label", {}, label, select);
}

/** A table whose columns are [title, class of its numbers, cell of a row]. */
export function table(caption, columns, rows) {
  const head = columns.map(([title, kind]) => h("th", { scope: "col", className: kind }, title));
  const cells = (row) => columns.map(([, kind, cell]) => h("td", { className: kind }, cell(row)));
  return h("div", { className: "wide", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, head)),
      h("tbody", {}, rows.map((row) => h("tr", {}, cells(row))))));
}

/** Makes what is there what it should be, changing as little as can be: what has the focus keeps it, and what was
 *  scrolled stays where it was. For elements without listeners of their own. */
export function renew(container, ...children) {
  const wanted = children.flat().filter((child) => child !== null && child !== undefined && child !== false);
  wanted.forEach((child, i) => {
    const old = container.childNodes[i], next = typeof child === "string" ? document.createTextNode(child) : child;
    if (!old) container.append(next);
    else if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) old.replaceWith(next);
    else if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== next.data) old.data = next.data;
    } else become(old, next);
  });
  while (container.childNodes.length > wanted.length) container.lastChild.remove();
}

function become(old, next) {
  for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  if (old.tagName === "PROGRESS") old.value = next.value;
  renew(old, [...next.childNodes]);
}
