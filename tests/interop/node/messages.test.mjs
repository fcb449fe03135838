// Encrypted messages, and direct messages over a third peer.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { all_linked } from '../lib/meeting.mjs';
import { client_versions } from '../lib/paths.mjs';
import { hears, join_pair, join_native, native_test, smallest } from './suite.mjs';

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

async function pass_on(world, one, other, fields = {}) {
  for (const [from, to, content] of [
    [one, other, 'there "\u00fc\u{1f426}"'],
    [other, one, 'and back'],
  ]) {
    await from.direct(to, content);
    await hears(world, to, 'messageReceived', { ...fields, from: from.id, content, direct: true });
  }
}

// The ends have the greater ids, so that they can offer to the relay.
describe('a direct message over a third peer', { concurrency: 3 }, () => {
  for (const version of client_versions) {
    native_test(`native, ${version}, native`, async ({ world, ids }) => {
      const relay = await world.join({ id: smallest(ids[0]), version });
      const more = { autoDiscovery: false };
      const ends = await Promise.all([join_native(world, more), join_native(world, more)]);
      for (const end of ends) await end.run('link', { to: relay.id });
      await link_each(world, relay, ends);

      // Signatures and confirmations of native peers pass the relay as well.
      await pass_on(world, ...ends, { verified: true });
      for (const end of ends) await hears(world, end, 'messageDelivered', {});
      const content = { list: [1, -0.5, 1e21, null], 'a "b"': { z: true, a: '\u2028' } };
      await ends[0].run('direct_json', { to: ends[1].id, content });
      await hears(world, ends[0], 'messageDelivered', {}, 2);
      // The two processes tell their events apart from each other.
      await hears(world, ends[1], 'messageReceived', { verified: true }, 2);
      const received = ends[1].told('messageReceived', { verified: true }).at(-1);
      assert.deepEqual(received.content, content);
    });

    native_test(`${version}, native, ${version}`, async ({ world, ids }) => {
      const more = { autoDiscovery: false, evictionStrategy: false };
      const relay = await join_native(world, { autoDiscovery: false });
      const ends = [];
      // With one link each, the ends have no room for each other.
      for (const id of ids.slice(0, 2).map(smallest)) {
        const end = await world.join({ id, version, max_peers: 1, more });
        await relay.run('link', { to: end.id });
        await all_linked(world, [relay, end]);
        ends.push(end);
      }

      await pass_on(world, ...ends);
    });
  }
});

describe('without a hub', { concurrency: 3 }, () => {
  for (const version of client_versions) {
    native_test(`native peers link over one of ${version}`, async ({ hub, world, ids }) => {
      const relay = await world.join({ id: smallest(ids[0]), version });
      const more = { autoDiscovery: false };
      const ends = await Promise.all([join_native(world, more), join_native(world, more)]);
      for (const end of ends) await end.run('link', { to: relay.id });
      await link_each(world, relay, ends);
      await hub.stop();

      const [caller, called] = ends;
      await caller.run('link', { to: called.id });

      await all_linked(world, ends);
      for (const [from, to] of [ends, ends.toReversed()])
        await hears(world, from, 'peerVerified', { peer: to.id });
      await pass_on(world, ...ends, { verified: true, hops: 0 });
    });
  }
});
