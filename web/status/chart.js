// @ts-check
/** The message rates of the last minutes: bounded history, geometry, and the drawing. */
import { formatRate } from './format.js';
import { setAttributes, setText, svgElement } from './dom.js';

/** @typedef {{at: number, in: number, out: number}} Sample */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */

export const window_ms = 180_000;
/** A pause longer than this between two samples is drawn as a gap. */
const gap_ms = 4000;
const samples_max = 400;

/** The samples of the last `window_ms`. */
export class History {
  constructor() {
    /** @type {Sample[]} */
    this.samples = [];
  }

  /** @param {Sample} sample */
  add(sample) {
    this.samples.push(sample);
    this.forget(sample.at);
  }

  /** @param {number} now */
  forget(now) {
    const first = this.samples.findIndex((sample) => sample.at >= now - window_ms);
    this.samples = first < 0 ? [] : this.samples.slice(first).slice(-samples_max);
  }

  /** @param {'in' | 'out'} key */
  peak(key) {
    return this.samples.reduce((most, sample) => Math.max(most, sample[key]), 0);
  }
}

/** The smallest round number that is not below `value`. @param {number} value */
export function ceilingOf(value) {
  let power = 1;
  while (power < 1e12) {
    for (const step of [1, 2, 3, 4, 6, 8]) if (step * power >= value) return step * power;
    power *= 10;
  }
  return value;
}

/**
 * Path data of one line, in pieces where samples are missing; with `closed`, the area under it.
 * @param {Sample[]} samples
 * @param {'in' | 'out'} key
 * @param {{now: number, ceiling: number, box: Box, closed?: boolean}} frame
 */
export function linePath(samples, key, { now, ceiling, box, closed = false }) {
  const x = (/** @type {number} */ at) => box.left + box.width * (1 - (now - at) / window_ms);
  const bottom = box.top + box.height;
  const pieces = [];
  for (let i = 0; i < samples.length; i += 1) {
    const sample = samples[i];
    const starts = i === 0 || sample.at - samples[i - 1].at > gap_ms;
    const ends = i + 1 === samples.length || samples[i + 1].at - sample.at > gap_ms;
    const at = x(sample.at).toFixed(1);
    const y = (bottom - (box.height * sample[key]) / ceiling).toFixed(1);
    if (closed && starts) pieces.push(`M${at} ${bottom}L${at} ${y}`);
    else pieces.push(`${starts ? 'M' : 'L'}${at} ${y}`);
    if (closed && ends) pieces.push(`L${at} ${bottom}Z`);
  }
  return pieces.join('');
}

/** Draws a `History` into an SVG, one unit per pixel so that its text keeps its size. */
export class Chart {
  /** @param {Element} svg */
  constructor(svg) {
    this.svg = svg;
    this.history = new History();
    this.grid = svgElement('path', { class: 'grid' });
    this.area = svgElement('path', { class: 'area in' });
    this.lineIn = svgElement('path', { class: 'line in' });
    this.lineOut = svgElement('path', { class: 'line out' });
    this.levels = [0, 1, 2].map(() => svgElement('text', { class: 'tick', 'text-anchor': 'end' }));
    this.times = ['3 min ago', '2', '1', 'now'].map((label) => {
      const text = svgElement('text', { class: 'tick', 'text-anchor': 'middle' });
      text.textContent = label;
      return text;
    });
    svg.append(this.grid, this.area, this.lineIn, this.lineOut, ...this.levels, ...this.times);
    new ResizeObserver(() => this.draw(this.drawnAt)).observe(svg);
    this.drawnAt = Date.now();
  }

  /** @param {number} now */
  draw(now) {
    this.drawnAt = now;
    const { width, height } = this.svg.getBoundingClientRect();
    if (width < 60 || height < 40) return;
    this.history.forget(now);
    const { samples } = this.history;
    const ceiling = ceilingOf(Math.max(1, this.history.peak('in'), this.history.peak('out')));
    const box = { left: 40, top: 8, width: width - 56, height: height - 32 };
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}` });
    this.drawAxes(box, ceiling);
    const frame = { now, ceiling, box };
    setAttributes(this.area, { d: linePath(samples, 'in', { ...frame, closed: true }) });
    setAttributes(this.lineIn, { d: linePath(samples, 'in', frame) });
    setAttributes(this.lineOut, { d: linePath(samples, 'out', frame) });
    this.describe(samples[samples.length - 1]);
  }

  /** @param {Box} box @param {number} ceiling */
  drawAxes(box, ceiling) {
    const right = box.left + box.width;
    const bottom = box.top + box.height;
    let grid = '';
    this.levels.forEach((text, index) => {
      const y = bottom - (box.height * index) / 2;
      grid += `M${box.left} ${y}H${right}`;
      setAttributes(text, { x: box.left - 8, y: y + 4 });
      setText(text, formatRate((ceiling * index) / 2).replace('.0', ''));
    });
    this.times.forEach((text, index) => {
      setAttributes(text, { x: box.left + (box.width * index) / 3, y: bottom + 18 });
    });
    setAttributes(this.times[0], { x: box.left, 'text-anchor': 'start' });
    setAttributes(this.times[3], { x: right, 'text-anchor': 'end' });
    setAttributes(this.grid, { d: grid });
  }

  /** @param {Sample | undefined} last */
  describe(last) {
    const words = last
      ? `Messages per second over the last three minutes. In: ${formatRate(last.in)} now, ` +
        `${formatRate(this.history.peak('in'))} at most. Out: ${formatRate(last.out)} now, ` +
        `${formatRate(this.history.peak('out'))} at most.`
      : 'Messages per second over the last three minutes. No sample yet.';
    setAttributes(this.svg, { 'aria-label': words });
  }
}
