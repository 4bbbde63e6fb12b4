"use strict";
/* The page is complete without this. It adds: sorting, leaving out stacks and cases, keeping both in the address,
   opening what a link points into, saving the data, and unfolding everything for print. */
(() => {
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const state = new URLSearchParams();

  /* The address: "#method" is a place, "#hide=1&sort=-2&at=method" a view with a place in it. */
  const keep = () => {
    for (const [name, value] of [...state]) if (!value) state.delete(name);
    history.replaceState(null, "", `#${state}`);
  };
  const reveal = id => {
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  };
  const arrive = () => {
    const text = location.hash.slice(1);
    if (text.includes("=")) {
      for (const name of [...state.keys()]) state.delete(name);
      for (const [name, value] of new URLSearchParams(text)) state.set(name, value);
      show();
      reveal(state.get("at"));
      return;
    }
    reveal(decodeURIComponent(text));
    if (state.has("hide") || state.has("sort") || state.has("without")) {
      state.set("at", text);
      keep();
    }
  };

  /* Leaving out: stacks by their place among the colours, cases by their id. */
  const picked = name => new Set((state.get(name) || "").split(".").filter(Boolean));
  const filters = document.getElementById("filters");
  const leave = () => {
    const stacks = picked("hide"), cases = picked("without");
    for (const item of all("[data-slot]")) item.hidden = stacks.has(item.dataset.slot);
    for (const table of all("table")) {
      all("thead th", table).forEach((head, place) => {
        if (!head.dataset.slot) return;
        const gone = stacks.has(head.dataset.slot);
        for (const row of table.rows) if (row.cells.length > place) row.cells[place].hidden = gone;
      });
    }
    for (const item of all("[data-case]")) item.hidden = cases.has(item.dataset.case);
    if (!filters) return;
    for (const box of filters.elements) if (box.type === "checkbox") {
      box.checked = !(box.name === "stack" ? stacks : cases).has(box.value);
    }
    const left = stacks.size + cases.size;
    document.getElementById("left-out").textContent = left ? `${left} left out below.` : "";
  };
  if (filters) {
    filters.hidden = false;
    filters.addEventListener("change", event => {
      const name = event.target.name === "stack" ? "hide" : "without", out = picked(name);
      event.target.checked ? out.delete(event.target.value) : out.add(event.target.value);
      state.set(name, [...out].sort().join("."));
      keep();
      leave();
    });
    filters.addEventListener("reset", event => {
      event.preventDefault();
      state.delete("hide");
      state.delete("without");
      keep();
      leave();
    });
  }

  /* Sorting: within groups, what has no number last; a third press restores the order of the page. */
  const tables = all("table[data-sortable]");
  const sort = () => {
    const [, sign, place] = /^(-?)(\d+)$/.exec(state.get("sort") || "") || [];
    for (const table of tables) {
      all("thead th", table).forEach((head, column) => {
        const mine = Number(place) === column;
        if (mine) head.setAttribute("aria-sort", sign ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      const rank = row => {
        const cell = place ? row.cells[place] : null;
        return cell && cell.dataset.sort ? Number(cell.dataset.sort) * (sign ? -1 : 1) : Infinity;
      };
      for (const body of table.tBodies) {
        const rows = all("tr:not(.group)", body);
        rows.forEach((row, at) => { row.dataset.at ??= at; });
        rows.sort((one, other) => (place && rank(one) - rank(other)) || one.dataset.at - other.dataset.at);
        body.append(...rows);
      }
    }
  };
  for (const table of tables) all("thead th", table).forEach((head, column) => {
    if (!table.querySelector(`td[data-sort]:nth-child(${column + 1})`)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const now = state.get("sort"), up = String(column), down = `-${column}`;
      state.set("sort", now === up ? down : now === down ? "" : up);
      keep();
      sort();
    });
  });

  const show = () => { leave(); sort(); };
  addEventListener("hashchange", arrive);
  if (location.hash) arrive();

  const save = document.getElementById("save");
  if (save) save.hidden = false;
  save?.addEventListener("click", () => {
    const text = document.getElementById("run-data").textContent;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = save.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = all("details:not([open])");
    for (const item of opened) item.open = true;
  });
  addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
  });
})();
