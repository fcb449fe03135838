// The page's logic without a browser. Run: node --test web/status/status_test.mjs
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { History, ceilingOf, linePath, window_ms } from './chart.js';
import {
  formatBytes, formatCode, formatCount, formatDuration, formatRate, plural, printable,
} from './format.js';
import { crosses, placeLabels } from './labels.js';
import { Layout, fit, neighbourInDirection } from './layout.js';
import {
  countStates, isFull, isGone, lacksKnownLinks, linksInWords, linksOf, readStatus,
  refusedUnusually, usualInWords,
} from './model.js';
import { Poller, delayAfter } from './poll.js';

const ids = (count) => Array.from({ length: count }, (_, i) => `${i}`.padStart(40, 'abcdef'));
const ring = (count) => Array.from({ length: count }, (_, a) => ({ a, b: (a + 1) % count }));
const positions = (layout) => layout.bodies.map(({ x, y }) => ({ x, y }));

function answer(graph = {}) {
  return {
    state: 'ready', name: 'pigeonhub', peers: 2,
    graph: {
      namespace: 'global',
      nodes: [{ id: 'aa', short: 'a', links: 1, slots: 1 }, { id: 'bb', short: 'b', links: 1 }],
      edges: [{ a: 0, b: 1, state: 'offered' }],
      ...graph,
    },
  };
}

test('numbers keep the digits that matter', () => {
  assert.deepEqual([0, 0.004, 0.25, 3.52, 9, 12.6, 1234, 345678].map(formatRate),
    ['0', '<0.01', '0.25', '3.5', '9.0', '13', '1,234', '345.7K']);
  assert.deepEqual([0, 999, 1234567, 12345678].map(formatCount),
    ['0', '999', '1,234,567', '12.35M']);
  assert.deepEqual([0, 1023, 1024, 14345678, 3.2e9].map(formatBytes),
    ['0 B', '1,023 B', '1.0 KiB', '14 MiB', '3.0 GiB']);
  assert.deepEqual([plural(0, 'peer'), plural(1, 'peer'), plural(2, 'peer')],
    ['0 peers', '1 peer', '2 peers']);
});

test('durations show their two largest units', () => {
  const minute = 60_000;
  assert.deepEqual(
    [-5, 59_999, minute, 60 * minute, 132 * minute, 76 * 60 * minute].map(formatDuration),
    ['0 s', '59 s', '1 min', '1 h 0 min', '2 h 12 min', '3 d 4 h']);
});

test('hostile names become one visible, bounded line', () => {
  assert.equal(printable(''), '(empty name)');
  assert.equal(printable('<img src=x>'), '<img src=x>');
  assert.equal(printable('a\u202eb\nc\u0000'), 'a\\u{202e}b\\u{a}c\\u{0}');
  assert.equal(printable('\ud800'), '\\u{d800}');
  assert.equal(printable(' x '), '\u2423x\u2423');
  assert.equal(printable(`a${'\u0301'.repeat(50)}b`), 'a\u0301\u0301b');
  assert.equal([...printable('\u{1F426}'.repeat(1000))].length, 97);
  assert.equal(formatCode('rate_limited'), 'Rate limited');
});

test('a status is checked, bounded and completed', () => {
  const status = readStatus(answer());

  assert.equal(status.graph.edges.length, 1);
  assert.equal(status.memoryBytes, 0);
  assert.deepEqual(status.namespaces, []);
  assert.equal(readStatus({ state: 'ready', peers: -1, connections: 'x' }).connections, 0);
  const many = readStatus(answer({ nodes: Array.from({ length: 900 }, () => ({ id: 7 })) }));
  assert.equal(many.graph.nodes.length, 200);
  for (const wrong of [null, 3, 'x', [], {}, { state: 1 }]) {
    assert.throws(() => readStatus(wrong), TypeError);
  }
});

test('edges that point nowhere are dropped', () => {
  const bad = [
    { a: 0, b: 2 }, { a: -1, b: 0 }, { a: 0.5, b: 1 }, { a: 1, b: 1 }, { a: '0', b: 1 }, null,
  ].map((edge) => edge && { ...edge, state: 'answered' });

  const { graph } = readStatus(answer({ edges: [...bad, { a: 0, b: 1, state: 'unheard' }] }));

  assert.deepEqual(graph.edges, []);
});

test('links are told for both ends', () => {
  const { graph } = readStatus(answer());

  assert.deepEqual(linksOf(graph),
    [[{ to: 1, state: 'offered' }], [{ to: 0, state: 'offered' }]]);
  assert.equal(linksInWords(graph, linksOf(graph)[0]), 'offered: b');
  assert.deepEqual(countStates(graph), { introduced: 0, offered: 1, answered: 0 });
  assert.deepEqual(graph.nodes.map(isFull), [true, false]);
});

test('peers without any known link are told apart from an empty or a linked graph', () => {
  const of = (graph) => lacksKnownLinks(readStatus(answer(graph)).graph);

  assert.equal(of({ edges: [] }), true);
  assert.equal(of({}), false);
  assert.equal(of({ nodes: [{ id: 'aa' }], edges: [] }), false);
});

test('what daily use brings with it does not count as refused', () => {
  const refused = [
    { reason: 'unknown_target', count: 35 }, { reason: 'withheld_offer', count: 2 },
    { reason: 'connections_max', count: 3 },
  ];

  assert.equal(refusedUnusually(readStatus({ ...answer(), refused })), 3);
  assert.equal(usualInWords('unknown_target'), 'Signal to a peer that left');
  assert.equal(usualInWords('connections_max'), '');
});

test('a chosen namespace is let go of only when it is gone', () => {
  const listed = { ...answer({ nodes: [], edges: [] }), namespaces: [{ name: 'global' }] };

  assert.equal(isGone(readStatus(answer()), 'global'), false);
  assert.equal(isGone(readStatus(answer()), 'other'), true);
  assert.equal(isGone(readStatus(listed), 'global'), false);
  assert.equal(isGone(readStatus({ ...listed, namespaces: [] }), 'global'), true);
});

for (const count of [1, 3, 40, 200]) {
  test(`a graph of ${count} comes to rest, apart and inside its space`, () => {
    const layout = new Layout();
    layout.set(ids(count), count > 2 ? ring(count) : []);

    layout.settle(1000);

    assert.ok(layout.resting);
    const points = fit(layout.bodies, 640, 400, 20);
    for (const { x, y } of points) assert.ok(x >= 19.9 && x <= 620.1 && y >= 19.9 && y <= 380.1);
    for (let a = 0; a < count; a += 1) {
      for (let b = 0; b < a; b += 1) {
        assert.ok(Math.hypot(points[a].x - points[b].x, points[a].y - points[b].y) > 2);
      }
    }
  });
}

test('few peers fill more than half of their space', () => {
  const all = (count) => ids(count).flatMap((_, a) =>
    ids(a).map((__, b) => ({ a, b })));
  for (const count of [4, 5, 6]) {
    const layout = new Layout();
    layout.aspect = 1.8;
    layout.set(ids(count), all(count));
    layout.settle(1000);

    const points = fit(layout.bodies, 720, 400, 36);

    const span = (axis) =>
      Math.max(...points.map((p) => p[axis])) - Math.min(...points.map((p) => p[axis]));
    assert.ok(span('x') > 360 && span('y') > 200, `${count}: ${span('x')} by ${span('y')}`);
  }
});

test('a line crosses a box or it does not', () => {
  const box = { left: 10, top: 10, right: 20, bottom: 20 };

  assert.ok(crosses(box, { x: 0, y: 0 }, { x: 30, y: 30 }));
  assert.ok(crosses(box, { x: 15, y: 0 }, { x: 15, y: 30 }));
  assert.ok(crosses(box, { x: 12, y: 12 }, { x: 13, y: 13 }));
  assert.ok(!crosses(box, { x: 0, y: 0 }, { x: 9, y: 9 }));
  assert.ok(!crosses(box, { x: 25, y: 0 }, { x: 25, y: 30 }));
  assert.ok(!crosses(box, { x: 0, y: 15 }, { x: 15, y: 45 }));
});

test('names stand where no line crosses them and inside the picture', () => {
  const points = [{ x: 100, y: 15 }, { x: 30, y: 180 }, { x: 170, y: 180 }, { x: 100, y: 110 }];
  const edges = [0, 1, 2].map((a) => ({ a, b: 3 }));
  const picture = { points, edges, lengths: [8, 8, 8, 8], width: 200, height: 200 };

  const places = placeLabels({ ...picture, named: [0, 1, 2] });

  // The first has its line below and the edge above, the others only lines that go up.
  assert.equal(places[0].anchor, 'start');
  for (const { y } of places.slice(1)) assert.ok(y > 0);
  assert.deepEqual(placeLabels({ ...picture, named: [] }), []);
});

test('the same graph gives the same picture', () => {
  const runs = [0, 1].map(() => {
    const layout = new Layout();
    layout.set(ids(40), ring(40));
    layout.settle(1000);
    return positions(layout);
  });

  assert.deepEqual(runs[0], runs[1]);
});

test('nothing moves while nothing changes, whatever the order and the states', () => {
  const layout = new Layout();
  layout.set(ids(40), ring(40));
  layout.settle(1000);
  const before = new Map(layout.bodies.map(({ id, x, y }) => [id, { x, y }]));

  layout.set(ids(40).reverse(), ring(40).map(({ a, b }) => ({ a: 39 - b, b: 39 - a })));

  assert.ok(layout.resting);
  for (const { id, x, y } of layout.bodies) assert.deepEqual({ x, y }, before.get(id));
});

test('a newcomer starts beside its neighbour and moves the others little', () => {
  const layout = new Layout();
  layout.set(ids(40), ring(40));
  layout.settle(1000);
  const before = positions(layout);

  layout.set(ids(41), [...ring(40), { a: 7, b: 40 }]);

  assert.ok(Math.hypot(layout.bodies[40].x - before[7].x, layout.bodies[40].y - before[7].y) < 50);
  assert.ok(!layout.resting && layout.alpha < 0.3);
  layout.settle(1000);
  const moved = before.map(({ x, y }, i) =>
    Math.hypot(layout.bodies[i].x - x, layout.bodies[i].y - y));
  assert.ok(Math.max(...moved) < 120, `moved by ${Math.max(...moved)}`);
});

test('peers in one place, or with one id, are no trouble', () => {
  const layout = new Layout();
  layout.set(['x', 'x', 'x', 'y'], [{ a: 0, b: 1 }, { a: 1, b: 3 }]);
  layout.bodies[3].x = layout.bodies[0].x;
  layout.bodies[3].y = layout.bodies[0].y;

  layout.settle(1000);

  for (const { x, y } of layout.bodies) assert.ok(Number.isFinite(x) && Number.isFinite(y));
});

test('arrow keys lead to every peer', () => {
  const layout = new Layout();
  layout.set(ids(40), ring(40));
  layout.settle(1000);
  const reached = new Set([0]);

  for (const from of reached) {
    for (const arrow of ['Left', 'Right', 'Up', 'Down']) {
      reached.add(neighbourInDirection(layout.bodies, from, `Arrow${arrow}`));
    }
  }

  assert.equal(reached.size, 40);
});

test('arrow keys go the way they point, or nowhere', () => {
  const points = [{ x: 0, y: 0 }, { x: 10, y: 1 }, { x: 0, y: 10 }, { x: 4, y: 30 }];

  assert.equal(neighbourInDirection(points, 0, 'ArrowRight'), 1);
  assert.equal(neighbourInDirection(points, 0, 'ArrowDown'), 2);
  assert.equal(neighbourInDirection(points, 0, 'ArrowLeft'), 0);
  assert.equal(neighbourInDirection(points, 3, 'ArrowUp'), 2);
});

test('the history forgets what is older than its window', () => {
  const history = new History();
  for (let at = 0; at <= 2 * window_ms; at += 1000) history.add({ at, in: at, out: 1 });

  assert.equal(history.samples.length, window_ms / 1000 + 1);
  assert.equal(history.peak('in'), 2 * window_ms);
  history.forget(10 * window_ms);
  assert.deepEqual(history.samples, []);
});

test('a line has a gap where samples are missing', () => {
  const samples = [0, 1000, 30_000].map((at) => ({ at, in: 5, out: 0 }));
  const box = { left: 0, top: 0, width: 180, height: 100 };
  const frame = { now: window_ms, ceiling: 10, box };

  assert.equal(linePath(samples, 'in', frame), 'M0.0 50.0L1.0 50.0M30.0 50.0');
  assert.equal(linePath(samples.slice(0, 2), 'in', { ...frame, closed: true }),
    'M0.0 100L0.0 50.0L1.0 50.0L1.0 100Z');
  assert.equal(linePath([], 'in', frame), '');
});

test('the scale ends on a round number', () => {
  assert.deepEqual([0.3, 1, 1.1, 9, 24, 350_000].map(ceilingOf), [1, 1, 2, 10, 30, 400_000]);
});

test('asking becomes rarer while the hub is silent', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map(delayAfter),
    [1000, 1000, 2000, 4000, 8000, 15000, 15000]);
});

/** A poller on a clock of its own; `play` lets one planned question happen. */
function pollerOf(ask) {
  const log = [];
  let planned = null;
  const poller = new Poller({
    ask,
    onAnswer: (words) => log.push(words),
    onFailure: (error, delay) => log.push(`${error.message} ${delay}`),
    setTimer: (callback, delay) => { planned = { callback, delay }; return planned; },
    clearTimer: (timer) => { if (timer === planned) planned = null; },
  });
  const settle = () => new Promise((resolve) => { setImmediate(resolve); });
  const play = async () => { planned.callback(); await settle(); };
  return { poller, log, play, settle, delay: () => planned?.delay };
}

test('the poller backs off and recovers by itself', async () => {
  let up = false;
  const run = pollerOf(async () => {
    if (!up) throw new Error('silent');
    return 'here';
  });

  await run.poller.now();
  await run.play();
  up = true;
  await run.play();

  assert.deepEqual(run.log, ['silent 1000', 'silent 2000', 'here']);
  assert.equal(run.delay(), 1000);
});

test('a paused or overtaken question stays without effect', async () => {
  const waiting = [];
  const run = pollerOf((signal) =>
    new Promise((resolve) => { waiting.push({ resolve, signal }); }));

  void run.poller.now();
  void run.poller.now();
  waiting[0].resolve('late');
  waiting[1].resolve('current');
  await run.settle();
  run.poller.pause();

  assert.ok(waiting[0].signal.aborted);
  assert.deepEqual(run.log, ['current']);
  assert.equal(run.delay(), undefined);
});

test('the page keeps to its content security policy', () => {
  const folder = new URL('.', import.meta.url);
  const served = readdirSync(folder).filter((name) => /\.(html|css|js)$/.test(name));
  for (const name of served) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/,
      name);
    assert.doesNotMatch(source, /https?:\/\/(?!www\.w3\.org\/2000\/svg)/, name);
  }
  const page = readFileSync(new URL('index.html', folder), 'utf8');
  assert.doesNotMatch(page, /\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)/);
});
