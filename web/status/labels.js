// @ts-check
/** Where the names of peers stand: beside their dots, where fewest lines and names are crossed. */

/** @typedef {import('./layout.js').Point} Point */
/** @typedef {{x: number, y: number, anchor: 'start' | 'middle' | 'end'}} Place */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const letter_width = 6.7;
const above_baseline = 9;
const below_baseline = 3;
const dot_radius = 7;

/** From the dot to the baseline; the first of equally good ones is taken. @type {Place[]} */
const places = [
  { x: 0, y: 18, anchor: 'middle' },
  { x: 0, y: -11, anchor: 'middle' },
  { x: 10, y: 4, anchor: 'start' },
  { x: -10, y: 4, anchor: 'end' },
  { x: 6, y: 16, anchor: 'start' },
  { x: -6, y: 16, anchor: 'end' },
  { x: 6, y: -8, anchor: 'start' },
  { x: -6, y: -8, anchor: 'end' },
];

/** @param {Point} point @param {Place} place @param {number} width @returns {Box} */
function boxAt(point, place, width) {
  const share = { start: 0, middle: 0.5, end: 1 }[place.anchor];
  const left = point.x + place.x - share * width;
  const baseline = point.y + place.y;
  return {
    left, right: left + width, top: baseline - above_baseline, bottom: baseline + below_baseline,
  };
}

/** @param {Box} a @param {Box} b */
function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether the line from `a` to `b` passes through the box. @param {Box} box @param {Point} a
 * @param {Point} b */
export function crosses(box, a, b) {
  let from = 0;
  let to = 1;
  for (const [start, step, low, high] of [
    [a.x, b.x - a.x, box.left, box.right], [a.y, b.y - a.y, box.top, box.bottom],
  ]) {
    if (step === 0) {
      if (start < low || start > high) return false;
      continue;
    }
    const one = (low - start) / step;
    const other = (high - start) / step;
    from = Math.max(from, Math.min(one, other));
    to = Math.min(to, Math.max(one, other));
    if (from > to) return false;
  }
  return true;
}

/**
 * Places for the names of the peers `named`, in their order.
 * @param {{points: Point[], edges: {a: number, b: number}[], named: number[],
 *   lengths: number[], width: number, height: number}} picture `lengths` in letters, of all peers.
 * @returns {Place[]}
 */
export function placeLabels({ points, edges, named, lengths, width, height }) {
  /** @type {Box[]} */
  const taken = points.map(({ x, y }) => ({
    left: x - dot_radius, right: x + dot_radius, top: y - dot_radius, bottom: y + dot_radius,
  }));
  return named.map((index) => {
    let best = places[0];
    let bestBox = boxAt(points[index], best, 0);
    let bestCost = Infinity;
    for (const place of places) {
      const box = boxAt(points[index], place, lengths[index] * letter_width);
      const outside = box.left < 0 || box.right > width || box.top < 0 || box.bottom > height;
      let cost = outside ? 20 : 0;
      taken.forEach((other, i) => {
        if (i !== index && overlap(box, other)) cost += 4;
      });
      for (const { a, b } of edges) {
        if (cost >= bestCost) break;
        if (crosses(box, points[a], points[b])) cost += 1;
      }
      if (cost >= bestCost) continue;
      [best, bestBox, bestCost] = [place, box, cost];
    }
    taken.push(bestBox);
    return best;
  });
}
