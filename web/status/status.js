// @ts-check
/** The status page: asks the hub once a second and shows what it answers. */
import { Chart } from './chart.js';
import { addCells, copyText, element, keepRows, setAttributes, setText } from './dom.js';
import {
  formatBytes, formatCode, formatCount, formatDuration, formatRate, plural, printable,
} from './format.js';
import { GraphView } from './graph.js';
import {
  countStates, isGone, lacksKnownLinks, readStatus, refusedUnusually, usualInWords,
} from './model.js';
import { showPeer, showPeerTable } from './peers.js';
import { Poller } from './poll.js';

/** @typedef {import('./model.js').Status} Status */

const answer_wait = 5000;

/** The namespace somebody chose; `null` leaves the choice to the hub. @type {string | null} */
let chosen = null;
/** @type {Status | null} */
let latest = null;
let answeredAt = 0;
let retryAt = 0;
/** Why the hub counts as silent, in words; empty while it answers. */
let trouble = '';

const chart = new Chart(element('chart'));
const graph = new GraphView(
  /** @type {SVGSVGElement} */ (/** @type {unknown} */ (element('graph'))), onShow);
const table = /** @type {HTMLDetailsElement} */ (element('as-table'));

/** @param {AbortSignal} signal @returns {Promise<Status>} */
async function ask(signal) {
  const query = chosen === null ? '' : `?${new URLSearchParams({ namespace: chosen })}`;
  const limit = AbortSignal.timeout(answer_wait);
  const stop = new AbortController();
  for (const source of [signal, limit]) source.addEventListener('abort', () => stop.abort());
  const response = await fetch(`status.json${query}`, { cache: 'no-store', signal: stop.signal })
    .catch(() => { throw new Error('The hub does not answer.'); });
  if (!response.ok) throw new Error(`The hub answers with HTTP ${response.status}.`);
  return response.json().then(readStatus).catch(() => {
    throw new Error('The hub answers with something this page does not understand.');
  });
}

/** @param {Status} status */
function onAnswer(status) {
  if (chosen !== null && isGone(status, chosen)) {
    announce(`Namespace ${printable(chosen)} is gone; showing ` +
      `${printable(status.graph.namespace)}.`);
    chosen = null;
    if (status.graph.nodes.length === 0 && status.namespaceCount > 0) {
      void poller.now();
      return;
    }
  }
  const health = status.state === 'draining' ? 'draining' : 'ready';
  if (trouble) announce('The hub answers again.');
  else if (latest && latest.state !== status.state) announce(`The hub is ${health}.`);
  trouble = '';
  latest = status;
  answeredAt = Date.now();
  document.body.dataset.health = health;
  document.body.classList.add('known');
  chart.history.add({ at: answeredAt, in: status.inPerSecond, out: status.outPerSecond });
  showStanding();
  showCounts(status);
  showNamespaces(status);
  showTables(status);
  showGraph(status);
  chart.draw(answeredAt);
}

/** @param {unknown} error @param {number} delay */
function onFailure(error, delay) {
  if (!trouble) announce('The hub does not answer. This page keeps trying.');
  trouble = error instanceof Error ? error.message : String(error);
  retryAt = Date.now() + delay;
  document.body.dataset.health = 'silent';
  showStanding();
  chart.draw(Date.now());
}

/** Says something to screen readers, once. @param {string} words */
function announce(words) {
  setText(element('news'), words);
}

/** The line in words at the top. */
function showStanding() {
  element('retry').hidden = trouble === '';
  if (trouble) {
    const wait = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
    const last = latest ? ` Numbers are ${formatDuration(Date.now() - answeredAt)} old.` : '';
    setText(element('state'), trouble);
    setText(element('since'), `Trying again in ${wait} s.${last}`);
    document.title = 'No answer \u2013 hub status';
  } else if (latest) {
    const draining = latest.state === 'draining';
    setText(element('state'), draining ? 'Draining' : 'Ready');
    setText(element('since'), draining
      ? 'The hub is stopping: it closes its connections and takes no new ones.'
      : `for ${formatDuration(latest.uptimeMs)}${startedInWords(latest.startedAt)}`);
    document.title = `${formatCount(latest.peers)} peers \u2013 ${latest.name || 'hub'}`;
  }
}

/** @param {string} startedAt */
function startedInWords(startedAt) {
  const started = new Date(startedAt);
  if (Number.isNaN(started.getTime())) return '';
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const sameDay = started.toDateString() === new Date().toDateString();
  /** @type {any} */
  const form = sameDay ? time : { day: 'numeric', month: 'short', year: 'numeric', ...time };
  return `, since ${started.toLocaleString('en-GB', form)}`;
}

/** @param {Status} status */
function showCounts(status) {
  /** @type {Record<string, string>} */
  const texts = {
    name: printable(status.name || 'Hub'),
    version: printable(status.version || '?'),
    connections: formatCount(status.connections),
    'connections-max': status.connectionsMax > 0
      ? `of ${formatCount(status.connectionsMax)} at most` : 'no limit set',
    peers: formatCount(status.peers),
    'peers-where': `in ${plural(status.namespaceCount, 'namespace')}`,
    in: formatCount(status.messagesIn),
    out: formatCount(status.messagesOut),
    'in-rate': `${formatRate(status.inPerSecond)} per second`,
    'out-rate': `${formatRate(status.outPerSecond)} per second`,
    'rate-in': formatRate(status.inPerSecond),
    'rate-out': formatRate(status.outPerSecond),
    'refused-sum': formatCount(refusedUnusually(status)),
    memory: formatBytes(status.memoryBytes),
    'hub-id': printable(status.hubId || 'without id'),
  };
  for (const [id, text] of Object.entries(texts)) setText(element(id), text);
}

/** @param {Status} status */
function showNamespaces(status) {
  const rows = status.namespaces;
  showList('namespaces', rows.length);
  setText(element('namespaces-sum'), status.namespaceCount > rows.length
    ? `largest ${rows.length} of ${formatCount(status.namespaceCount)}` : '');
  const current = status.graph.namespace;
  keepRows(element('namespace-rows'), rows, (row) => row.name, (row, { name }) => {
    addCells(row, 2);
    const button = document.createElement('button');
    button.type = 'button';
    button.append(document.createElement('bdi'));
    row.cells[0].append(button);
    row.addEventListener('click', () => choose(name));
  }, (row, { name, peers, links }) => {
    const button = /** @type {HTMLElement} */ (row.cells[0].firstElementChild);
    setText(/** @type {Node} */ (button.firstElementChild), printable(name));
    button.title = printable(name);
    button.setAttribute('aria-pressed', String(name === current));
    row.classList.toggle('chosen', name === current);
    setText(row.cells[1], formatCount(peers));
    setText(row.cells[2], formatCount(links));
  });
}

/** @param {string} name */
function choose(name) {
  chosen = name;
  announce(`Showing namespace ${printable(name)}.`);
  void poller.now();
}

/** @param {Status} status */
function showTables(status) {
  showList('types', status.byType.length);
  keepRows(element('type-rows'), status.byType, (row) => row.type, (row) => addCells(row, 2),
    (row, item) => {
      setText(row.cells[0], printable(item.type));
      setText(row.cells[1], formatCount(item.in));
      setText(row.cells[2], formatCount(item.out));
    });
  showList('refusals', status.refused.length);
  keepRows(element('refusal-rows'), status.refused, (row) => row.reason, (row) => addCells(row, 1),
    (row, item) => {
      const usual = usualInWords(item.reason);
      setText(row.cells[0], usual || formatCode(item.reason));
      setText(row.cells[1], formatCount(item.count));
      row.classList.toggle('muted', usual !== '');
      row.title = printable(item.reason);
    });
  element('usual-note').hidden = !status.refused.some((row) => usualInWords(row.reason));
}

/** Shows a list or the words in its place. @param {string} name @param {number} count */
function showList(name, count) {
  element(`${name}-none`).hidden = count > 0;
  element(`${name}-some`).hidden = count === 0;
}

/** @param {Status} status */
function showGraph(status) {
  const { nodes, namespace, truncated } = status.graph;
  const name = printable(namespace);
  const empty = nodes.length === 0;
  element('empty').hidden = !empty;
  element('picture').hidden = empty;
  setText(element('empty-why'), status.connections > 0
    ? `No peer has announced itself yet; ${plural(status.connections, 'connection')} open.`
    : 'No peer is here yet.');
  element('unknown-links').hidden = !lacksKnownLinks(status.graph);
  const counts = countStates(status.graph);
  const all = status.namespaces.find((row) => row.name === namespace)?.peers ?? 0;
  const peers = truncated && all > nodes.length
    ? `${nodes.length} of ${plural(all, 'peer')}` : plural(nodes.length, 'peer');
  setText(element('graph-sum'), empty ? '' : `in ${name}: ${peers}, ` +
    plural(counts.answered, 'link') +
    (nodes.length === 1 ? '. The next peer will be introduced to this one.' : ''));
  for (const [state, count] of Object.entries(counts)) {
    setText(element(`sum-${state}`), formatCount(count));
  }
  setAttributes(element('graph'), {
    'aria-label': `${plural(nodes.length, 'peer')} in namespace ${name}: ${counts.answered} ` +
      `links answered, ${counts.offered} offered, ${counts.introduced} introduced`,
  });
  graph.update(status.graph);
  if (table.open) showPeerTable(status.graph);
}

/** The peer described last, as graph and index: drawing happens far more often than changes. */
let shown = { graph: /** @type {unknown} */ (null), index: -1 };

/** @param {number} index */
function onShow(index) {
  if (!latest || (shown.graph === latest.graph && shown.index === index)) return;
  shown = { graph: latest.graph, index };
  showPeer(latest.graph, index);
}

/** @type {Poller<Status>} */
const poller = new Poller({ ask, onAnswer, onFailure });

function start() {
  const address = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}`;
  setText(element('address'), address);
  setText(element('sample'), 'const mesh = new PeerPigeonMesh();\nawait mesh.init();\n' +
    `await mesh.connect('${address}');`);
  for (const button of document.querySelectorAll('button[data-copies]')) {
    const source = element(/** @type {HTMLElement} */ (button).dataset.copies ?? '');
    const label = /** @type {Node} */ (button.firstChild);
    button.addEventListener('click', async () => {
      const copied = await copyText(source);
      setText(label, copied ? 'Copied' : 'Press Ctrl+C');
      announce(copied ? 'Copied.' : 'The text is selected; press Ctrl+C to copy it.');
      setTimeout(() => setText(label, 'Copy'), 2500);
    });
  }
  element('retry').addEventListener('click', () => void poller.now());
  table.addEventListener('toggle', () => {
    if (table.open && latest) showPeerTable(latest.graph);
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) poller.pause();
    else void poller.now();
  });
  setInterval(() => {
    if (trouble && !document.hidden) showStanding();
  }, 1000);
  void poller.now();
}

start();
