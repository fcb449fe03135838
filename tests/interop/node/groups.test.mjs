// Messages to groups, and texts that are encrypted without being sent.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { client_versions } from '../lib/paths.mjs';
import {
  call,
  everybody,
  hears,
  join_native,
  join_pair,
  native_test,
  smallest,
} from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

const get_browser = () => browser;
const group = 'chess "1"';
// 0.1.1 makes no keys unless it is told to.
const their_options = { enableCrypto: true };

/// One side makes the key, and the other gets it as an application would carry it.
async function found_group(founder, member) {
  const key = await founder.run('generate_group_key', { group });
  await member.run('add_group_key', { group, key });
}

async function speak(world, from, to, content) {
  await from.run('to_group', { group, text: content });
  const fields = { from: from.id, content, direct: false, encrypted: true };
  await hears(world, to, 'messageReceived', fields);
}

/// What one side has encrypted the other opens.
async function trade(from, to, target) {
  const text = `kept by ${from.id} "\u00fc"`;
  const json = await from.run('encrypt', { ...target, text });
  assert(!json.includes('kept by'), json);
  assert.equal(await to.run('decrypt', { json }), text);
}

describe('groups', { concurrency: 3 }, () => {
  for (const { version, kind } of everybody) {
    for (const is_ours of [true, false]) {
      native_test(
        `${version} in ${kind}, with a key of ${is_ours ? 'ours' : 'theirs'}`,
        async ({ world, ids }) => {
          const { ours, theirs } = await join_pair(world, ids, { version, kind, their_options });
          await hears(world, ours, 'peerKeyAdded', { peer: theirs.id });
          await hears(world, theirs, 'peerKeyAdded', { peer: ours.id });
          await found_group(...(is_ours ? [ours, theirs] : [theirs, ours]));

          for (const [from, to] of [
            [ours, theirs],
            [theirs, ours],
          ]) {
            await speak(world, from, to, `to the group "\u00fc" from ${from.id}`);
            await trade(from, to, { group });
            await trade(from, to, { to: to.id });
            await trade(from, from, {});
          }
        },
        get_browser,
      );
    }
  }

  for (const version of client_versions) {
    native_test(`native, ${version} that is no member, native`, async ({ world, ids }) => {
      const waits = { autoDiscovery: false };
      const relay = await world.join({ id: smallest(ids[0]), version, more: their_options });
      const ends = [await join_native(world, waits), await join_native(world, waits)];
      for (const end of ends) await call(world, end, relay);
      await found_group(...ends);

      await speak(world, ends[0], ends[1], 'over one that cannot read it');

      await hears(world, ends[1], 'messageReceived', { verified: true, hops: 1 });
      const passed = relay.told('messageReceived', { from: ends[0].id });
      assert(!JSON.stringify(passed).includes('cannot read'), JSON.stringify(passed));
    });
  }

  native_test('upstream speaks over a native peer that is no member', async ({ world, ids }) => {
    const more = { enableCrypto: true, autoDiscovery: false, evictionStrategy: false };
    const relay = await join_native(world, { autoDiscovery: false });
    const ends = [];
    for (const id of ids.slice(0, 2)) {
      const end = await world.join({ id: smallest(id), version: '1.1.3', max_peers: 1, more });
      await call(world, relay, end);
      ends.push(end);
    }
    await found_group(...ends);

    await speak(world, ...ends, 'over one that cannot read it');

    assert.deepEqual(relay.told('messageReceived'), []);
  });
});
