// Links end: with a goodbye, without one, and by eviction.
import { describe } from 'node:test';
import { all_linked, talk } from '../lib/meeting.mjs';
import { client_versions } from '../lib/paths.mjs';
import { hears, join_native, join_pair, loses, native_test } from './suite.mjs';

const partings = [
  { manner: 'disconnects', part: (peer) => peer.leave() },
  { manner: 'is killed', part: (peer) => peer.kill() },
];

for (const { manner, part } of partings) {
  describe(`a peer ${manner}`, { concurrency: 2 * client_versions.length }, () => {
    for (const version of client_versions) {
      native_test(`of ${version}; a native one is told`, async ({ world, ids }) => {
        const { ours, theirs } = await join_pair(world, ids, { version });
        await part(theirs);
        await hears(world, ours, 'peerDisconnected', { peer: theirs.id });
      });

      native_test(`native; one of ${version} is told`, async ({ world, ids }) => {
        const { ours, theirs } = await join_pair(world, ids, { version });
        await part(ours);
        await loses(theirs, ours);
      });
    }
  });
}

const distance = (one, other) => BigInt(`0x${one}`) ^ BigInt(`0x${other}`);

describe('eviction', { concurrency: client_versions.length }, () => {
  // 0.1.1 takes links beyond its bound and evicts nobody.
  for (const version of ['1.0.6', '1.1.3']) {
    native_test(`${version} evicts a native peer`, async ({ world, ids }) => {
      const [center, ...greater] = ids.slice(0, 3).sort();
      greater.sort((a, b) => (distance(center, a) < distance(center, b) ? -1 : 1));
      const [near, far] = greater;
      const more = { autoDiscovery: false };
      const theirs = await world.join({ id: center, version, max_peers: 1, more });
      const evicted = await join_native(world, far, more);
      await evicted.run('link', { to: theirs.id });
      await all_linked(world, [theirs, evicted]);

      const newcomer = await join_native(world, near, more);
      await newcomer.run('link', { to: theirs.id });

      await hears(world, evicted, 'peerEvicted', { peer: theirs.id, by_peer: true });
      await hears(world, evicted, 'peerDisconnected', { peer: theirs.id });
      await all_linked(world, [theirs, newcomer]);
      await talk(world, [theirs, newcomer]);
    });
  }

  for (const version of client_versions) {
    native_test(`a native peer evicts one of ${version}`, async ({ world, ids }) => {
      const [own, ...others] = ids.slice(0, 3).sort().reverse();
      const more = { autoDiscovery: false };
      const ours = await join_native(world, own, more);
      const theirs = [];
      for (const id of others) {
        const peer = await world.join({ id, version, max_peers: 1, more });
        await ours.run('link', { to: id });
        await all_linked(world, [ours, peer]);
        theirs.push(peer);
      }

      await ours.run('set_max_peers', { count: 1 });

      await hears(world, ours, 'peerEvicted', { by_peer: false });
      const [{ peer: victim }] = ours.told('peerEvicted');
      const [left, kept] = theirs.sort((a) => (a.id === victim ? -1 : 1));
      await hears(world, left, 'peerEvicted', { peer: ours.id });
      await talk(world, [ours, kept]);
    });
  }
});
