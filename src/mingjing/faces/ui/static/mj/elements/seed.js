// <mj-seed inputs="…" file="…" for="…">: makes a seed and its commitment in this browser, shows the seed once to be saved,
// and puts the commitment (docs/reference/draw-format.md) into the field named. Nothing is sent but what the form sends.
// Browsers offer the hash on pages served with TLS only; elsewhere the button stays hidden, and the command remains.
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

class Seed extends HTMLElement {
  connectedCallback() {
    if (!globalThis.crypto?.subtle) return;
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.make());
  }

  async make() {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const label = new TextEncoder().encode("mingjing.draw.seed/1\0");
    const hashed = await crypto.subtle.digest("SHA-256", new Uint8Array([...label, ...seed]));
    const file = { format: "mingjing.assessments.draw.seed/1", inputs: this.getAttribute("inputs"), seed: hex(seed) };
    const link = this.querySelector("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file) + "\n"], { type: "application/json" }));
    link.download = this.getAttribute("file");
    this.querySelector("code").textContent = file.seed;
    this.querySelector("[role=status]").hidden = false;
    this.button.hidden = true;
    document.getElementById(this.getAttribute("for")).value = hex(hashed);
  }
}

customElements.define("mj-seed", Seed);
