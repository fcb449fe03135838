// Native peers, pages and Node peers of all versions in one mesh talk for a minute. Nothing is lost
// and nothing comes twice, and native peers can prove to each other who speaks.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../lib/chromium_host.mjs';
import { between_neighbours, joined_up } from '../lib/meeting.mjs';
import { our_part } from '../lib/own_fault.mjs';
import { client_versions } from '../lib/paths.mjs';
import { kinds } from '../lib/suite.mjs';
import { assert_verified, is_native, join_native, native_test } from './suite.mjs';

const native_count = 4;
const peer_count = native_count + client_versions.length * kinds.length;
const talking_ms = 60_000;
const round_ms = 1_000;
const arrival_ms = 20_000;

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

function join_all(world, ids) {
  const natives = Array.from({ length: native_count }, () => join_native(world));
  const others = client_versions.flatMap((version, index) =>
    kinds.map((kind, offset) => {
      const id = ids[kinds.length * index + offset];
      // Upstream's default of three links would make a mesh of many hops.
      return world.join({ id, version, kind, max_peers: peer_count });
    }),
  );
  return Promise.all([...natives, ...others]);
}

const round_robin = (peers, from, round) => {
  const others = peers.filter((peer) => peer !== from);
  return others[round % others.length];
};

/// Sends a broadcast and a direct message from each; resolves with what must arrive.
async function say(peers, round) {
  const expected = [];
  for (const from of peers) {
    const all = `${round} to all from ${from.id}`;
    for (const to of peers) if (to !== from) expected.push({ from, to, content: all });
    await from.broadcast(all);
    const to = round_robin(peers, from, round);
    // Upstream gives up at dead ends, native peers do not.
    if (!is_native(from) && !between_neighbours(from, to)) continue;
    const one = `${round} to ${to.id} from ${from.id}`;
    expected.push({ from, to, content: one });
    await from.direct(to, one);
  }
  return expected;
}

/// How often each message arrived at each peer.
class Arrivals {
  constructor() {
    this.counts = new Map();
    this.read = new Map();
  }

  take(peers) {
    for (const peer of peers) {
      for (const event of peer.events.slice(this.read.get(peer) ?? 0)) {
        if (event.name !== 'messageReceived') continue;
        const key = Arrivals.key(peer.id, event.from, event.content);
        this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
      }
      this.read.set(peer, peer.events.length);
    }
  }

  count({ from, to, content }) {
    return this.counts.get(Arrivals.key(to.id, from.id, content)) ?? 0;
  }

  static key(...parts) {
    return parts.join('|');
  }
}

const shown = ({ from, to, content }) => `${from.name} -> ${to.name}: ${content}`;

function assert_each_once(expected, arrivals) {
  const lost = expected.filter((one) => arrivals.count(one) === 0);
  assert.deepEqual(lost.map(shown), [], `lost, of ${expected.length}`);
  const twice = expected.filter((one) => arrivals.count(one) > 1);
  assert.deepEqual(twice.map(shown), [], `twice, of ${expected.length}`);
}

native_test(
  'four native peers, three pages and three Node peers talk for a minute',
  async ({ world, ids }) => {
    const peers = await join_all(world, ids);
    await joined_up(world, peers);

    const expected = [];
    const end = Date.now() + talking_ms;
    for (let round = 0; Date.now() < end; round += 1) {
      expected.push(...(await say(peers, round)));
      await sleep(round_ms);
    }
    const arrivals = new Arrivals();
    const have_all_arrived = () => {
      arrivals.take(peers);
      return expected.every((one) => arrivals.count(one) > 0);
    };
    await world.until('every message', have_all_arrived, arrival_ms).catch(() => {});

    await our_part(() => {
      assert_verified(peers);
      const among_natives = ({ from, to }) => is_native(from) && is_native(to);
      assert_each_once(expected.filter(among_natives), arrivals);
      // Whoever sent it: a native peer tells no message twice.
      const arrived = expected.filter((one) => is_native(one.to) && arrivals.count(one) > 0);
      assert_each_once(arrived, arrivals);
    });
    assert_each_once(expected, arrivals);
  },
  () => browser,
);
