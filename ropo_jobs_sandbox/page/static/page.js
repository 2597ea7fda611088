"use strict";

// A page that says what was done begins there, for screen readers too.
const notice = document.getElementById("notice");
if (notice.querySelector(".notice")) notice.focus({ preventScroll: true });

// Of the options of faults, only those of the chosen kind are shown, and sent.
const kind = document.getElementById("kind");
if (kind) {
  const choose = () => {
    for (const option of document.querySelectorAll(".option")) {
      option.hidden = !option.dataset.kinds.split(" ").includes(kind.value);
      for (const field of option.querySelectorAll("input, select")) field.disabled = option.hidden;
      for (const hint of option.querySelectorAll("[data-kind]")) hint.hidden = hint.dataset.kind !== kind.value;
      for (const name of option.querySelectorAll(".of")) name.hidden = true;
    }
  };
  const lasting = document.getElementById("lasting");
  const last = () => (document.getElementById("times").disabled = lasting.checked);
  kind.addEventListener("change", choose);
  lasting.addEventListener("change", last);
  choose();
  last();
}
