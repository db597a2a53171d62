// Theme, popup and filters. Everything is in the page already; this only shows and hides it.
(() => {
  const root = document.documentElement;
  const canHover = matchMedia("(hover: hover)");
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });

  // The popup repeats what a screen reader gets through aria-describedby, so it is hidden from it and holds no controls.
  const popup = document.createElement("div");
  popup.setAttribute("aria-hidden", "true");
  popup.className = "hidden";
  document.body.append(popup);
  let current = null;
  let pinned = false;
  let leaving = 0;

  const close = () => {
    clearTimeout(leaving);
    popup.className = "hidden";
    document.querySelectorAll("mark.active, .card.active").forEach((one) => one.classList.remove("active"));
    current = null;
    pinned = false;
  };
  const place = (target) => {
    if (matchMedia("(max-width: 860px)").matches) {
      popup.style.left = popup.style.top = ""; // a sheet at the lower edge; what it speaks of must stay in sight
      const hiddenBy = target.getBoundingClientRect().bottom + 12 - popup.getBoundingClientRect().top;
      if (hiddenBy > 0) scrollBy({ top: hiddenBy });
      return;
    }
    const lines = target.getClientRects();
    const last = lines[lines.length - 1];
    const left = Math.min(last.left + scrollX, scrollX + root.clientWidth - popup.offsetWidth - 16);
    const above = last.bottom + popup.offsetHeight + 16 > innerHeight && lines[0].top > popup.offsetHeight + 16;
    popup.style.left = Math.max(8, left) + "px";
    popup.style.top = (above ? lines[0].top - popup.offsetHeight - 8 : last.bottom + 8) + scrollY + "px";
  };
  const show = (target, content, look) => {
    close();
    popup.replaceChildren(...content);
    popup.className = look + " popup";
    place(target);
    current = target;
  };
  const copyOf = (card) => {
    const copy = card.cloneNode(true);
    copy.querySelectorAll("a").forEach((link) => link.replaceWith(link.textContent));
    copy.querySelectorAll("details").forEach((details) => {
      const list = details.querySelector("ul");
      list.className = "evidence";
      details.replaceWith(list);
    });
    return [...copy.childNodes];
  };
  const openMark = (mark) => {
    if (mark.classList.contains("off") || mark === current) return;
    const card = document.getElementById(mark.dataset.issue);
    show(mark, copyOf(card), card.className);
    mark.classList.add("active");
    card.classList.add("active");
    const list = card.closest("aside");
    if (list.scrollHeight > list.clientHeight) list.scrollTo({ top: card.offsetTop - list.clientHeight / 3 });
  };
  const openScore = (button) => {
    const head = document.createElement("p");
    head.textContent = button.textContent + " of 100, 80% interval " + button.dataset.interval;
    const why = document.createElement("ul");
    why.className = "evidence";
    why.append(
      ...button.dataset.drivers.split("; ").map((driver) => {
        const row = document.createElement("li");
        row.textContent = driver;
        return row;
      }),
    );
    show(button, [head, why], "card");
  };

  document.querySelectorAll("mark").forEach((mark) => {
    mark.removeAttribute("title"); // the card says it better
    mark.addEventListener("focus", () => openMark(mark));
  });
  document.addEventListener("mouseover", (event) => {
    if (!canHover.matches || pinned) return;
    const mark = event.target.closest("mark");
    clearTimeout(leaving);
    if (mark) openMark(mark);
    else if (current && !event.target.closest(".popup")) leaving = setTimeout(close, 250);
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("mark, .score, .popup");
    if (!target) return close();
    if (target === popup) return;
    if (target === current && pinned) return close();
    if (target.matches("mark")) openMark(target);
    else openScore(target);
    pinned = current !== null;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if ((event.key === "Enter" || event.key === " ") && event.target.matches("mark")) {
      event.preventDefault();
      event.target.click();
    }
  });
  addEventListener("resize", close);

  document.querySelectorAll("section.document").forEach((section) => {
    const strip = section.querySelector(".strip");
    if (strip)
      strip.addEventListener("click", (event) => {
        const bar = event.target.closest("g");
        if (!bar) return;
        section.querySelectorAll(".segment.target").forEach((one) => one.classList.remove("target"));
        const segment = document.getElementById(section.id + "s" + bar.dataset.segment);
        segment.classList.add("target");
        segment.scrollIntoView({ block: "center" });
      });

    const form = section.querySelector(".filters");
    if (!form) return;
    const box = form.closest("details");
    if (box && matchMedia("(max-width: 860px)").matches) box.open = false;
    const slider = form.querySelector("input[type=range]");
    const apply = () => {
      close();
      section.classList.toggle("scores", form.querySelector("[data-scores]").checked);
      if (!slider) return;
      const off = (kind) => new Set([...form.querySelectorAll(`input[data-${kind}]:not(:checked)`)].map((box) => box.dataset[kind]));
      const rules = off("rule"), severities = off("severity"), least = slider.value / 100;
      form.querySelector("output").textContent = slider.value + "%";
      const isHidden = (item) => rules.has(item.dataset.rule) || severities.has(item.dataset.severity) || item.dataset.confidence < least;
      section.querySelectorAll("mark").forEach((mark) => {
        mark.classList.toggle("off", isHidden(mark));
        mark.tabIndex = isHidden(mark) ? -1 : 0;
      });
      let shown = 0;
      section.querySelectorAll(".card").forEach((card) => {
        card.classList.toggle("hidden", isHidden(card));
        shown += !isHidden(card);
      });
      section.querySelector(".shown").textContent = shown;
    };
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    apply(); // a browser may have kept the boxes of the last visit
  });
})();
