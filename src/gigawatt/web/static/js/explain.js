// A number opens in a panel beside the page; without this script, or with a modifier key, it opens as a page.

const opened = "main#main";

function panel() {
  let dialog = document.getElementById("explain-panel");
  if (dialog) return dialog;
  dialog = document.createElement("dialog");
  dialog.id = "explain-panel";
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "×";
  close.setAttribute("aria-label", document.documentElement.dataset.close || "Close");
  close.addEventListener("click", () => dialog.close());
  const body = document.createElement("div");
  body.className = "panel-body";
  body.setAttribute("aria-live", "polite");
  dialog.append(close, body);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  return dialog;
}

function inPanel(link) {
  const address = new URL(link.href, location.href);
  return address.origin === location.origin && ["/explain", "/programme"].includes(address.pathname) &&
    ["figure", "fact", "source", "claims"].some((kind) => address.searchParams.has(kind));
}

let latest = 0;

async function show(link) {
  const turn = ++latest;
  let text;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch {
    location.href = link.href;
    return;
  }
  if (turn !== latest) return;
  const found = new DOMParser().parseFromString(text, "text/html").querySelector(opened);
  if (!found) {
    location.href = link.href;
    return;
  }
  const dialog = panel();
  const body = dialog.querySelector(".panel-body");
  body.replaceChildren(...found.childNodes);
  const title = body.querySelector("h1");
  if (title) {
    title.id = "explain-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  if (!dialog.open) dialog.showModal();
  body.scrollTop = 0;
}

// "What moves it most" takes a second: it is fetched in place.
async function findMovers(link) {
  const place = link.closest("#movers");
  link.textContent = link.dataset.busy;
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#movers");
    place.replaceWith(found);
    found.querySelector(".wide")?.focus();
  } catch {
    location.href = link.href;
  }
}

/** The figure of a row, for a click on another number of it: its range, its share. */
function ofRow(target) {
  if (!target.closest("td") || target.closest("button, input, summary, select, label") || String(getSelection())) return null;
  const links = target.closest("tr").querySelectorAll("a.number");
  return new Set([...links].map((a) => a.href)).size === 1 ? links[0] : null;
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[href]") || ofRow(event.target);
  if (link?.matches(".find-movers")) {
    event.preventDefault();
    findMovers(link);
    return;
  }
  if (!link || !inPanel(link)) return;
  if (location.pathname === "/explain" && !link.closest("dialog")) return; // already on the page itself
  event.preventDefault();
  show(link);
});
