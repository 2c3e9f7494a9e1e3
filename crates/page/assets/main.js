// Which part of the page is shown: the fragment of the address says.

import { h } from "./elements.js";
import { Frozen, frozenData } from "./frozen.js";
import { Live, Unknown } from "./live.js";
import { SweepView } from "./sweep.js";
import { showSweeps } from "./sweeps.js";

const main = document.getElementById("main"), trouble = document.getElementById("trouble");
const frozen = frozenData();
const source = frozen ? new Frozen(frozen) : new Live(() => start());
let close = () => {}, me = null, round = 0;

function onTrouble(text) {
  trouble.hidden = !text;
  trouble.textContent = text ?? "";
}

/** #/sweep/NAME?quantity=… */
function place() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  const [, kind, name] = path.split("/");
  if (frozen) return { name: frozen.sweep.sweep, parameters: new URLSearchParams(query) };
  return { name: kind === "sweep" ? decodeURIComponent(name ?? "") : null, parameters: new URLSearchParams(query) };
}

async function show() {
  close();
  close = () => {};
  const mine = ++round, { name, parameters } = place();
  document.title = name ? `${name} – rapgrid` : "rapgrid";
  if (!name) {
    close = showSweeps(main, source, onTrouble);
    return;
  }
  try {
    const described = await source.sweep(name);
    if (mine !== round) return;
    const view = new SweepView(main, source, described, {
      parameters, onTrouble, colours: me.colours, maySubmit: me.role === "submit",
      again: () => mine === round && setTimeout(show, 500),
      onError: (error) => error instanceof Unknown && start(),
      remember: (pairs) => history.replaceState(null, "", `#/sweep/${encodeURIComponent(name)}?${new URLSearchParams(pairs)}`),
    });
    close = () => view.close();
  } catch (error) {
    if (error instanceof Unknown) return start();
    if (mine !== round) return;
    main.replaceChildren(h("h1", {}, name), h("p", { className: "bad" }, error.message), h("p", {}, h("a", { href: "#/" }, "All sweeps")));
    // It may be away for a moment.
    const again = setTimeout(() => mine === round && show(), 3000);
    close = () => clearTimeout(again);
  }
}

/** A token in the address goes into a cookie, and out of the address. */
async function takeToken() {
  if (frozen) return null;
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return null;
  history.replaceState(null, "", "#/");
  try {
    await source.signIn(token);
  } catch (error) {
    return error.message;
  }
  return null;
}

function askForToken(reason) {
  close();
  close = () => {};
  round++;
  const input = h("input", { type: "password", id: "token", autocomplete: "current-password", required: true });
  const said = h("p", { className: "bad", role: "alert" }, reason ?? "");
  main.replaceChildren(h("h1", {}, "A token, please"), h("form", { className: "sign-in", onsubmit: async (event) => {
    event.preventDefault();
    try {
      await source.signIn(input.value.trim());
      start();
    } catch (error) {
      said.textContent = error.message;
    }
  } }, h("label", { for: "token" }, "Whoever runs the coordinator has made one, by ", h("code", {}, "rapgrid token read"), "."), input, said,
  h("button", { type: "submit" }, "Sign in")));
  input.focus();
}

async function start() {
  const refused = await takeToken();
  try {
    me = await source.me();
  } catch (error) {
    if (error instanceof Unknown) return askForToken(refused);
    main.replaceChildren(h("p", { className: "bad" }, error.message || "the coordinator does not answer"));
    setTimeout(start, 3000);
    return;
  }
  onTrouble(null);
  document.getElementById("sign-out").hidden = !me.has_tokens;
  show();
}

const theme = document.getElementById("theme");
const stored = () => { try { return localStorage.getItem("rapgrid-theme"); } catch { return null; } };
function dress(of) {
  document.documentElement.dataset.theme = of;
  theme.textContent = of === "dark" ? "Light" : "Dark";
}
dress(stored() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
theme.addEventListener("click", () => {
  dress(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
  try { localStorage.setItem("rapgrid-theme", document.documentElement.dataset.theme); } catch { /* for this window then */ }
  if (me) show();
});
document.getElementById("sign-out").addEventListener("click", async () => {
  await source.signOut();
  start();
});
addEventListener("hashchange", () => (new URLSearchParams(location.hash.slice(1)).get("token") ? start() : me && show()));
start();
