/**
 * Longer runs on the play page: begun as a job, watched, cancelled, shown when they have ended. A reload finds them again,
 * for the job of a question is remembered under the question.
 */
import { draw } from "/static/js/charts.js";

const LOOK_MS = 600;
const AGAIN_MS = 2000; // where the server does not answer
const part = document.getElementById("runs");
part.hidden = false;
for (const box of part.querySelectorAll("[data-run]")) watch(box);

/** The question on the page as the API takes it. */
function question() {
  const asked = {};
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (name === "lang" || name === "token" || value === "") continue;
    if (name !== "set") asked[name] = value;
    else {
      const [fact, ...rest] = value.split("=");
      asked.facts = { ...asked.facts, [fact]: rest.join("=") };
    }
  }
  return asked;
}

function request(kind) {
  const asked = question();
  if (kind === "draws") return { kind, request: { ...asked, draws: Number(part.dataset.draws) } };
  if (kind === "frontier") return { kind, request: asked };
  const { place, at, ...rest } = asked;
  return { kind: "screen", request: { sites: part.dataset.country, question: rest } };
}

function watch(box) {
  const kind = box.dataset.run;
  const [begin, cancel] = [box.querySelector("[data-begin]"), box.querySelector("[data-cancel]")];
  const [state, bar, result] = [box.querySelector(".state-text"), box.querySelector("progress"), box.querySelector(".result")];
  const key = () => `job ${kind} ${JSON.stringify(request(kind))}`;
  let job = null;

  const say = (text) => (state.textContent = text || "");

  function running(on) {
    begin.hidden = on;
    cancel.hidden = bar.hidden = !on;
  }

  async function look() {
    const mine = job;
    const answer = await fetch(`/api/jobs/${mine}`).catch(() => null);
    if (mine !== job) return;
    if (!answer || answer.status >= 500) {
      say(document.getElementById("ask").dataset.offline); // a server that is started again goes on with the run
      setTimeout(look, AGAIN_MS);
      return;
    }
    if (!answer.ok) {
      localStorage.removeItem(key());
      running(false);
      return say("");
    }
    const found = await answer.json();
    if (found.state === "queued" || found.state === "running") {
      running(true);
      if (found.total) {
        bar.max = found.total;
        bar.value = found.done;
        say(`${found.done} / ${found.total}`);
      } else bar.removeAttribute("value");
      setTimeout(look, LOOK_MS);
      return;
    }
    running(false);
    if (found.state !== "done") {
      localStorage.removeItem(key());
      return say(found.state === "cancelled" ? box.dataset.cancelled : found.error?.message || found.state);
    }
    say("");
    const shown = await fetch(`/plan/run/${mine}`);
    if (mine !== job || !shown.ok) return;
    const made = document.createElement("template");
    made.innerHTML = await shown.text();
    result.replaceChildren(made.content);
    draw(result);
  }

  begin.addEventListener("click", async () => {
    result.replaceChildren();
    const answer = await fetch("/api/jobs", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(request(kind)),
    });
    const found = await answer.json();
    if (!answer.ok) return say(found.error.message);
    job = found.id;
    localStorage.setItem(key(), job);
    look();
  });

  cancel.addEventListener("click", () => fetch(`/api/jobs/${job}/cancel`, { method: "POST" }));

  /** Another question has other runs. */
  function again() {
    const known = localStorage.getItem(key());
    if (known === job && known) return;
    job = known;
    result.replaceChildren();
    running(false);
    say("");
    if (job) look();
  }

  document.addEventListener("question", again);
  again();
}
