// @ts-check
/** Numbers, times and hostile names as short text. Pure functions. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });
const name_length_max = 96;

/** A count: grouped below ten million, shortened above. @param {number} value */
export function formatCount(value) {
  return value < 1e7 ? grouped.format(value) : compact.format(value);
}

/** Something per second, with two digits that matter. @param {number} value */
export function formatRate(value) {
  if (value <= 0) return '0';
  if (value < 0.01) return '<0.01';
  if (value < 1) return String(Number(value.toFixed(2)));
  if (value < 10) return value.toFixed(1);
  return value < 1e5 ? grouped.format(value) : compact.format(value);
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : grouped.format(value)} ${units[unit]}`;
}

/** A duration in its two largest units. @param {number} milliseconds */
export function formatDuration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${formatCount(days)} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

/** "1 peer", "2 peers". @param {number} count @param {string} noun */
export function plural(count, noun) {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** An identifier such as "rate_limited" as words. @param {string} code */
export function formatCode(code) {
  const words = printable(code).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Text from a stranger, safe to show in a line of its own: control, direction and other invisible
 * characters become visible, and the length is bounded.
 * @param {string} text
 */
export function printable(text) {
  if (text === '') return '(empty name)';
  const characters = [...text.slice(0, 4 * name_length_max)];
  const cut = characters.slice(0, name_length_max).join('');
  const visible = cut
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu, (invisible) => {
      const code = invisible.codePointAt(0) ?? 0;
      return `\\u{${code.toString(16)}}`;
    })
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .replace(/^\p{Zs}+|\p{Zs}+$/gu, (spaces) => '\u2423'.repeat(spaces.length));
  return cut.length < text.length ? `${visible}\u2026` : visible;
}
