// Proof of work on the page of a flooded petition: ALTCHA's own workers look for the solution while somebody reads, and
// the form takes it along. Where a browser cannot, nothing changes, and the page's other way remains.

const found = document.querySelector("template[data-challenge]");

if (found && globalThis.Worker && globalThis.crypto?.subtle) {
  const words = found.dataset;
  const box = found.content.firstElementChild.cloneNode(true);
  const status = box.querySelector("[role=status]");
  const button = box.querySelector("button");
  const field = box.querySelector("input[name=proof]");
  const challenge = JSON.parse(words.challenge);
  const workers = [];
  // What the Enter key presses: here the way of the proof, not the other one.
  const enter = document.querySelector("[data-enter]");
  const way = enter?.name;
  let wanted = false;
  let failed = false;

  const end = () => {
    for (const worker of workers.splice(0)) worker.terminate();
  };
  const fail = () => {
    end();
    failed = true;
    if (enter) enter.name = way;
    button.remove();
    status.textContent = words.failed;
  };
  const solved = (solution) => {
    end();
    field.value = btoa(JSON.stringify({ challenge, solution }));
    status.textContent = words.ready;
    if (wanted) box.closest("form").requestSubmit(button);
  };
  const work = (first, many) => {
    const worker = new Worker(words.worker);
    workers.push(worker);
    worker.onerror = fail;
    worker.onmessage = ({ data }) => (data && !data.error ? solved(data) : fail());
    worker.postMessage({ type: "work", challenge, counterStart: first, counterStep: many, timeout: 300000 });
  };

  if (enter) enter.name = "";
  for (const pressed of [button, enter]) {
    pressed?.addEventListener("click", (event) => {
      if (field.value || failed) return;
      event.preventDefault();
      wanted = true;
    });
  }
  found.after(box);
  for (const other of document.querySelectorAll("[data-without-script]")) other.hidden = true;
  document.querySelector(".way button[name=way]")?.classList.add("button-quiet");
  status.textContent = words.working;
  const many = Math.min(4, navigator.hardwareConcurrency || 2);
  for (let first = 0; first < many; first += 1) work(first, many);
}
