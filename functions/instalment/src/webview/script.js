"use strict";
(() => {
  const TIMEOUT_MS = 15000;
  const SECTIONS = [
    ["orders", "Заказы"],
    ["payments", "История оплат"],
    ["documents", "Документы"],
    ["questions", "Вопросы и ответы"],
  ];
  // The session is in the fragment alone: no server and no log ever sees it there.
  const token = () => new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  const all = (selector) => document.querySelectorAll(selector);
  const one = (selector) => document.querySelector(selector);
  let busy = false;

  const show = (view) => {
    for (const section of all("[data-view]")) section.hidden = section.dataset.view !== view;
    document.body.dataset.shown = view;
    one(`[data-view="${view}"] h1[tabindex]`)?.focus();
  };

  // What happens next is the app's: it listens for these events in its Webview.
  const tellApp = (name, detail) => window.dispatchEvent(new CustomEvent(`tenor:${name}`, { detail }));

  const call = async (method) => {
    if (!navigator.onLine) return { view: "offline" };
    let response;
    try {
      response = await fetch(method, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token()}` },
        body: JSON.stringify({ method, params: {} }),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = await response.json();
      if (response.ok) return { body };
      if (body.error === "access_denied") return { view: "expired" };
      if (body.error === "contract_not_terminal") return { view: "refused" };
    } catch {
      if (!response && !navigator.onLine) return { view: "offline" };
    }
    return { view: "error" };
  };

  const render = ({ view, body }) => {
    if (view) return show(view);
    if (body.screen === "wanted_limit") return show("wanted");
    if (body.screen !== "main_screen") return show("error");
    if (body.contract_closed) {
      one("[data-renew]").hidden = body.closed_screen_button !== true;
      return show("closed");
    }
    one("[data-number]").hidden = !body.contract_number;
    one("[data-number-text]").textContent = body.contract_number ?? "";
    one("[data-stale]").hidden = body.stale !== true;
    return show("account");
  };

  // One call at a time: a second click, or a retry while one is under way, changes nothing.
  const run = async (method, button) => {
    if (busy) return;
    busy = true;
    if (button) button.disabled = true;
    else show("loading");
    const answer = await call(method);
    busy = false;
    if (button) button.disabled = false;
    render(answer);
  };

  for (const nav of all("[data-sections]")) {
    const list = document.createElement("ul");
    for (const [name, title] of SECTIONS) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => tellApp("section", { name }));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    nav.append(list);
  }

  one("[data-wanted]").addEventListener("submit", (event) => {
    event.preventDefault();
    const input = one("#amount");
    const wrong = !/^[1-9][0-9]*$/.test(input.value.trim());
    input.setAttribute("aria-invalid", String(wrong));
    one("#amount-error").hidden = !wrong;
    if (wrong) return input.focus();
    tellApp("wanted-limit", { amount_rub: Number(input.value.trim()) });
    return show("handed");
  });
  one("[data-renew]").addEventListener("click", (event) => run("renew_contract", event.currentTarget));
  for (const button of all("[data-retry]")) button.addEventListener("click", () => run("get_status"));
  window.addEventListener("online", () => document.body.dataset.shown === "offline" && run("get_status"));
  run("get_status");
})();
