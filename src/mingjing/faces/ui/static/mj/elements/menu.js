// <mj-menu> around the button that folds the navigation away on a phone. Without JavaScript the navigation simply shows.
class Menu extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.rail = document.getElementById(this.button.getAttribute("aria-controls"));
    this.button.addEventListener("click", () => this.show(this.rail.dataset.menu === "closed"));
    this.rail.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.show(false);
      this.button.focus();
    });
    this.show(false);
  }

  show(open) {
    this.rail.dataset.menu = open ? "open" : "closed";
    this.button.setAttribute("aria-expanded", String(open));
  }
}

customElements.define("mj-menu", Menu);
