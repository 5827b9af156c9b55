// Enters: the charts that the server drew, each with its specification. Leaves: the same charts,
// interactive. Whatever fails leaves the server's chart where it is.
"use strict";

(() => {
  const library = document.currentScript.dataset.library;
  let loading = null;

  function load() {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  }

  async function enliven(figure) {
    const still = figure.querySelector(".still");
    const live = document.createElement("div");
    live.className = "live";
    figure.append(live);
    try {
      const spec = JSON.parse(figure.querySelector("script").textContent);
      const embed = await load();
      await embed(live, { ...spec, width: "container" }, {
        actions: false,
        ast: true, // expressions are interpreted: the pages' policy forbids eval
        defaultStyle: false,
        renderer: "svg",
        tooltip: { disableDefaultStyle: true, theme: "ours" },
      });
      live.classList.add("ready");
      still.hidden = true;
    } catch {
      live.remove();
    }
  }

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        enliven(target);
      }
    },
    { rootMargin: "200px" },
  );
  if (!navigator.connection?.saveData) {
    document.querySelectorAll("figure.chart").forEach((figure) => watcher.observe(figure));
  }
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
  });
})();
