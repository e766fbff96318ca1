/* Makes the map a thing to go through with one Tab: arrows move in the order of the regions, Enter opens a place, Escape
   leaves. The words are those of the table. Without this the map is a picture, and the table above it leads everywhere. */
class WorldMap {
  constructor(figure) {
    this.figure = figure;
    this.svg = figure.querySelector("svg");
    this.said = figure.querySelector(".map-said");
    if (!this.svg) return;
    this.places = [...document.querySelectorAll(".map-table tr[data-order]")]
      .sort((a, b) => a.dataset.order - b.dataset.order)
      .map((row) => ({ row, shape: document.getElementById(`m-${row.id.slice(2)}`) }))
      .filter((place) => place.shape);
    if (!this.places.length) return;
    this.at = 0;
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", figure.dataset.hint);
    this.places.forEach((place, index) => this.prepare(place, index));
    this.places[0].shape.setAttribute("tabindex", "0");
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointerover", (event) => this.tell(this.under(event)));
    this.svg.addEventListener("click", (event) => this.open(this.under(event)));
    this.said.textContent = figure.dataset.hint;
  }

  prepare(place, index) {
    const cells = [...place.row.cells].map((cell) => cell.textContent.trim()).filter(Boolean);
    place.words = [cells[0], ...cells.slice(2)].join(" · ");
    place.url = place.row.querySelector("a").href;
    place.shape.setAttribute("role", "link");
    place.shape.setAttribute("tabindex", "-1");
    place.shape.setAttribute("aria-label", place.words);
    place.shape.addEventListener("focus", () => this.arrive(index));
    place.shape.addEventListener("blur", () => this.mark(null));
  }

  under(event) {
    return this.places.find((place) => place.shape === event.target);
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.places.length - 1;
    const to = {
      ArrowRight: this.at + 1,
      ArrowDown: this.at + 1,
      ArrowLeft: this.at - 1,
      ArrowUp: this.at - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      this.places[Math.min(Math.max(to, 0), last)].shape.focus();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.open(this.places[this.at]);
    } else if (event.key === "Escape") {
      this.leave();
    }
  }

  arrive(index) {
    this.places[this.at].shape.setAttribute("tabindex", "-1");
    this.at = index;
    this.places[index].shape.setAttribute("tabindex", "0");
    this.mark(this.places[index].shape);
    this.said.textContent = this.places[index].words;
  }

  /* A ring round the place: a shape of a few units is too small to show where one is. */
  mark(shape) {
    this.svg.querySelector(".at")?.remove();
    if (!shape) return;
    const box = shape.getBBox();
    const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    ring.setAttribute("class", "at");
    ring.setAttribute("cx", box.x + box.width / 2);
    ring.setAttribute("cy", box.y + box.height / 2);
    ring.setAttribute("r", Math.max(box.width, box.height) / 2 + 8);
    this.svg.append(ring);
  }

  tell(place) {
    if (place) this.said.textContent = place.words;
  }

  open(place) {
    if (place) location.assign(place.url);
  }

  /* On to what stands after the map, without going through the rest of it. */
  leave() {
    this.said.setAttribute("tabindex", "-1");
    this.said.focus();
  }
}

const figure = document.getElementById("map");
if (figure) new WorldMap(figure);
