// Encrypted messages, and messages over a third peer.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { all_linked } from '../lib/meeting.mjs';
import { our_part } from '../lib/own_fault.mjs';
import { kinds } from '../lib/suite.mjs';
import {
  call,
  everybody,
  hears,
  is_native,
  join_native,
  join_over_ours,
  join_over_theirs,
  join_pair,
  native_test,
  smallest,
  waits,
} from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

const get_browser = () => browser;

describe('keys are exchanged and messages encrypted', { concurrency: 3 }, () => {
  // 0.1.1 makes no keys unless it is told to.
  const their_options = { enableCrypto: true };
  for (const { version, kind } of everybody) {
    for (const is_greater of [true, false]) {
      const which = is_greater ? 'greater' : 'smaller';
      const body = async ({ world, ids }) => {
        const pair = { version, kind, is_greater, their_options };
        const { ours, theirs } = await join_pair(world, ids, pair);
        await hears(world, ours, 'peerKeyAdded', { peer: theirs.id });
        await hears(world, theirs, 'peerKeyAdded', { peer: ours.id });

        for (const [from, to, content] of [
          [ours, theirs, 'secret "one"'],
          [theirs, ours, 'secret \u00fc'],
        ]) {
          await from.run('encrypted', { to: to.id, text: content });
          const fields = { from: from.id, content, direct: true, encrypted: true };
          await hears(world, to, 'messageReceived', fields);
        }
      };
      native_test(`${version} in ${kind}, native id ${which}`, body, get_browser);
    }
  }
});

describe('0.1.1', { concurrency: kinds.length }, () => {
  for (const kind of kinds) {
    const version = '0.1.1';

    native_test(
      `asks for keys, in ${kind}`,
      async ({ world, ids }) => {
        const their_options = { enableCrypto: true };
        const { ours, theirs } = await join_pair(world, ids, { version, kind, their_options });
        await hears(world, theirs, 'peerKeyAdded', { peer: ours.id });

        await theirs.run('exchange_keys', { to: ours.id });

        await hears(world, theirs, 'peerKeyAdded', { peer: ours.id }, 2);
      },
      get_browser,
    );

    native_test(
      `asks whether the channel is alive, in ${kind}`,
      async ({ world, ids }) => {
        const { ours, theirs } = await join_pair(world, ids, { version, kind });

        await theirs.run('test_channel', { to: ours.id });

        await hears(world, theirs, 'pong', { from: ours.id });
        const [{ timestamp, originalTimestamp }] = theirs.told('pong');
        assert(Number.isInteger(originalTimestamp), `${originalTimestamp}`);
        assert(Number.isInteger(timestamp), `${timestamp}`);
      },
      get_browser,
    );
  }
});

/// The hops with which a message begins.
const ttl = { '0.1.1': 10, '1.0.6': 10, '1.1.3': 40, ours: 40 };

/// What a peer tells of the way of a message that one other has passed on. Native peers count those
/// on the way. Upstream's believe that everybody begins with as many hops as they do.
const hops = (from, to) => (is_native(to) ? 1 : ttl[to.version] - (ttl[from.version] - 1));

/// A broadcast and a direct message each way, over one peer in between.
async function pass_on(world, one, other, fields = {}) {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ]) {
    const expected = { ...fields, hops: hops(from, to), from: from.id };
    const content = `there "\u00fc\u{1f426}" from ${from.id}`;
    await from.direct(to, content);
    await hears(world, to, 'messageReceived', { ...expected, content, direct: true });
    await from.broadcast(content);
    await hears(world, to, 'messageReceived', { ...expected, content, direct: false });
  }
}

describe('over a third peer', { concurrency: 3 }, () => {
  for (const peer of everybody) {
    const { version, kind } = peer;

    native_test(
      `native, ${version} in ${kind}, native`,
      async ({ world, ids }) => {
        const ends = await join_over_theirs(world, ids, peer);

        // Signatures and confirmations of native peers pass the relay as well.
        await pass_on(world, ...ends, { verified: true });
        for (const end of ends) await hears(world, end, 'messageDelivered', {});
        const content = { list: [1, -0.5, 1e21, null], 'a "b"': { z: true, a: '\u2028' } };
        const message = await ends[0].run('direct_json', { to: ends[1].id, content });
        await hears(world, ends[0], 'messageDelivered', { message });
        // The two processes tell their events apart from each other.
        await hears(world, ends[1], 'messageReceived', { message, verified: true, hops: 1 });
        const [received] = ends[1].told('messageReceived', { message });
        assert.deepEqual(received.content, content);
      },
      get_browser,
    );

    native_test(
      `${version} in ${kind}, native, ${version} in ${kind}`,
      async ({ world, ids }) => {
        const ends = await join_over_ours(world, ids, [peer, peer]);

        await pass_on(world, ...ends);
      },
      get_browser,
    );
  }

  for (const version of ['0.1.1', '1.0.6']) {
    native_test(`${version}, native, 1.1.3`, async ({ world, ids }) => {
      const ends = await join_over_ours(world, ids, [{ version }, { version: '1.1.3' }]);

      await pass_on(world, ...ends);
    });
  }

  for (const [between, end_version] of [
    ['1.0.6', '1.1.3'],
    ['1.1.3', '1.0.6'],
    ['0.1.1', '1.1.3'],
    ['1.1.3', '0.1.1'],
  ]) {
    native_test(
      `native, ${between}, ${end_version}`,
      async ({ world, ids }) => {
        const relay = await world.join({ id: smallest(ids[0]), version: between, more: waits });
        const ours = await join_native(world, waits);
        const theirs = await world.join({ id: ids[1], version: end_version, more: waits });
        await Promise.all([ours, theirs].map((end) => call(world, end, relay)));

        await pass_on(world, ours, theirs);
      },
    );
  }
});

describe('without a hub', { concurrency: 3 }, () => {
  for (const { version, kind } of everybody) {
    native_test(
      `native peers link over one of ${version} in ${kind}`,
      async ({ hub, world, ids }) => {
        const ends = await join_over_theirs(world, ids, { version, kind });
        await hub.stop();

        const [caller, called] = ends;
        await caller.run('link', { to: called.id });

        await all_linked(world, ends);
        await our_part(async () => {
          for (const [from, to] of [ends, ends.toReversed()])
            await hears(world, from, 'peerVerified', { peer: to.id });
          const content = 'straight';
          await caller.direct(called, content);
          const fields = { from: caller.id, content, verified: true, hops: 0 };
          await hears(world, called, 'messageReceived', fields);
        });
      },
      get_browser,
    );
  }
});
