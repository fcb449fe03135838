// Links end: with a goodbye, without one, and by eviction.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { all_linked, talk } from '../lib/meeting.mjs';
import { our_part } from '../lib/own_fault.mjs';
import { client_versions } from '../lib/paths.mjs';
import {
  call,
  everybody,
  forgets,
  hears,
  join_native,
  join_pair,
  loses,
  native_test,
  smallest,
  spawn_native,
} from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// The tests of a group wait side by side: a peer that vanishes is missed only after ten seconds.
function for_each(name, cases, body) {
  describe(name, { concurrency: 6 }, () => {
    for (const one of cases) {
      const { version, kind, manner } = one;
      native_test(
        [version, 'in', kind, manner].join(' ').trim(),
        (frame) => body(frame, one),
        () => browser,
      );
    }
  });
}

const said = 'data channel closed';
const noticed = 'connection disconnected';

const partings = [
  { kind: 'node', manner: 'disconnects', part: (peer) => peer.leave(), reason: said },
  { kind: 'node', manner: 'is killed', part: (peer) => peer.kill(), reason: noticed },
  { kind: 'chromium', manner: 'disconnects', part: (peer) => peer.leave(), reason: said },
  { kind: 'chromium', manner: 'closes its page', part: (peer) => peer.close(), reason: noticed },
  { kind: 'chromium', manner: 'crashes', part: (peer) => peer.kill(), reason: noticed },
].flatMap((parting) => client_versions.map((version) => ({ ...parting, version })));

for_each(
  'a native peer is told that another is gone, and forgets it',
  partings,
  async ({ world, ids }, { version, kind, part, reason }) => {
    const { ours, theirs } = await join_pair(world, ids, { version, kind });

    await part(theirs);

    await hears(world, ours, 'peerDisconnected', { peer: theirs.id });
    const [told] = ours.told('peerDisconnected');
    assert.equal(told.reason, reason);
    await forgets(ours, theirs);
    await our_part(() => assert.deepEqual(ours.told('connectFailed'), [], 'it called nobody'));
  },
);

for_each(
  'a peer says goodbye to a native one, and comes back',
  everybody,
  async ({ world, ids }, pair) => {
    const { ours, theirs } = await join_pair(world, ids, pair);
    assert.equal(ours.told('peerDiscovered', { peer: theirs.id }).length, 1);

    await theirs.leave();
    await hears(world, ours, 'peerDisconnected', { peer: theirs.id });
    await forgets(ours, theirs);
    // A key of its own would be another one than before, which native peers do not believe.
    const returned = await theirs.join_again({ enableCrypto: false });

    await hears(world, ours, 'peerDiscovered', { peer: theirs.id }, 2);
    await all_linked(world, [ours, returned]);
    await talk(world, [ours, returned]);
  },
);

for_each(
  'a native peer says goodbye to another, and comes back',
  everybody,
  async ({ world, ids }, pair) => {
    const { ours, theirs } = await join_pair(world, ids, pair);

    await ours.leave();

    // The hub passes the goodbye on; the end of the channel may be told before.
    await hears(world, theirs, 'peerDisconnected', { peer: ours.id, reason: 'left network' });
    await forgets(theirs, ours);
    const returned = await ours.join_again();
    await all_linked(world, [returned, theirs]);
    await talk(world, [returned, theirs]);
  },
);

for_each(
  'a native peer is killed and another is told',
  everybody,
  async ({ world, ids }, pair) => {
    const { ours, theirs } = await join_pair(world, ids, pair);

    await ours.kill();

    await loses(theirs, ours);
    const goodbyes = theirs.told('peerDisconnected', { reason: 'left network' });
    assert.deepEqual(goodbyes, []);
  },
);

const distance = (one, other) => BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
const more = { autoDiscovery: false };

for_each('a peer evicts a native one', everybody, async ({ world, ids }, { version, kind }) => {
  const id = smallest(ids[0]);
  const natives = await Promise.all([spawn_native(world, more), spawn_native(world, more)]);
  const [near, far] = natives.sort((a, b) => (distance(id, a.id) < distance(id, b.id) ? -1 : 1));
  const theirs = await world.join({ id, version, kind, max_peers: 1, more });
  const evicted = await far.join();
  await call(world, evicted, theirs);

  const newcomer = await near.join();
  await newcomer.run('link', { to: theirs.id });

  await hears(world, evicted, 'peerEvicted', { peer: theirs.id, by_peer: true });
  await hears(world, evicted, 'peerDisconnected', { peer: theirs.id });
  await all_linked(world, [theirs, newcomer]);
  await talk(world, [theirs, newcomer]);
});

for_each('a native peer evicts another', everybody, async ({ world, ids }, { version, kind }) => {
  const ours = await join_native(world, more);
  const theirs = [];
  for (const id of ids.slice(0, 2).map(smallest)) {
    const peer = await world.join({ id, version, kind, max_peers: 1, more });
    await call(world, ours, peer);
    theirs.push(peer);
  }

  await ours.run('set_max_peers', { count: 1 });

  await hears(world, ours, 'peerEvicted', { by_peer: false });
  const [{ peer: victim }] = ours.told('peerEvicted');
  const [left, kept] = theirs.sort((a) => (a.id === victim ? -1 : 1));
  await hears(world, left, 'peerEvicted', { peer: ours.id });
  await talk(world, [ours, kept]);
});
