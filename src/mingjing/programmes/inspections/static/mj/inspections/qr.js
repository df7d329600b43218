// A QR code of an address (ISO/IEC 18004: bytes, error correction M, versions 1 to 6), so that a phone can show a task's
// code without a network. The mask is given: any mask is read. Not here: drawing it (code.js).

// By version: error correction codewords of a block, blocks, codewords in all; where the second finder of alignment stands.
const SIZES = [[10, 1, 26, 0], [16, 1, 44, 18], [26, 1, 70, 22], [18, 2, 100, 26], [24, 2, 134, 30], [16, 4, 172, 34]];
const FORMAT = 0b00011; // correction M, mask 3
const dark = (row, column) => (row + column) % 3 === 0;

// Rows of true (dark) and false of a text of at most 106 bytes.
export function matrix(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = SIZES.findIndex(([correction, blocks, all]) => bytes.length + 2 <= all - correction * blocks);
  if (version < 0) throw new RangeError("the text is too long for a QR code");
  const size = 21 + 4 * version;
  const [modules, fixed] = [0, 0].map(() => Array.from({ length: size }, () => Array(size).fill(false)));
  const set = (row, column, value) => {
    modules[row][column] = value;
    fixed[row][column] = true;
  };
  patterns(set, size, SIZES[version][3]);
  format(set, size);
  fill(modules, fixed, codewords(bytes, SIZES[version]));
  return modules;
}

function patterns(set, size, second) {
  for (let at = 0; at < size; at += 1) {
    set(6, at, at % 2 === 0);
    set(at, 6, at % 2 === 0);
  }
  const ring = (row, column, reach, isDark) => {
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) {
        const [r, c] = [row + down, column + right];
        if (r >= 0 && c >= 0 && r < size && c < size) set(r, c, isDark(Math.max(Math.abs(down), Math.abs(right))));
      }
    }
  };
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) ring(row, column, 4, (far) => far !== 2 && far !== 4);
  if (second) ring(second, second, 2, (far) => far !== 1);
}

function format(set, size) {
  let rest = FORMAT;
  for (let turn = 0; turn < 10; turn += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((FORMAT << 10) | rest) ^ 0x5412;
  const bit = (at) => ((bits >>> at) & 1) === 1;
  for (let at = 0; at < 15; at += 1) {
    const [row, column] = at < 6 ? [at, 8] : at < 8 ? [at + 1, 8] : at === 8 ? [8, 7] : [8, 14 - at];
    set(row, column, bit(at));
    if (at < 8) set(8, size - 1 - at, bit(at));
    else set(size - 15 + at, 8, bit(at));
  }
  set(size - 8, 8, true);
}

// Data with its padding and corrections, the blocks interleaved.
function codewords(bytes, [correction, blocks, all]) {
  const room = all - correction * blocks;
  const bits = [[4, 4], [bytes.length, 8], ...bytes.map((byte) => [byte, 8]), [0, 4]].flatMap(([value, width]) => Array.from({ length: width }, (_, at) => (value >>> (width - 1 - at)) & 1));
  const data = Array.from({ length: Math.floor(bits.length / 8) }, (_, at) => bits.slice(at * 8, at * 8 + 8).reduce((sum, one) => sum * 2 + one, 0));
  for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad);
  const each = Math.floor(room / blocks), longer = room % blocks;
  const parts = [];
  for (let block = 0, from = 0; block < blocks; block += 1) {
    const length = each + (block >= blocks - longer ? 1 : 0);
    parts.push(data.slice(from, from + length));
    from += length;
  }
  const corrections = parts.map((part) => remainder(part, correction));
  const woven = (lists) => Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, at) => lists.map((list) => list[at])).flat().filter((one) => one !== undefined);
  return [...woven(parts), ...woven(corrections)];
}

// Reed and Solomon's remainder, in the field of 256 by 0x11d.
function remainder(data, degree) {
  const divisor = Array(degree).fill(0);
  divisor[degree - 1] = 1;
  for (let turn = 0, root = 1; turn < degree; turn += 1, root = times(root, 2)) {
    for (let at = 0; at < degree; at += 1) divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
  }
  const rest = Array(degree).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift();
    rest.push(0);
    divisor.forEach((one, at) => (rest[at] ^= times(one, factor)));
  }
  return rest;
}

function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) product = (product << 1) ^ ((product >>> 7) * 0x11d) ^ (((other >>> bit) & 1) * one);
  return product;
}

// In pairs of columns from the right, up and down in turn.
function fill(modules, fixed, words) {
  const size = modules.length;
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      for (const column of [right, right - 1]) {
        const row = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (fixed[row][column]) continue;
        const bit = at < words.length * 8 && ((words[at >>> 3] >>> (7 - (at & 7))) & 1) === 1;
        modules[row][column] = bit !== dark(row, column);
        at += 1;
      }
    }
  }
}
