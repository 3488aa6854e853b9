// Keeps the page in step with the call. Without this script the page works by its forms alone.
const part = (id, from = document) => from.getElementById(id);
const parts = ["top", "status", "note", "said", "ask", "answers", "turn", "foot"];
const now = part("now");

function apply(html, own) {
  const next = new DOMParser().parseFromString(html, "text/html");
  if (!part("ask", next)) return location.reload();
  document.documentElement.lang = next.documentElement.lang;
  document.title = next.title;
  for (const id of parts) {
    const old = part(id), fresh = part(id, next);
    if (!fresh || old.dataset.key === fresh.dataset.key) continue;
    const held = document.activeElement, inside = old.contains(held), at = held.selectionStart;
    const typed = old.querySelectorAll("[data-node]");
    old.replaceChildren(...fresh.childNodes);
    old.className = fresh.className;
    old.dataset.key = fresh.dataset.key;
    if (id !== "ask") {
      if (inside) old.querySelector("button, a")?.focus();
      continue;
    }
    if (!own && part("note")) note("");
    let to = own || inside || held === document.body ? part("prompt") : null;
    for (const was of typed) {
      const field = part(was.id);
      if (field?.dataset.node !== was.dataset.node) continue;
      field.value = was.value;
      if (held === was) to = field;
    }
    if (own) to = old.querySelector("[aria-invalid]") ?? to;
    to?.focus();
    if (at != null && to?.id === held.id) to.setSelectionRange(at, at);
  }
}

function note(text) {
  const place = part("note");
  place.textContent = text;
  place.className = text ? "notice" : "empty";
  place.dataset.key = text;
}

addEventListener("submit", async (event) => {
  if (!part("ask")) return;
  event.preventDefault();
  const form = event.target;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, event.submitter)) });
    apply(await answer.text(), true);
  } catch {
    note(now.dataset.offline);
  }
});

const live = new EventSource(now.dataset.live);
live.addEventListener("now", (event) => apply(event.data));
live.onerror = () => note(now.dataset.offline);
live.onopen = () => part("note").textContent === now.dataset.offline && note("");
part("prompt").focus();
