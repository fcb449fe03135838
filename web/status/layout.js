// @ts-check
/**
 * Force layout of the graph: links are springs, peers repel each other, a weak pull keeps all
 * together. It cools down and then stands still until peers or links come or go. No chance is
 * involved: the same graphs in the same order give the same picture.
 *
 * @typedef {{id: string, x: number, y: number, vx: number, vy: number, degree: number}} Body
 * @typedef {{x: number, y: number}} Point
 */

const link_length = 70;
const repulsion = -340;
const reach_squared_max = 420 * 420;
const velocity_kept = 0.6;
const alpha_decay = 0.03;
const alpha_min = 0.006;
const scale_max = 4;
const stretch_max = 2;

/** A number in [0, 1) from an id (FNV-1a). @param {string} id @param {number} salt */
function fraction(id, salt) {
  let hash = 2166136261 ^ salt;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 16777619);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519);
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
}

export class Layout {
  constructor() {
    /** @type {Body[]} */
    this.bodies = [];
    /** @type {{a: Body, b: Body, key: string}[]} */
    this.springs = [];
    /** How much movement is left; the layout rests below a small value. */
    this.alpha = 0;
    /** Width over height of the space to fill. */
    this.aspect = 1.6;
  }

  get resting() {
    return this.alpha < alpha_min;
  }

  /**
   * Takes a new graph. Peers that stay keep their place; the more has changed, the more may move.
   * @param {string[]} ids
   * @param {{a: number, b: number}[]} edges
   */
  set(ids, edges) {
    const known = new Map(this.bodies.map((body) => [body.id, body]));
    const before = new Set(this.springs.map((spring) => spring.key));
    const fresh = known.size === 0;
    this.bodies = ids.map((id) => known.get(id) ?? { id, x: NaN, y: NaN, vx: 0, vy: 0, degree: 0 });
    this.springs = edges.map(({ a, b }) => ({
      a: this.bodies[a],
      b: this.bodies[b],
      key: ids[a] < ids[b] ? `${ids[a]} ${ids[b]}` : `${ids[b]} ${ids[a]}`,
    }));
    const came = this.bodies.filter((body) => Number.isNaN(body.x)).length;
    const left = known.size + came - this.bodies.length;
    const kept = this.springs.filter((spring) => before.has(spring.key)).length;
    const changes = came + left + 0.5 * (this.springs.length + before.size - 2 * kept);
    for (const body of this.bodies) body.degree = 0;
    for (const { a, b } of this.springs) {
      a.degree += 1;
      b.degree += 1;
    }
    this.place();
    if (fresh) this.alpha = 1;
    else if (changes > 0) {
      const share = changes / Math.max(4, this.bodies.length);
      this.alpha = Math.max(this.alpha, Math.min(0.6, 0.12 + share));
    }
  }

  /** Gives newcomers a place beside a neighbour that has one, otherwise on a spiral. */
  place() {
    const size = 22 * Math.sqrt(this.bodies.length + 1);
    for (const body of this.bodies) {
      if (!Number.isNaN(body.x)) continue;
      const angle = 2 * Math.PI * fraction(body.id, 1);
      const spring = this.springs.find(({ a, b }) =>
        (a === body && !Number.isNaN(b.x)) || (b === body && !Number.isNaN(a.x)));
      const anchor = spring ? (spring.a === body ? spring.b : spring.a) : { x: 0, y: 0 };
      const distance = spring ? link_length / 2 : size * Math.sqrt(fraction(body.id, 2));
      body.x = anchor.x + distance * Math.cos(angle);
      body.y = anchor.y + distance * Math.sin(angle);
    }
  }

  /** Moves every peer a little. */
  step() {
    this.alpha *= 1 - alpha_decay;
    this.pull();
    this.repel();
    const towards = 0.055 * this.alpha;
    const flatness = Math.min(3, Math.max(0.4, this.aspect));
    for (const body of this.bodies) {
      body.vx = (body.vx - (body.x * towards) / Math.sqrt(flatness)) * velocity_kept;
      body.vy = (body.vy - body.y * towards * Math.sqrt(flatness)) * velocity_kept;
      body.x += body.vx;
      body.y += body.vy;
    }
  }

  pull() {
    for (const { a, b } of this.springs) {
      const dx = b.x + b.vx - a.x - a.vx || 0.01;
      const dy = b.y + b.vy - a.y - a.vy || 0.01;
      const distance = Math.sqrt(dx * dx + dy * dy);
      // A hub of many links would oscillate if every spring had full strength.
      const strength = this.alpha / Math.min(a.degree, b.degree);
      const force = ((distance - link_length) / distance) * strength;
      const share = a.degree / (a.degree + b.degree);
      b.vx -= dx * force * share;
      b.vy -= dy * force * share;
      a.vx += dx * force * (1 - share);
      a.vy += dy * force * (1 - share);
    }
  }

  repel() {
    const bodies = this.bodies;
    for (let i = 0; i < bodies.length; i += 1) {
      for (let j = i + 1; j < bodies.length; j += 1) {
        const a = bodies[i];
        const b = bodies[j];
        const dx = b.x - a.x || 0.01 * (1 + (j % 7));
        const dy = b.y - a.y || 0.01 * (1 + (i % 5));
        const squared = dx * dx + dy * dy;
        if (squared > reach_squared_max) continue;
        const force = (repulsion * this.alpha) / Math.max(squared, 60);
        a.vx += dx * force;
        a.vy += dy * force;
        b.vx -= dx * force;
        b.vy -= dy * force;
      }
    }
  }

  /** Steps until at rest, or `steps_max` times. @param {number} steps_max */
  settle(steps_max) {
    for (let i = 0; i < steps_max && !this.resting; i += 1) this.step();
  }
}

/**
 * Where the bodies go in a space of `width` by `height`, keeping `margin` free. The picture may be
 * stretched a little to use the space, but few peers are not blown up to fill it.
 * @param {Point[]} bodies
 * @param {number} width
 * @param {number} height
 * @param {number} margin
 * @returns {Point[]}
 */
export function fit(bodies, width, height, margin) {
  if (bodies.length === 0) return [];
  const xs = bodies.map((body) => body.x);
  const ys = bodies.map((body) => body.y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const spanX = Math.max(1, Math.max(...xs) - left);
  const spanY = Math.max(1, Math.max(...ys) - top);
  const fullX = (width - 2 * margin) / spanX;
  const fullY = (height - 2 * margin) / spanY;
  const scale = Math.min(scale_max, fullX, fullY);
  const scaleX = Math.min(scale_max, fullX, scale * stretch_max);
  const scaleY = Math.min(scale_max, fullY, scale * stretch_max);
  const x = width / 2 - (left + spanX / 2) * scaleX;
  const y = height / 2 - (top + spanY / 2) * scaleY;
  return bodies.map((body) => ({ x: body.x * scaleX + x, y: body.y * scaleY + y }));
}

/**
 * The point to go to from `from` when an arrow key is pressed: near, and more along the arrow than
 * across it. Returns `from` if there is none.
 * @param {Point[]} points
 * @param {number} from
 * @param {string} key
 */
export function neighbourInDirection(points, from, key) {
  /** @type {Record<string, [number, number]>} */
  const arrows = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  };
  const arrow = arrows[key];
  let best = from;
  let bestCost = Infinity;
  points.forEach((point, index) => {
    const dx = point.x - points[from].x;
    const dy = point.y - points[from].y;
    const along = dx * arrow[0] + dy * arrow[1];
    const across = Math.abs(dx * arrow[1] + dy * arrow[0]);
    if (index === from || along <= 0) return;
    const cost = along + 2.5 * across;
    if (cost < bestCost) {
      best = index;
      bestCost = cost;
    }
  });
  return best;
}
