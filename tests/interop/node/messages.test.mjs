// Encrypted messages, and direct messages over a third peer.
import { describe } from 'node:test';
import { client_versions } from '../lib/paths.mjs';
import { all_linked, hears, join_native, join_pair, native_test } from './suite.mjs';

// 0.1.1 makes no keys unless it is told to.
describe('keys are exchanged and messages encrypted', { concurrency: 2 }, () => {
  for (const version of ['1.0.6', '1.1.3']) {
    for (const is_greater of [true, false]) {
      native_test(`${version}, native id ${is_greater ? 'greater' : 'smaller'}`, async (frame) => {
        const { world, ids } = frame;
        const { ours, theirs } = await join_pair(world, ids, { version, is_greater });
        await hears(world, ours, 'peerKeyAdded', { peer: theirs.id });
        await hears(world, theirs, 'peerKeyAdded', { peer: ours.id });

        await ours.run('encrypted', { to: theirs.id, text: 'secret "one"' });
        await theirs.run('encrypted', { to: ours.id, text: 'secret \u00fc' });

        const encrypted = { direct: true, encrypted: true };
        await hears(world, theirs, 'messageReceived', {
          ...encrypted,
          from: ours.id,
          content: 'secret "one"',
        });
        await hears(world, ours, 'messageReceived', {
          ...encrypted,
          from: theirs.id,
          content: 'secret \u00fc',
        });
      });
    }
  }
});

const link_each = (world, relay, ends) =>
  Promise.all(ends.map((end) => all_linked(world, [relay, end])));

async function pass_on(world, one, other) {
  await one.direct(other, 'there');
  await hears(world, other, 'messageReceived', { from: one.id, content: 'there', direct: true });
  await other.direct(one, 'and back');
  await hears(world, one, 'messageReceived', { from: other.id, content: 'and back', direct: true });
}

// The ends have the greater ids, so that they can offer to the relay.
describe('a direct message over a third peer', { concurrency: 3 }, () => {
  for (const version of client_versions) {
    native_test(`native, ${version}, native`, async ({ world, ids }) => {
      const [smallest, ...greater] = ids.slice(0, 3).sort();
      const relay = await world.join({ id: smallest, version });
      const ends = await Promise.all(
        greater.map((id) => join_native(world, id, { autoDiscovery: false })),
      );
      for (const end of ends) await end.run('link', { to: relay.id });
      await link_each(world, relay, ends);

      await pass_on(world, ...ends);

      // The confirmations of native peers pass the relay as well.
      for (const end of ends) await hears(world, end, 'messageDelivered', {});
    });

    native_test(`${version}, native, ${version}`, async ({ world, ids }) => {
      const [first, second, greatest] = ids.slice(0, 3).sort();
      const more = { autoDiscovery: false, evictionStrategy: false };
      const relay = await join_native(world, greatest, { autoDiscovery: false });
      const ends = [];
      // With one link each, the ends have no room for each other.
      for (const id of [first, second]) {
        const end = await world.join({ id, version, max_peers: 1, more });
        await relay.run('link', { to: end.id });
        await all_linked(world, [relay, end]);
        ends.push(end);
      }

      await pass_on(world, ...ends);
    });
  }
});
