"use strict";
/* Series over time can be zoomed: the drawing stays for print, and for readers without scripts. */
(() => {
  const STEP = 2;
  const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2], [14, 5]];
  const shade = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const axis = label => ({ label, stroke: shade("--soft"), grid: { stroke: shade("--rule"), width: 1 }, ticks: { stroke: shade("--rule") } });

  const plot = (host, data, panel, said) => {
    const series = data.stacks.map(({ name, slot }) => ({
      label: name, stroke: shade(`--c${slot % 6}`), width: 2, dash: DASHES[slot % 6], spanGaps: true,
      value: (_, value) => value == null ? "–" : `${value.toPrecision(3)} ${data.unit}`,
    }));
    const drawn = new uPlot({
      width: host.clientWidth, height: 260, title: panel.title,
      scales: { x: { time: false } },
      axes: [axis("Second of load"), axis(data.unit)],
      series: [{ label: "Second" }, ...series],
    }, [data.x, ...panel.rows], host);
    const ends = [data.x[0], data.x[data.x.length - 1]];
    const tell = at => {
      const values = data.stacks.map(({ name }, row) => {
        const value = panel.rows[row][at];
        return `${name} ${value == null ? "not loaded" : `${value.toPrecision(3)} ${data.unit}`}`;
      });
      said.textContent = `${panel.title}, second ${data.x[at]}: ${values.join(", ")}`;
    };
    let at = 0;
    const go = to => {
      at = Math.min(Math.max(to, 0), data.x.length - 1);
      drawn.setCursor({ left: drawn.valToPos(data.x[at], "x"), top: 0 });
      tell(at);
    };
    const zoom = by => {
      const middle = data.x[at], half = (drawn.scales.x.max - drawn.scales.x.min) * by / 2;
      drawn.setScale("x", { min: Math.max(ends[0], middle - half), max: Math.min(ends[1], middle + half) });
    };
    const keys = {
      ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), Home: () => go(0), End: () => go(Infinity),
      "+": () => zoom(1 / STEP), "=": () => zoom(1 / STEP), "-": () => zoom(STEP),
      Escape: () => drawn.setScale("x", { min: ends[0], max: ends[1] }),
    };
    drawn.root.tabIndex = 0;
    drawn.root.setAttribute("role", "group");
    drawn.root.setAttribute("aria-label", `${panel.title}: arrows move, plus and minus zoom, Escape shows all`);
    drawn.root.addEventListener("keydown", event => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
    return drawn;
  };

  const figures = [...document.querySelectorAll("figure:has(script.series)")];
  const made = new Map();
  const enhance = figure => {
    const data = JSON.parse(figure.querySelector("script.series").textContent);
    const host = figure.querySelector(".zoom") || document.createElement("div");
    host.className = "zoom";
    host.replaceChildren();
    const hint = document.createElement("p");
    hint.className = "note";
    hint.textContent = "Drag to zoom, double-click to show all. By keyboard: arrows move, + and - zoom, Escape shows all.";
    const said = document.createElement("p");
    said.setAttribute("aria-live", "polite");
    said.className = "note";
    figure.querySelector(".drawn").before(host);
    host.append(hint);
    const plots = data.panels.map(panel => plot(host, data, panel, said));
    host.append(said);
    figure.classList.add("zoomed");
    made.set(figure, plots);
  };
  for (const figure of figures) {
    const folded = figure.closest("details");
    const once = () => { if (folded.open && !made.has(figure)) enhance(figure); };
    folded.addEventListener("toggle", once);
    once();
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const figure of made.keys()) enhance(figure); });
  addEventListener("resize", () => {
    for (const [figure, plots] of made) for (const each of plots) each.setSize({ width: figure.querySelector(".zoom").clientWidth, height: 260 });
  });
})();
