// Chance that repeats itself: the same seed brings the same run. Not here: what is decided by it.
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // From 0 to under 1 (mulberry32).
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  is(share) {
    return this.next() < share;
  }

  one(list) {
    return list[this.below(list.length)];
  }

  fill(bytes) {
    for (let place = 0; place < bytes.length; place += 1) bytes[place] = this.below(256);
    return bytes;
  }
}
