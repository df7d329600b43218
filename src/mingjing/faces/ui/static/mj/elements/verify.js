// <mj-verify digest="…" address="…"> around a file field: works out the SHA-256 of a chosen file in this browser and says
// whether it is the one asked about, or goes to the page about it. Nothing is sent. Browsers offer the hash on pages
// served with TLS only; elsewhere the field stays hidden, and the digest can be written by hand.
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

export async function digestOf(file) {
  return hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
}

class Verify extends (globalThis.HTMLElement ?? Object) {
  connectedCallback() {
    if (!globalThis.crypto?.subtle) return;
    this.querySelector("[data-drop]").hidden = false;
    this.field = this.querySelector("input[type=file]");
    this.field.addEventListener("change", () => this.compare(this.field.files[0]));
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      this.compare(event.dataTransfer.files[0]);
    });
  }

  async compare(file) {
    if (!file) return;
    const digest = await digestOf(file);
    const wanted = this.getAttribute("digest");
    if (!wanted) return location.assign(this.getAttribute("address").replace("DIGEST", digest));
    for (const answer of this.querySelectorAll("[data-answer]")) answer.hidden = (answer.dataset.answer === "same") !== (digest === wanted);
    this.querySelector("[data-found]").textContent = digest;
  }
}

globalThis.customElements?.define("mj-verify", Verify);
