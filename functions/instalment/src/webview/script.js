"use strict";
(() => {
  const TIMEOUT_MS = 15000;
  const SECTIONS = [
    ["orders", "Заказы"],
    ["payments", "История оплат"],
    ["documents", "Документы"],
    ["questions", "Вопросы и ответы"],
  ];
  const WRONG_AMOUNT = "Введите сумму цифрами, больше нуля.";
  const RENEWING = "Оформляем новую рассрочку…";
  const all = (selector) => document.querySelectorAll(selector);
  const one = (selector) => document.querySelector(selector);
  const shown = () => document.body.dataset.shown;

  // The session is in the fragment alone: no server and no log ever sees it there. What is no bearer token
  // by its letters could not be sent, and is none.
  const token = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
    return /^[\w.~+/-]+=*$/.test(given) ? given : "";
  };

  const show = (view) => {
    for (const section of all("[data-view]")) section.hidden = section.dataset.view !== view;
    document.body.dataset.shown = view;
    const heading = one(`[data-view="${view}"] h1`);
    document.title = heading.textContent;
    heading.focus();
  };

  // What happens next is the app's: it listens for these events in its Webview.
  const tellApp = (name, detail) => window.dispatchEvent(new CustomEvent(`tenor:${name}`, { detail }));

  // The body of a good answer, or the view that says what went wrong.
  const ask = async (method, signal) => {
    let response;
    try {
      response = await fetch(method, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token()}` },
        body: JSON.stringify({ method, params: {} }),
        cache: "no-store",
        credentials: "omit",
        redirect: "error",
        signal,
      });
    } catch {
      return { view: signal.aborted ? "error" : "offline" };
    }
    const body = await response.json().catch(() => null);
    if (response.ok) return { body };
    if (body?.error === "access_denied") return { view: "expired" };
    if (body?.error === "contract_not_terminal") return { view: "refused" };
    return { view: "error" };
  };

  const render = ({ view, body }) => {
    if (view) return show(view);
    if (body?.screen === "wanted_limit") return show("wanted");
    if (body?.screen !== "main_screen" || typeof body.contract_closed !== "boolean") return show("error");
    for (const line of all("[data-number]")) {
      line.hidden = !body.contract_number;
      line.querySelector("span").textContent = body.contract_number ?? "";
    }
    one("[data-stale]").hidden = body.stale !== true;
    one("[data-renewal]").hidden = body.closed_screen_button !== true;
    return show(body.contract_closed ? "closed" : "account");
  };

  // The one call under way: a second click, or a retry, while there is one changes nothing.
  let current = null;

  const run = async (method, { onWait, onDone }) => {
    if (current) return;
    const mine = new AbortController();
    current = mine;
    const timer = setTimeout(() => mine.abort(), TIMEOUT_MS);
    onWait();
    const answer = token() ? await ask(method, mine.signal) : { view: "expired" };
    clearTimeout(timer);
    onDone();
    if (current !== mine) return;
    current = null;
    render(answer);
  };

  const load = () => run("get_status", { onWait: () => show("loading"), onDone: () => {} });

  // The button stays focusable while it waits, so that the keyboard does not lose its place.
  const renew = () => {
    const waiting = (yes) => {
      one("[data-renew]").setAttribute("aria-disabled", String(yes));
      one("[data-progress]").textContent = yes ? RENEWING : "";
    };
    return run("renew_contract", { onWait: () => waiting(true), onDone: () => waiting(false) });
  };

  // With a new session in the fragment, or out of the browser's back-forward cache, what is shown is over,
  // and so is the call that was under way.
  const restart = () => {
    current?.abort();
    current = null;
    load();
  };

  const submit = (event) => {
    event.preventDefault();
    if (shown() !== "wanted") return;
    const input = one("#amount");
    const amount = input.value.replace(/\s/g, "");
    const wrong = !/^[1-9]\d{0,8}$/.test(amount);
    input.setAttribute("aria-invalid", String(wrong));
    one("#amount-error").textContent = wrong ? WRONG_AMOUNT : "";
    if (wrong) return input.focus();
    show("handed");
    tellApp("wanted-limit", { amount_rub: Number(amount) });
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
  one("[data-wanted]").addEventListener("submit", submit);
  one("[data-renew]").addEventListener("click", renew);
  for (const button of all("[data-retry]")) button.addEventListener("click", load);
  window.addEventListener("online", () => shown() === "offline" && load());
  window.addEventListener("hashchange", restart);
  window.addEventListener("pageshow", (event) => event.persisted && restart());
  load();
})();
