// Binary messages and files between a native peer and one of upstream.
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { binary_content } from '../rtc/lib/content.mjs';
import { hears, join_pair, native_test } from './suite.mjs';

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
