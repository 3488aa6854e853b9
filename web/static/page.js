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
    const held = document.activeElement, inside = old.contains(held);
    const typed = old.querySelector("#value"), at = typed?.selectionStart;
    old.replaceChildren(...fresh.childNodes);
    old.className = fresh.className;
    old.dataset.key = fresh.dataset.key;
    if (id !== "ask") {
      if (inside) old.querySelector("button, a")?.focus();
      continue;
    }
    if (!own && part("note")) note("");
    const field = part("value");
    const kept = typed && field?.dataset.node === typed.dataset.node;
    if (kept) field.value = typed.value;
    if (kept && held === typed) (field.focus(), field.setSelectionRange(at, at));
    else if (own || inside || held === document.body) part("prompt").focus();
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
