// @ts-check
/**
 * What `/status.json` says, checked and bounded, so that the rest of the page can rely on it.
 *
 * @typedef {{name: string, peers: number, links: number}} Namespace
 * @typedef {{type: string, in: number, out: number}} TypeCount
 * @typedef {{reason: string, count: number}} Refusal
 * @typedef {{id: string, short: string, links: number, slots: number}} Peer
 * @typedef {'introduced' | 'offered' | 'answered'} LinkState
 * @typedef {{a: number, b: number, state: LinkState}} Link
 * @typedef {{namespace: string, truncated: boolean, nodes: Peer[], edges: Link[]}} Graph
 * @typedef {{
 *   name: string, version: string, hubId: string, uptimeMs: number, startedAt: string,
 *   state: string, connections: number, peers: number, connectionsMax: number,
 *   memoryBytes: number, namespaceCount: number, namespaces: Namespace[],
 *   messagesIn: number, messagesOut: number, inPerSecond: number, outPerSecond: number,
 *   byType: TypeCount[], refused: Refusal[], graph: Graph,
 * }} Status
 */
import { printable } from './format.js';

const namespaces_max = 50;
const nodes_max = 200;
const edges_max = 6000;
const rows_max = 64;
/** Peers named in one line of text; those of the largest graphs have many neighbours. */
const named_max = 10;

/** @type {LinkState[]} Weakest first. */
export const link_states = ['introduced', 'offered', 'answered'];

/** @param {unknown} value @returns {Record<string, unknown>} */
function object(value) {
  return typeof value === 'object' && value !== null
    ? /** @type {Record<string, unknown>} */ (value)
    : {};
}

/** @param {unknown} value @param {number} count_max */
function list(value, count_max) {
  return Array.isArray(value) ? value.slice(0, count_max).map(object) : [];
}

/** @param {unknown} value */
function number(value) {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : '';
}

/** @param {Record<string, unknown>} graph @returns {Graph} */
function readGraph(graph) {
  const nodes = list(graph.nodes, nodes_max).map((node) => ({
    id: text(node.id),
    short: printable((text(node.short) || text(node.id)).slice(0, 8)),
    links: number(node.links),
    slots: number(node.slots),
  }));
  const inside = (/** @type {unknown} */ index) =>
    Number.isInteger(index) && Number(index) >= 0 && Number(index) < nodes.length;
  /** @type {Link[]} */
  const edges = [];
  for (const edge of list(graph.edges, edges_max)) {
    const state = link_states.find((known) => known === edge.state);
    if (!state || !inside(edge.a) || !inside(edge.b) || edge.a === edge.b) continue;
    edges.push({ a: Number(edge.a), b: Number(edge.b), state });
  }
  return { namespace: text(graph.namespace), truncated: graph.truncated === true, nodes, edges };
}

/**
 * Throws a `TypeError` if `json` is not a status at all; a missing or wrong member counts as zero.
 * @param {unknown} json
 * @returns {Status}
 */
export function readStatus(json) {
  const status = object(json);
  if (typeof status.state !== 'string') throw new TypeError('not a hub status');
  const messages = object(status.messages);
  const rates = object(status.rates);
  return {
    name: text(status.name), version: text(status.version), hubId: text(status.hubId),
    uptimeMs: number(status.uptimeMs), startedAt: text(status.startedAt), state: status.state,
    connections: number(status.connections), peers: number(status.peers),
    connectionsMax: number(status.connectionsMax), memoryBytes: number(status.memoryBytes),
    namespaceCount: number(status.namespaceCount),
    namespaces: list(status.namespaces, namespaces_max).map((row) => ({
      name: text(row.name), peers: number(row.peers), links: number(row.links),
    })),
    messagesIn: number(messages.in), messagesOut: number(messages.out),
    inPerSecond: number(rates.inPerSecond), outPerSecond: number(rates.outPerSecond),
    byType: list(status.byType, rows_max).map((row) => ({
      type: text(row.type), in: number(row.in), out: number(row.out),
    })),
    refused: list(status.refused, rows_max).map((row) => ({
      reason: text(row.reason), count: number(row.count),
    })),
    graph: readGraph(object(status.graph)),
  };
}

/**
 * Each peer's links, in the order of the nodes.
 * @param {Graph} graph
 * @returns {{to: number, state: LinkState}[][]}
 */
export function linksOf(graph) {
  /** @type {{to: number, state: LinkState}[][]} */
  const links = graph.nodes.map(() => []);
  for (const { a, b, state } of graph.edges) {
    links[a].push({ to: b, state });
    links[b].push({ to: a, state });
  }
  return links;
}

/**
 * One peer's links in words, strongest first: "answered: a1, b2; offered: c3".
 * @param {Graph} graph
 * @param {{to: number, state: LinkState}[]} links
 */
export function linksInWords(graph, links) {
  const parts = [];
  for (const state of [...link_states].reverse()) {
    const others = links.filter((link) => link.state === state);
    if (others.length === 0) continue;
    const names = others.slice(0, named_max).map(({ to }) => graph.nodes[to].short);
    if (others.length > named_max) names.push(`${others.length - named_max} more`);
    parts.push(`${state}: ${names.join(', ')}`);
  }
  return parts.join('; ');
}

/** How many links are in each state. @param {Graph} graph */
export function countStates(graph) {
  const counts = { introduced: 0, offered: 0, answered: 0 };
  for (const edge of graph.edges) counts[edge.state] += 1;
  return counts;
}

/**
 * Whether peers are there and nothing is known of their links, as after a restart of the hub: they
 * go on, and it was not there when they were made.
 * @param {Graph} graph
 */
export function lacksKnownLinks(graph) {
  return graph.nodes.length > 1 && graph.edges.length === 0;
}

/** What hubs refuse in daily use, in words: no limit acted. @type {Map<string, string>} */
const usual = new Map([
  ['unknown_target', 'Signal to a peer that left'],
  ['withheld_offer', 'Offer that crossed another'],
  ['withheld_rejection', 'Rejection of such an offer'],
]);

/** Empty for a reason that somebody may want to look into. @param {string} reason */
export function usualInWords(reason) {
  return usual.get(reason) ?? '';
}

/** How much was refused beyond daily use. @param {Status} status */
export function refusedUnusually(status) {
  return status.refused.reduce((sum, row) => sum + (usual.has(row.reason) ? 0 : row.count), 0);
}

/** Whether a peer has told how many links it wants and has as many. @param {Peer} peer */
export function isFull(peer) {
  return peer.slots > 0 && peer.links >= peer.slots;
}

/**
 * Whether the namespace somebody chose is known to be gone, so that the page should let go of it.
 * A namespace beyond the listed ones may still exist: then the graph decides.
 * @param {Status} status
 * @param {string} chosen
 */
export function isGone(status, chosen) {
  if (status.graph.namespace !== chosen) return true;
  return status.graph.nodes.length === 0 &&
    !status.namespaces.some((row) => row.name === chosen);
}
