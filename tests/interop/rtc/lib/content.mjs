// What test messages hold: a function of a seed, so that both sides know it without telling. Runs
// in Node and in a page.

const golden_step = 0x9e3779b1;
const printable_first = 0x20;
const printable_count = 95;

/// Message `index` of a series: the little-endian words of xorshift32.
export function binary_content(seed, index, bytes) {
  const content = new Uint8Array(bytes);
  let word = (Math.imul(seed, golden_step) + index) | 0 || 1;
  for (let at = 0; at < bytes; at += 1) {
    if (at % 4 === 0) {
      word ^= word << 13;
      word ^= word >>> 17;
      word ^= word << 5;
    }
    content[at] = word >>> (8 * (at % 4));
  }
  return content;
}

/// The same, each byte mapped to a printable ASCII character.
export function text_content(seed, index, bytes) {
  const codes = binary_content(seed, index, bytes).map(
    (byte) => printable_first + (byte % printable_count),
  );
  return new TextDecoder().decode(codes);
}

/// The messages of one `send` command, in order.
export function* contents({ text, string, seed = 0, bytes = 0, count = 1 }) {
  for (let index = 0; index < count; index += 1) {
    if (string !== undefined) yield string;
    else yield text ? text_content(seed, index, bytes) : binary_content(seed, index, bytes);
  }
}
