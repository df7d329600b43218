// <mj-copy value="…"> around a button: puts the value on the clipboard and says so. Without JavaScript, or on a page
// served without TLS where browsers offer no clipboard, the button stays hidden and the full value can be selected.
class Copy extends HTMLElement {
  connectedCallback() {
    if (!navigator.clipboard) return;
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.copy());
  }

  async copy() {
    await navigator.clipboard.writeText(this.getAttribute("value"));
    this.button.dataset.done = "";
    this.querySelector("[role=status]").textContent = this.button.dataset.said;
    setTimeout(() => delete this.button.dataset.done, 1600);
  }
}

customElements.define("mj-copy", Copy);
