/** The first page: what a country is called under the hand, and how far the answers are. */

const progress = document.getElementById("progress");
const ASK_MS = 1500;

if (progress) {
  const ask = async () => {
    const answer = await fetch("/world.json").catch(() => null);
    if (answer && answer.ok) {
      const { current, done, of } = await answer.json();
      if (current) {
        location.reload();
        return;
      }
      if (of) progress.textContent = progress.dataset.text.replace("{done}", done).replace("{of}", of);
    }
    setTimeout(ask, ASK_MS);
  };
  setTimeout(ask, ASK_MS);
}

const map = document.querySelector("svg.world");
if (map) {
  const label = document.createElement("p");
  label.className = "under-hand";
  label.setAttribute("aria-hidden", "true");
  map.after(label);
  const say = (event) => {
    const country = event.target.closest("a[data-iso]");
    label.textContent = country ? country.getAttribute("aria-label") : "";
  };
  map.addEventListener("pointerover", say);
  map.addEventListener("focusin", say);
  map.addEventListener("pointerleave", () => (label.textContent = ""));
}
