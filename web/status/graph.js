// @ts-check
/** The graph of introductions as SVG: a list box for the keyboard, a picture for the eye. */
import { placeLabels } from './labels.js';
import { Layout, fit, neighbourInDirection } from './layout.js';
import { isFull, linksInWords, linksOf, link_states } from './model.js';
import { setAttributes, setText, svgElement } from './dom.js';
import { plural } from './format.js';

/** @typedef {import('./model.js').Graph} Graph */
/** @typedef {import('./layout.js').Point} Point */
/** @typedef {{group: Element, mark: Element, label: Element}} Dot */

/** Every peer carries its name up to this many, and if each has about this much room in pixels. */
const labelled_max = 45;
const label_room = 5200;
const steps_per_frame = 2;
const first_steps = 90;
const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class GraphView {
  /**
   * @param {SVGSVGElement} svg
   * @param {(index: number) => void} onShow Told which peer is being looked at, -1 for none.
   */
  constructor(svg, onShow) {
    this.svg = svg;
    this.onShow = onShow;
    /** @type {Graph} */
    this.graph = { namespace: '', truncated: false, nodes: [], edges: [] };
    /** @type {ReturnType<typeof linksOf>} */
    this.links = [];
    this.layout = new Layout();
    /** @type {Point[]} */
    this.points = [];
    /** @type {Map<string, Dot>} */
    this.dots = new Map();
    this.chosen = '';
    this.pointed = '';
    this.frame = 0;
    this.nextDot = 0;
    const lines = svgElement('g', { 'aria-hidden': 'true' });
    const paths = (/** @type {string} */ kind) => link_states.map((state) =>
      lines.appendChild(svgElement('path', { class: `edge ${state} ${kind}` })));
    this.edges = paths('');
    this.lifted = paths('lifted');
    this.nodes = svgElement('g', { role: 'none' });
    svg.append(lines, this.nodes);
    this.listen();
    new ResizeObserver(() => this.resize()).observe(svg);
  }

  listen() {
    this.svg.addEventListener('keydown', (event) => this.onKey(event));
    this.svg.addEventListener('focus', () => {
      if (this.svg.matches(':focus-visible') && this.indexOf(this.chosen) < 0) this.choose(0);
    });
    this.svg.addEventListener('pointermove', (event) => this.point(this.idAt(event)));
    this.svg.addEventListener('pointerleave', () => this.point(''));
    this.svg.addEventListener('click', (event) => this.choose(this.indexOf(this.idAt(event))));
  }

  /** @param {Event} event */
  idAt(event) {
    const group = event.target instanceof Element ? event.target.closest('[data-peer]') : null;
    return group?.getAttribute('data-peer') ?? '';
  }

  /** @param {string} id */
  indexOf(id) {
    return this.graph.nodes.findIndex((node) => node.id === id);
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = this.graph.nodes[index]?.id ?? '';
    this.render();
  }

  /** @param {string} id */
  point(id) {
    if (id === this.pointed) return;
    this.pointed = id;
    this.render();
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const count = this.graph.nodes.length;
    if (count === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const at = Math.max(0, this.indexOf(this.chosen));
    if (event.key.startsWith('Arrow')) {
      this.choose(neighbourInDirection(this.points, at, event.key));
    } else if (event.key === 'PageDown') this.choose((at + 1) % count);
    else if (event.key === 'PageUp') this.choose((at + count - 1) % count);
    else if (event.key === 'Home') this.choose(0);
    else if (event.key === 'End') this.choose(count - 1);
    else if (event.key === 'Escape') this.choose(-1);
    else return;
    event.preventDefault();
  }

  /** @param {Graph} graph */
  update(graph) {
    if (graph.namespace !== this.graph.namespace) {
      this.layout = new Layout();
      this.chosen = '';
    }
    this.graph = graph;
    this.links = linksOf(graph);
    const { width, height } = this.svg.getBoundingClientRect();
    if (width > 0 && height > 0) this.layout.aspect = width / height;
    const fresh = this.layout.bodies.length === 0;
    this.layout.set(graph.nodes.map((node) => node.id), graph.edges);
    if (calm.matches) this.layout.settle(400);
    else if (fresh) this.layout.settle(first_steps);
    this.keepDots();
    this.render();
    this.run();
  }

  /** Moves the graph until it rests; asks for no frame after that. */
  run() {
    if (this.frame !== 0 || this.layout.resting) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.layout.settle(steps_per_frame);
      this.render();
      this.run();
    });
  }

  resize() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}` });
    this.layout.aspect = width / height;
    this.render();
  }

  /** Makes the dots those of the graph, and writes what does not depend on the layout. */
  keepDots() {
    const gone = new Map(this.dots);
    this.graph.nodes.forEach((node, index) => {
      const dot = this.dots.get(node.id) ?? this.addDot(node.id);
      gone.delete(node.id);
      setText(dot.label, node.short);
      setAttributes(dot.mark, { class: isFull(node) ? 'mark full' : 'mark' });
      setAttributes(dot.group, { 'aria-label': this.describe(index) });
    });
    for (const [id, dot] of gone) {
      dot.group.remove();
      this.dots.delete(id);
    }
  }

  /** @param {string} id @returns {Dot} */
  addDot(id) {
    const group = svgElement('g', { role: 'option', id: `peer-${this.nextDot}`, 'data-peer': id });
    this.nextDot += 1;
    const hit = svgElement('circle', { class: 'hit', r: 12 });
    const mark = svgElement('circle', { class: 'mark', r: 5 });
    const label = svgElement('text', { class: 'label' });
    group.append(hit, mark, label);
    this.nodes.append(group);
    const dot = { group, mark, label };
    this.dots.set(id, dot);
    return dot;
  }

  /** @param {number} index */
  describe(index) {
    const node = this.graph.nodes[index];
    const room = node.slots > 0 ? `${plural(node.links, 'link')} of ${node.slots}`
      : plural(node.links, 'link');
    return `${node.short}: ${room}; ${linksInWords(this.graph, this.links[index])}`;
  }

  render() {
    const { width, height } = this.svg.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const count = this.graph.nodes.length;
    const labelled = count <= Math.min(labelled_max, (width * height) / label_room);
    this.points = fit(this.layout.bodies, width, height, labelled ? 36 : 20);
    const shown = this.indexOf(this.pointed) >= 0 ? this.pointed : this.chosen;
    const at = this.indexOf(shown);
    const near = new Set(at < 0 ? [] : [at, ...this.links[at].map(({ to }) => to)]);
    /** @type {number[]} */
    const named = [];
    this.graph.nodes.forEach((node, index) => {
      const dot = this.dots.get(node.id);
      if (!dot) return;
      const { x, y } = this.points[index];
      const isNamed = labelled || index === at || (near.has(index) && near.size <= 12);
      if (isNamed) named.push(index);
      setAttributes(dot.group, {
        transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
        class: `dot${isNamed ? ' named' : ''}${near.has(index) ? ' near' : ''}` +
          `${index === at ? ' shown' : ''}`,
        'aria-selected': String(node.id === this.chosen),
      });
    });
    this.renderLabels(named, width, height);
    this.renderEdges(at);
    this.renderState(at);
  }

  /** @param {number[]} named @param {number} width @param {number} height */
  renderLabels(named, width, height) {
    const { nodes, edges } = this.graph;
    const lengths = nodes.map((node) => node.short.length);
    const places = placeLabels({ points: this.points, edges, named, lengths, width, height });
    named.forEach((index, i) => {
      const { x, y, anchor } = places[i];
      const label = this.dots.get(nodes[index].id)?.label;
      if (label) setAttributes(label, { x, y, 'text-anchor': anchor });
    });
  }

  /** @param {number} at */
  renderEdges(at) {
    const plain = { introduced: '', offered: '', answered: '' };
    const lifted = { introduced: '', offered: '', answered: '' };
    for (const { a, b, state } of this.graph.edges) {
      const from = this.points[a];
      const to = this.points[b];
      const line = `M${from.x.toFixed(1)} ${from.y.toFixed(1)}` +
        `L${to.x.toFixed(1)} ${to.y.toFixed(1)}`;
      if (a === at || b === at) lifted[state] += line;
      else plain[state] += line;
    }
    link_states.forEach((state, index) => {
      setAttributes(this.edges[index], { d: plain[state] });
      setAttributes(this.lifted[index], { d: lifted[state] });
    });
  }

  /** @param {number} at */
  renderState(at) {
    const { nodes, edges } = this.graph;
    const crowd = nodes.length > 90 ? 'crowd' : nodes.length > labelled_max ? 'many' : 'few';
    const density = edges.length > 3 * nodes.length && nodes.length > 20 ? ' dense' : '';
    setAttributes(this.svg, { class: `graph ${crowd}${density}${at < 0 ? '' : ' looking'}` });
    const active = this.dots.get(this.chosen);
    if (active) setAttributes(this.svg, { 'aria-activedescendant': active.group.id });
    else this.svg.removeAttribute('aria-activedescendant');
    this.onShow(at);
  }
}
