/** Suggestions for a field that takes a place: type in any language, choose with the arrows or the hand. */

const MOST_MS = 120; // of silence before the server is asked

for (const field of document.querySelectorAll("input[data-suggest]")) suggest(field);

function suggest(field) {
  const list = document.createElement("ul");
  list.id = `${field.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  field.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    field.setAttribute(name, value);

  let chosen = -1;
  let timer = 0;
  let number = 0;

  async function look() {
    const mine = ++number;
    const text = field.value.trim();
    if (!text) return close();
    const lang = document.documentElement.lang;
    const answer = await fetch(`/api/places?q=${encodeURIComponent(text)}&lang=${lang}`).catch(() => null);
    if (mine !== number || !answer || !answer.ok) return;
    const found = (await answer.json()).places;
    list.replaceChildren(...found.map(option));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    mark(-1);
  }

  function option(place, k) {
    const item = document.createElement("li");
    item.id = `${list.id}-${k}`;
    item.setAttribute("role", "option");
    item.dataset.words = place.words;
    const name = document.createElement("b");
    name.textContent = place.name;
    item.append(name, place.within ? ` ${place.within}` : "");
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      take(item);
    });
    return item;
  }

  function mark(k) {
    chosen = k;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === k)));
    if (k >= 0) field.setAttribute("aria-activedescendant", list.children[k].id);
    else field.removeAttribute("aria-activedescendant");
  }

  function take(item) {
    field.value = item.dataset.words;
    close();
    field.form.requestSubmit();
  }

  function close() {
    number++;
    clearTimeout(timer);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, MOST_MS);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const n = list.hidden ? 0 : list.children.length;
    if (event.key === "ArrowDown" && !n) look();
    else if (event.key === "ArrowDown" && n) mark((chosen + 1) % n);
    else if (event.key === "ArrowUp" && n) mark((chosen + n - 1) % n);
    else if (event.key === "Enter" && n && chosen >= 0) take(list.children[chosen]);
    else if (event.key === "Escape" && n) close();
    else return;
    event.preventDefault();
  });
}
