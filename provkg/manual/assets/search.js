// made by provkg docs
"use strict";

(() => {
  const MOST = 40;
  const box = document.getElementById("search");
  const list = document.getElementById("found");
  const count = document.getElementById("count");
  const toc = document.querySelector(".toc details");

  // Open beside the text, folded above it.
  if (toc) toc.open = matchMedia("(min-width: 64rem)").matches;
  box.closest(".search").hidden = false;

  // Cards out of sight have a guessed height; once those near a place are drawn, it has moved by what was guessed wrong.
  const settle = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const drawn = () => {
      if (Math.abs(place.getBoundingClientRect().top) < innerHeight) place.scrollIntoView();
    };
    if (place) requestAnimationFrame(() => requestAnimationFrame(drawn));
  };
  addEventListener("load", settle);
  addEventListener("hashchange", settle);

  // The index is half as large as a page, so only who searches loads it.
  let loading = null;
  const index = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = "search-index.js";
      script.onload = () => resolve(window.provkgIndex);
      script.onerror = reject;
      document.head.append(script);
    }));

  const place = (wanted, [name, , says]) => {
    const called = name.toLowerCase();
    if (called === wanted) return 0;
    if (called.startsWith(wanted)) return 1;
    if (called.includes(wanted)) return 2;
    const words = wanted.split(/\s+/);
    const text = `${called} ${says.toLowerCase()}`;
    return words.every((word) => text.includes(word)) ? 3 : -1;
  };

  const foreign = ([, sort]) => (sort === "elsewhere" ? 1 : 0);

  const line = ([name, sort, says, address]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const parts = [["i", sort], ["b", name], ["span", says]];
    for (const [kind, text] of parts) {
      const part = document.createElement(kind);
      part.textContent = text;
      link.append(part, " ");
    }
    link.href = address;
    item.append(link);
    return item;
  };

  const show = async () => {
    const wanted = box.value.trim().toLowerCase().replace(/^(pvk|shapes):/, "");
    if (!wanted) return hide();
    const entries = await index();
    const ranked = entries
      .map((entry) => [place(wanted, entry), entry])
      .filter(([rank]) => rank >= 0)
      .sort(([one, a], [other, b]) => one - other || foreign(a) - foreign(b) || a[0].length - b[0].length);
    list.replaceChildren(...ranked.slice(0, MOST).map(([, entry]) => line(entry)));
    list.hidden = ranked.length === 0;
    count.textContent = ranked.length === 1 ? "1 found" : `${ranked.length} found`;
  };

  const hide = () => {
    list.hidden = true;
    count.textContent = "";
  };

  const step = (by) => {
    const links = [...list.querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    const next = here + by;
    if (next < 0) box.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  };

  box.addEventListener("focus", () => void index());
  box.addEventListener("input", () => void show());
  box.closest(".search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target === box) {
      list.querySelector("a")?.click();
    } else if (event.key === "Escape") {
      hide();
      box.focus();
    }
  });
  list.addEventListener("click", hide);
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, textarea")) {
      event.preventDefault();
      box.focus();
    }
  });
})();
