// One of three peers leaves, politely or not. The others are told and go on.
import { after, before, describe } from 'node:test';
import { Browser } from './lib/chromium_host.mjs';
import { all_linked, hear_of_loss, talk } from './lib/meeting.mjs';
import { client_versions } from './lib/paths.mjs';
import { hub_test } from './lib/suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

const partings = [
  { kind: 'node', manner: 'disconnects', part: (peer) => peer.leave() },
  { kind: 'node', manner: 'is killed', part: (peer) => peer.kill() },
  { kind: 'chromium', manner: 'disconnects', part: (peer) => peer.leave() },
  { kind: 'chromium', manner: 'closes its page', part: (peer) => peer.close() },
  { kind: 'chromium', manner: 'crashes', part: (peer) => peer.kill() },
];

for (const { kind, manner, part } of partings) {
  // A killed peer is missed only after some ten seconds, so the versions wait side by side.
  describe(`a peer in ${kind} ${manner}`, { concurrency: client_versions.length }, () => {
    for (const version of client_versions) {
      hub_test(
        version,
        async ({ world, ids }) => {
          const peers = await Promise.all(
            ids.slice(0, 3).map((id) => world.join({ id, version, kind })),
          );
          await all_linked(world, peers);
          const [gone, ...left] = peers;

          await part(gone);

          await hear_of_loss(world, left, gone);
          await talk(world, left);
        },
        () => browser,
      );
    }
  });
}
