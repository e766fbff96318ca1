/* Keeps the number of an open petition in step while its page is looked at: one small file every ten seconds, nothing
   while the page is hidden. Where there is no such number, nothing happens. Words and digits are those of the server. */
const EVERY = 10_000;
const LONGEST = 300_000;
const QUIET = 30_000;

class LiveCount {
  constructor(element) {
    this.url = element.dataset.countUrl;
    this.words = JSON.parse(element.dataset.words);
    this.group = element.dataset.group;
    this.plural = new Intl.PluralRules(document.documentElement.lang);
    this.phrase = element.querySelector(".tally-count");
    this.bar = element.querySelector("progress");
    this.status = element.querySelector("[role=status]");
    this.shown = Number(element.dataset.count);
    this.wait = EVERY;
    this.saidAt = 0;
    this.timer = 0;
    document.addEventListener("visibilitychange", () => this.plan(0));
    this.plan(EVERY);
  }

  plan(delay) {
    clearTimeout(this.timer);
    if (!document.hidden) this.timer = setTimeout(() => this.look(), delay);
  }

  async look() {
    try {
      const answer = await fetch(this.url, { cache: "no-cache", credentials: "omit" });
      if (!answer.ok) throw new Error(answer.status);
      this.show((await answer.json()).count);
      this.wait = EVERY;
    } catch {
      this.wait = Math.min(this.wait * 2, LONGEST);
    }
    this.plan(this.wait);
  }

  show(count) {
    if (count === this.shown) return;
    this.shown = count;
    const [before, after] = this.words[this.plural.select(count)] ?? this.words.other;
    const number = document.createElement("b");
    number.textContent = String(count).replace(/\B(?=(\d{3})+$)/g, this.group);
    this.phrase.replaceChildren(before, number, after);
    if (this.bar) this.bar.value = count;
    this.say();
  }

  /* Aloud at most every half minute. */
  say() {
    const now = Date.now();
    if (now - this.saidAt < QUIET) return;
    this.saidAt = now;
    this.status.textContent = this.phrase.textContent;
  }
}

const element = document.querySelector("[data-count-url]");
if (element) new LiveCount(element);
