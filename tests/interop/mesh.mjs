#!/usr/bin/env node
// Measures how far messages get in a mesh of unmodified Node peers that met through a hub.
//   node mesh.mjs [--peers 40] [--runs 1] [--seed 1] [--hub ours|upstream] [--json] ...
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { components, cut_vertices, degree_histogram, mutual_links } from './lib/graph.mjs';
import { start_hub } from './lib/hub.mjs';
import { World, make_ids } from './lib/world.mjs';

const usage = `usage: node mesh.mjs [options]
  --peers N      unmodified peers, joining one after another (40)
  --version V    their version: 0.1.1, 1.0.6 or 1.1.3 (1.1.3)
  --max-peers N  link limit of each; the library's own default if not given
  --interval MS  pause between joins (300)
  --settle S     seconds between the last join and the measurement (20)
  --leave N      then let N random peers disconnect, and settle again (0)
  --kill N       then kill N random peers, and settle again (0)
  --sample N     peers that broadcast (20)
  --pairs N      random pairs that exchange a direct message (60)
  --runs N       repetitions, with the seeds SEED, SEED+1, ... (1)
  --seed N       chooses ids and samples (1)
  --hub NAME     ours or upstream (ours, or the variable HUB)
  --url URL      a hub that already runs, instead of starting one
  --graph FILE   writes the link graphs, one JSON object a run
  --json         prints one JSON object a run instead of a table`;

const text = { type: 'string' };
const flag = { type: 'boolean', default: false };
const option_types = {
  peers: text,
  version: text,
  'max-peers': text,
  interval: text,
  settle: text,
  leave: text,
  kill: text,
  sample: text,
  pairs: text,
  runs: text,
  seed: text,
  hub: text,
  url: text,
  graph: text,
  json: flag,
  help: flag,
};

const peers_per_process = 10;
const quiet_ms = 2_000;

/// mulberry32: small, seeded, good enough to choose samples.
function make_random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word = (word + Math.imul(word ^ (word >>> 7), word | 61)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick(values, count, random) {
  const left = [...values];
  const picked = [];
  while (picked.length < count && left.length > 0) {
    picked.push(...left.splice(Math.floor(random() * left.length), 1));
  }
  return picked;
}

/// Ids in `doomed` get a process of their own, so that they can be killed.
async function join_all(world, ids, doomed, { version, max_peers, interval_ms }) {
  const joined = [];
  let host;
  for (const id of ids) {
    if (joined.length % peers_per_process === 0) host = await world.open_host(version, 'node');
    joined.push(
      await world.join({ id, version, max_peers, host: doomed.has(id) ? undefined : host }),
    );
    await sleep(interval_ms);
  }
  return joined;
}

/// Some peers go; resolves with those who stay.
async function part(peers, leaving, killed) {
  for (const peer of peers.filter(({ id }) => leaving.has(id))) await peer.leave();
  for (const peer of peers.filter(({ id }) => killed.has(id))) await peer.kill();
  return peers.filter(({ id }) => !leaving.has(id) && !killed.has(id));
}

async function read_graph(peers) {
  const reported = await Promise.all(
    peers.map(async (peer) => [peer.id, new Set(await peer.open_links())]),
  );
  return mutual_links(new Map(reported));
}

/// Resolves when all `expected` messages have arrived, or no new one for a while.
async function until_quiet(world, count_arrived, expected) {
  for (let before = -1, now = count_arrived(); now !== before; now = count_arrived()) {
    before = now;
    const complete = world.until('the rest', () => count_arrived() === expected, quiet_ms);
    await complete.catch(() => {});
  }
}

async function measure_broadcasts(world, peers, senders) {
  const text_of = (sender) => `broadcast of ${sender.id}`;
  for (const sender of senders) await sender.broadcast(text_of(sender));
  const others = (sender) => peers.filter((peer) => peer !== sender);
  const heard = (sender) =>
    others(sender).filter((peer) => peer.has_heard(sender, text_of(sender), false)).length;
  const heard_in_all = () => senders.reduce((sum, sender) => sum + heard(sender), 0);
  await until_quiet(world, heard_in_all, senders.length * (peers.length - 1));
  return senders.map((sender) => heard(sender) / (peers.length - 1));
}

async function measure_direct_messages(world, peers, count, random) {
  const pairs = Array.from({ length: count }, () => pick(peers, 2, random));
  for (const [index, [from, to]] of pairs.entries()) await from.direct(to, `direct ${index}`);
  const arrived = () =>
    pairs.filter(([from, to], index) => to.has_heard(from, `direct ${index}`, true)).length;
  await until_quiet(world, arrived, count);
  return arrived();
}

/// What `measure_mesh` does if not told otherwise.
export const mesh_defaults = {
  peers: 40,
  version: '1.1.3',
  interval_ms: 300,
  settle_ms: 20_000,
  leave: 0,
  kill: 0,
  sample: 20,
  pairs: 60,
  seed: 1,
};

/// One run: joins, settles, measures, and takes everything down again. Reach counts from 0 to 1.
export async function measure_mesh(hub, chosen) {
  const options = { ...mesh_defaults, ...chosen };
  const random = make_random(options.seed);
  const world = new World(hub);
  try {
    const ids = make_ids(`mesh-${options.seed}`, options.peers);
    const going = pick(ids, options.leave + options.kill, random);
    const leaving = new Set(going.slice(0, options.leave));
    const killed = new Set(going.slice(options.leave));
    let peers = await join_all(world, ids, killed, options);
    await sleep(options.settle_ms);
    if (going.length > 0) {
      peers = await part(peers, leaving, killed);
      await sleep(options.settle_ms);
    }
    const graph = await read_graph(peers);
    const parts = components(graph);
    const reach = await measure_broadcasts(world, peers, pick(peers, options.sample, random));
    const direct_arrived = await measure_direct_messages(world, peers, options.pairs, random);
    return {
      seed: options.seed,
      peers: peers.length,
      mean_reach: reach.reduce((sum, value) => sum + value, 0) / reach.length,
      min_reach: Math.min(...reach),
      isolated: [...graph.values()].filter((links) => links.size === 0).length,
      components: parts.length,
      largest_component: parts[0].length,
      cut_vertices: cut_vertices(graph).length,
      degrees: degree_histogram(graph),
      direct_arrived,
      direct_sent: options.pairs,
      links_lost: peers.reduce(
        (sum, peer) => sum + peer.count('peerDisconnected') + peer.count('peerEvicted'),
        0,
      ),
      links: Object.fromEntries([...graph].map(([id, links]) => [id, [...links]])),
    };
  } finally {
    await world.close();
  }
}

const percent = (value) => `${(100 * value).toFixed(1)} %`;

function row(result) {
  return [
    result.seed,
    result.peers,
    percent(result.mean_reach),
    percent(result.min_reach),
    result.isolated,
    result.components,
    result.cut_vertices,
    result.degrees.join('/'),
    `${result.direct_arrived}/${result.direct_sent}`,
    result.links_lost,
  ];
}

const titles = [
  'seed',
  'peers',
  'mean reach',
  'min reach',
  'isolated',
  'parts',
  'cut vertices',
  'degrees 0/1/2/..',
  'direct',
  'links lost',
];

function print_row(cells) {
  console.log(cells.map((cell, index) => String(cell).padStart(titles[index].length)).join('  '));
}

function mesh_options(values) {
  const numbers = {
    peers: values.peers,
    max_peers: values['max-peers'],
    interval_ms: values.interval,
    leave: values.leave,
    kill: values.kill,
    sample: values.sample,
    pairs: values.pairs,
    seed: values.seed,
    settle_ms: values.settle && 1000 * Number(values.settle),
  };
  const options = { version: values.version };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    if (!(Number(value) >= 0)) throw new Error(`not a number: ${value}`);
    options[name] = Number(value);
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

async function main() {
  const { values } = parseArgs({ options: option_types });
  if (values.help) return console.log(usage);
  const options = { ...mesh_defaults, ...mesh_options(values) };
  if (!values.json) print_row(titles);
  for (let run = 0; run < Number(values.runs ?? 1); run += 1) {
    const hub = values.url ? { url: values.url, stop() {} } : await start_hub(values.hub);
    const { links, ...result } = await measure_mesh(hub, { ...options, seed: options.seed + run });
    await hub.stop();
    if (values.json) console.log(JSON.stringify(result));
    else print_row(row(result));
    const line = `${JSON.stringify({ seed: result.seed, links })}\n`;
    if (values.graph) writeFileSync(values.graph, line, { flag: run > 0 ? 'a' : 'w' });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main();
  process.exit();
}
