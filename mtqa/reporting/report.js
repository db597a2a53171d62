// Theme, filters and cards. Everything is in the page already; this only shows and hides it.
(() => {
  const root = document.documentElement;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  const popup = document.createElement("div");
  popup.setAttribute("role", "dialog");
  popup.setAttribute("aria-label", "issue");
  popup.className = "hidden";
  document.body.append(popup);
  let current = null;

  const close = () => {
    popup.className = "hidden";
    if (current) current.classList.remove("active");
    document.querySelectorAll(".card.active").forEach((card) => card.classList.remove("active"));
    current = null;
  };
  const open = (mark) => {
    if (mark.classList.contains("off")) return;
    close();
    const card = document.getElementById(mark.dataset.issue);
    popup.innerHTML = card.innerHTML;
    popup.className = card.className + " popup";
    const box = mark.getClientRects()[0];
    const left = Math.min(box.left + scrollX, scrollX + root.clientWidth - popup.offsetWidth - 16);
    popup.style.left = Math.max(8, left) + "px";
    popup.style.top = box.bottom + scrollY + 8 + "px";
    current = mark;
    mark.classList.add("active");
    card.classList.add("active");
  };

  document.querySelectorAll("mark").forEach((mark) => {
    mark.removeAttribute("title"); // the card says it better
    mark.addEventListener("mouseenter", () => matchMedia("(hover: hover)").matches && open(mark));
    mark.addEventListener("focus", () => open(mark));
    mark.addEventListener("click", () => open(mark));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("mark, .popup")) close();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());

  document.querySelectorAll("section.document").forEach((section) => {
    const form = section.querySelector(".filters");
    if (!form) return;
    const slider = form.querySelector("input[type=range]");
    const apply = () => {
      close();
      const off = (kind) => new Set([...form.querySelectorAll(`input[data-${kind}]:not(:checked)`)].map((box) => box.dataset[kind]));
      const rules = off("rule"), severities = off("severity"), least = slider.value / 100;
      form.querySelector("output").textContent = slider.value + " %";
      const hidden = (item) => rules.has(item.dataset.rule) || severities.has(item.dataset.severity) || item.dataset.confidence < least;
      section.querySelectorAll("mark").forEach((mark) => mark.classList.toggle("off", hidden(mark)));
      let shown = 0;
      section.querySelectorAll(".card").forEach((card) => {
        card.classList.toggle("hidden", hidden(card));
        shown += !hidden(card);
      });
      section.querySelector(".shown").textContent = shown;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
  });
})();
