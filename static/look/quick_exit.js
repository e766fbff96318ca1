/* Leaves a page that is dangerous to be seen with: empties it at once and takes its place in the history. Without this
   script the link alone leads away, and the page stays in the history. */
const PRESSES = 3;
const WITHIN = 2_000;

const way = document.querySelector("[data-quick-exit]");
const pressed = [];

function leave() {
  document.title = "";
  document.body.replaceChildren();
  location.replace(way.href);
}

if (way) {
  way.addEventListener("click", event => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || event.repeat) return;
    pressed.push(event.timeStamp);
    if (pressed.length >= PRESSES && event.timeStamp - pressed.at(-PRESSES) <= WITHIN) leave();
  });
}
