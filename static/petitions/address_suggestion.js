/* Asks about a probable typing mistake in the domain of an e-mail address, beside the field, once it is left. It only
   asks: the form goes out with whatever stands in it. While a finger or mouse is down nothing moves, since what moves
   away from below it is not pressed. The lists are the server's, and so is the rule: see
   `campaigns/address_suggestions.py`. */
function oneSlip(typed, meant) {
  const [short, long] = typed.length <= meant.length ? [typed, meant] : [meant, typed];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  if (long.length === short.length + 1) return short.slice(start) === long.slice(start + 1);
  if (long.length !== short.length || start === short.length) return false;
  const swapped = short[start] === long[start + 1] && short[start + 1] === long[start];
  return short.slice(start + 1) === long.slice(start + 1) || (swapped && short.slice(start + 2) === long.slice(start + 2));
}

function suggestion(typed, { meant, real }) {
  const at = typed.lastIndexOf("@");
  const domain = typed.slice(at + 1).trim().toLowerCase();
  if (at < 1 || meant.includes(domain) || real.includes(domain)) return null;
  const near = meant.filter(known => oneSlip(domain, known));
  return near.length === 1 ? `${typed.slice(0, at).trimStart()}@${near[0]}` : null;
}

const SETTLED = 150;
let pressed = false;
document.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { pressed = false; }, true);

function onceNothingIsPressed(act) {
  setTimeout(() => (pressed ? onceNothingIsPressed(act) : act()), SETTLED);
}

for (const place of document.querySelectorAll("[data-domains]")) {
  const field = place.closest("form").elements.namedItem("email");
  const domains = JSON.parse(place.dataset.domains);

  const ask = () => {
    const address = suggestion(field.value, domains);
    if (!address) return place.replaceChildren();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "as-link";
    const text = document.createElement("bdi");
    text.textContent = address;
    button.append(text);
    button.addEventListener("click", () => {
      field.value = address;
      place.replaceChildren();
      field.focus();
    });
    place.replaceChildren(place.dataset.before, button, place.dataset.after);
  };

  field.addEventListener("change", () => onceNothingIsPressed(ask));
  ask();
}
