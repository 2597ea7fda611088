"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

// The document gives its own address only to a validator elsewhere, which is not asked.
SwaggerUIBundle({
  url: document.querySelector("#reference").dataset.document,
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  onComplete() {
    // It takes itself for the whole page.
    document.querySelector("#reference main")?.setAttribute("role", "none");
    document.querySelector("#reference h1")?.setAttribute("aria-level", "2");
  },
});
