// The hub goes away and a successor starts on the same port. The mesh does not notice, the clients
// rejoin, and a newcomer meets them.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from './lib/chromium_host.mjs';
import { all_linked, joined_up, meeting_ms, talk, talk_eventually } from './lib/meeting.mjs';
import { our_part } from './lib/own_fault.mjs';
import { client_versions } from './lib/paths.mjs';
import { hub_test, kinds } from './lib/suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// Pages of the older versions never return if their first attempt, some three seconds after the
/// loss, is refused. Their successor must not be kept waiting.
const gives_up_early = (version) => version !== '1.1.3';

for (const kind of kinds) {
  describe(`hub restart under peers in ${kind}`, { concurrency: client_versions.length }, () => {
    for (const version of client_versions) {
      hub_test(
        version,
        async ({ hub, world, ids }) => {
          const peers = await Promise.all(
            ids.slice(0, 3).map((id) => world.join({ id, version, kind })),
          );
          await all_linked(world, peers);

          const losses = () => peers.map((peer) => peer.count('peerDisconnected'));
          const losses_before = losses();

          const code = await hub.stop();
          if (!gives_up_early(version)) await talk(world, peers, 'without a hub');
          await hub.start();

          await our_part(() => assert.equal(code, 0, 'the hub ends cleanly on SIGTERM'));
          const back = () => peers.every((peer) => peer.hub_connections >= 2);
          await world.until('every peer back at the hub', back, meeting_ms);
          assert.deepEqual(losses(), losses_before, 'links survived');
          const newcomer = await world.join({ id: ids[3], version, kind });
          await joined_up(world, [...peers, newcomer]);
          await talk_eventually(world, [...peers, newcomer]);
        },
        () => browser,
      );
    }
  });
}
