// The hub is away for two seconds. Links stay and carry messages meanwhile, everybody comes back,
// and a newcomer meets them.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../lib/chromium_host.mjs';
import { all_linked, joined_up, meeting_ms, talk } from '../lib/meeting.mjs';
import { join_native, native_test } from './suite.mjs';

// Pages of older versions never come back to a hub that refuses their first attempt.
const away_ms = 2_000;

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

native_test(
  'a hub restarts under native peers and others',
  async ({ hub, world, ids }) => {
    const peers = await Promise.all([
      join_native(world, ids[0]),
      join_native(world, ids[1]),
      world.join({ id: ids[2], version: '1.1.3', max_peers: 8 }),
      world.join({ id: ids[3], version: '1.1.3', max_peers: 8, kind: 'chromium' }),
    ]);
    await all_linked(world, peers);
    const losses = () => peers.map((peer) => peer.count('peerDisconnected'));
    const losses_before = losses();

    assert.equal(await hub.stop(), 0, 'the hub ends cleanly on SIGTERM');
    const pause = sleep(away_ms);
    await talk(world, peers, 'without a hub');
    await pause;
    await hub.start();

    const back = () => peers.every((peer) => peer.hub_connections >= 2);
    await world.until('every peer back at the hub', back, meeting_ms);
    assert.deepEqual(losses(), losses_before, 'links survived');
    const newcomer = await join_native(world, ids[4]);
    await joined_up(world, [...peers, newcomer]);
    await talk(world, [...peers, newcomer], 'with a newcomer');
  },
  () => browser,
);
