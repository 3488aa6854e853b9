// Keeps a console page live. Lines that are there already are left alone, so that a sound that plays goes on playing.
const board = document.getElementById("board");
const light = document.getElementById("light");

function apply(html) {
  const next = new DOMParser().parseFromString(html, "text/html").getElementById("board");
  if (!next) return location.reload();
  const old = board.querySelector("[data-rows]"), fresh = next.querySelector("[data-rows]");
  if (!old || !fresh) return board.replaceChildren(...next.childNodes);
  const known = new Map([...old.children].map((row) => [row.id, row]));
  const rows = [...fresh.children].map((row) => {
    const had = known.get(row.id);
    return had && had.dataset.key === row.dataset.key ? had : row;
  });
  const held = document.activeElement?.closest("[data-rows] > *")?.id;
  if (rows.length !== old.children.length || rows.some((row, i) => row !== old.children[i])) {
    // Rows that stay are not taken out and put back: that would stop their sound and lose the focus.
    rows.forEach((row, i) => row === old.children[i] || old.insertBefore(row, old.children[i] ?? null));
    while (old.children.length > rows.length) old.lastElementChild.remove();
    if (held && !document.activeElement?.closest("[data-rows]")) document.getElementById(held)?.querySelector("a")?.focus();
  }
  for (const facts of next.querySelectorAll("[data-fact]"))
    board.querySelector(`[data-fact="${facts.dataset.fact}"]`)?.replaceChildren(...facts.childNodes);
}

function show(on) {
  light.classList.toggle("off", !on);
  light.textContent = on ? light.dataset.on : light.dataset.off;
}

if (board?.dataset.live) {
  const live = new EventSource(board.dataset.live);
  live.addEventListener("now", (event) => apply(event.data));
  live.onopen = () => show(true);
  live.onerror = () => show(false);
}
