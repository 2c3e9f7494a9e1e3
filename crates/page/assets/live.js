// Asks the coordinator. Every address is relative, so that a proxy may put the page wherever it likes.

import { decode } from "./picture.js";

/** The coordinator wants a token, or another one. */
export class Unknown extends Error {}

async function ask(path, options = {}) {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  if (answer.ok) return answer;
  const reason = (await answer.text()).trim() || `${answer.status} ${answer.statusText}`;
  throw answer.status === 401 ? new Unknown(reason) : new Error(reason);
}

const post = (path, body) => ask(path, {
  method: "POST",
  headers: { "x-rapgrid": "1", "content-type": "application/json" },
  body: body === undefined ? undefined : JSON.stringify(body),
});

const query = (asked) => new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== undefined && value !== null));

export class Live {
  isFrozen = false;

  constructor(onUnknown) {
    this.onUnknown = onUnknown;
  }

  me = async () => (await ask("api/me")).json();
  signIn = (token) => post("sign-in", { token });
  signOut = () => post("sign-out");
  sweep = async (name) => (await ask(`api/sweeps/${encodeURIComponent(name)}`)).json();
  transitions = async (name) => (await ask(`api/sweeps/${encodeURIComponent(name)}/transitions`)).json();
  point = async (name, asked) => (await ask(`api/sweeps/${encodeURIComponent(name)}/point?${query(asked)}`)).json();
  tell = async (name, verb) => (await post(`api/sweeps/${encodeURIComponent(name)}/${verb}`)).json();

  /** A slice, or what has changed in the one that is there. */
  async picture(name, asked, old) {
    const path = `api/sweeps/${encodeURIComponent(name)}/picture?${query({ ...asked, since: old?.version })}`;
    return decode(await (await ask(path)).arrayBuffer(), old);
  }

  list = (told) => this.#follow("api/events", "list", told);
  beats = (name, told) => this.#follow(`api/sweeps/${encodeURIComponent(name)}/events`, "beat", told);

  /** Follows events until the function that it returns is called. A page that nobody sees gives its connection back:
   *  browsers have few for one address. */
  #follow(path, event, told) {
    let source = null, again = 0, isOver = false;
    const close = () => { source?.close(); source = null; };
    const open = () => {
      close();
      if (isOver || document.hidden) return;
      source = new EventSource(path);
      source.addEventListener(event, (message) => told(JSON.parse(message.data)));
      source.onerror = () => {
        told({ trouble: "the coordinator does not answer; trying again" });
        // A browser tries again by itself, but not after an answer that says no.
        if (source?.readyState !== EventSource.CLOSED) return;
        close();
        this.me().catch((error) => error instanceof Unknown && !isOver && this.onUnknown());
        clearTimeout(again);
        again = setTimeout(open, 2000);
      };
    };
    document.addEventListener("visibilitychange", open);
    open();
    return () => {
      isOver = true;
      clearTimeout(again);
      document.removeEventListener("visibilitychange", open);
      close();
    };
  }
}
