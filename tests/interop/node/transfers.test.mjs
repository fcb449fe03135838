// Binary messages and files between a native peer and one of upstream.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { binary_content } from '../rtc/lib/content.mjs';
import {
  hears,
  is_native,
  join_over_ours,
  join_over_theirs,
  join_pair,
  native_test,
} from './suite.mjs';

const file_bytes = 10 * 1024 * 1024;
const binary_bytes = 200_000;

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// What the receiver must tell of content made from a seed.
function digest(seed, bytes) {
  const sha256 = createHash('sha256').update(binary_content(seed, 0, bytes)).digest('hex');
  return { bytes, sha256 };
}

async function send_binary(world, from, to, seed) {
  await from.run('binary', { to: to.id, seed, bytes: binary_bytes });
  const expected = { from: from.id, ...digest(seed, binary_bytes) };
  await hears(world, to, 'binaryMessageReceived', expected);
}

async function send_file(world, from, to, seed) {
  const file = { filename: `file ${seed}.bin`, seed, bytes: file_bytes };
  const sent = from.run('file', { to: to.id, ...file });
  const name = to.kind === 'native' ? 'streamCompleted' : 'streamRead';
  await hears(world, to, name, { peer: from.id, ...digest(seed, file_bytes) });
  await sent;
}

for (const [version, kind] of [
  ['1.1.3', 'node'],
  ['1.0.6', 'node'],
  ['1.1.3', 'chromium'],
]) {
  native_test(
    `binary messages and files of 10 MiB, ${version} in ${kind}`,
    async ({ world, ids }) => {
      const { ours, theirs } = await join_pair(world, ids, { version, kind });

      await send_binary(world, ours, theirs, 1);
      await send_binary(world, theirs, ours, 2);
      await send_file(world, ours, theirs, 3);
      await send_file(world, theirs, ours, 4);
      // Both ways at once, among messages.
      await Promise.all([
        send_file(world, ours, theirs, 5),
        send_file(world, theirs, ours, 6),
        send_binary(world, ours, theirs, 7),
        send_binary(world, theirs, ours, 8),
      ]);
    },
    () => browser,
  );
}

// ---- Streams to everybody, which only 1.1.3 has

const broadcast_bytes = 1024 * 1024;

/// `broadcastBlob` sends what its stream gives at once, which is all of it: more than this does not
/// fit into a message, and reaches nobody.
const blob_bytes = 60_000;

/// Sent by `how`, and received by all others.
async function broadcast(world, from, others, seed, how = 'broadcast_file') {
  const bytes = how === 'broadcast_blob' ? blob_bytes : broadcast_bytes;
  const sent = from.run(how, { filename: `file ${seed}.bin`, seed, bytes });
  for (const to of others) {
    const name = is_native(to) ? 'streamCompleted' : 'streamRead';
    await hears(world, to, name, { peer: from.id, ...digest(seed, bytes) });
    if (!is_native(to)) continue;
    const [begun] = to.told('streamReceived', { peer: from.id, broadcast: true }).slice(-1);
    assert.equal(begun.verified, is_native(from));
    assert.equal(begun.bytes, bytes);
  }
  await sent;
}

for (const kind of ['node', 'chromium']) {
  native_test(
    `streams to everybody, 1.1.3 in ${kind}`,
    async ({ world, ids }) => {
      const { ours, theirs } = await join_pair(world, ids, { version: '1.1.3', kind });

      await broadcast(world, ours, [theirs], 1);
      await broadcast(world, theirs, [ours], 2);
      await broadcast(world, theirs, [ours], 3, 'broadcast_blob');
    },
    () => browser,
  );

  native_test(
    `streams to everybody, native, 1.1.3 in ${kind}, native`,
    async ({ world, ids }) => {
      const ends = await join_over_theirs(world, ids, { version: '1.1.3', kind });
      const relay = [...world.peers].find((peer) => !is_native(peer));

      await broadcast(world, ends[0], [relay, ends[1]], 1);
      await broadcast(world, relay, ends, 2);
    },
    () => browser,
  );

  native_test(
    `streams to everybody, 1.1.3 in ${kind}, native, 1.1.3 in node`,
    async ({ world, ids }) => {
      const end_kinds = [kind, 'node'].map((kind) => ({ version: '1.1.3', kind }));
      const ends = await join_over_ours(world, ids, end_kinds);
      const relay = [...world.peers].find(is_native);

      await broadcast(world, ends[0], [relay, ends[1]], 1);
      await broadcast(world, relay, ends, 2);
    },
    () => browser,
  );
}
