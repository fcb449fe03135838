// The hub restarts. Links stay and carry messages meanwhile, everybody comes back, and a newcomer
// meets them.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../lib/chromium_host.mjs';
import {
  all_linked,
  hear_everything,
  joined_up,
  meeting_ms,
  say_everything,
  talk_eventually,
} from '../lib/meeting.mjs';
import { our_part } from '../lib/own_fault.mjs';
import { client_versions } from '../lib/paths.mjs';
import { kinds } from '../lib/suite.mjs';
import { assert_verified, is_native, join_native, native_test } from './suite.mjs';

const max_peers = 8;

/// Pages of older versions never come back to a hub that refuses their first attempt, which comes
/// three seconds after the loss.
const away_ms = (version) => (version === '1.1.3' ? 2_000 : 0);

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

const losses = (peers) => peers.map((peer) => peer.count('peerDisconnected'));

/// Each has come back to the hub.
const come_back = (world, peers) =>
  world.until(
    'every peer back at the hub',
    () => peers.every((peer) => peer.hub_connections >= 2),
    meeting_ms,
  );

async function restart({ hub, world, ids }, version) {
  const others = kinds.map((kind, index) =>
    world.join({ id: ids[index], version, kind, max_peers }),
  );
  const peers = await Promise.all([join_native(world), join_native(world), ...others]);
  const natives = peers.filter(is_native);
  await all_linked(world, peers);
  const losses_before = losses(peers);

  const code = await hub.stop();
  const pause = sleep(away_ms(version));
  await say_everything(peers, 'without a hub');
  await pause;
  await hub.start();

  await our_part(async () => {
    assert.equal(code, 0, 'the hub ends cleanly on SIGTERM');
    await hear_everything(world, natives, 'without a hub');
    const [one, other] = natives;
    assert.deepEqual(one.told('peerDisconnected', { peer: other.id }), [], 'native links survive');
    await come_back(world, natives);
  });
  await hear_everything(world, peers, 'without a hub');
  await come_back(world, peers);
  assert.deepEqual(losses(peers), losses_before, 'links survive');
  const newcomer = await join_native(world);
  await joined_up(world, [...peers, newcomer]);
  await talk_eventually(world, [...peers, newcomer]);
  await our_part(() => assert_verified([...peers, newcomer]));
}

describe('a hub restarts under native peers and others', { concurrency: 2 }, () => {
  for (const version of client_versions) {
    native_test(
      version,
      (frame) => restart(frame, version),
      () => browser,
    );
  }
});
