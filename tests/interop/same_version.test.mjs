// Three peers of one version, joining at the same moment, meet through the hub and talk.
import { after, before } from 'node:test';
import { Browser } from './lib/chromium_host.mjs';
import { all_linked, talk } from './lib/meeting.mjs';
import { client_versions } from './lib/paths.mjs';
import { hub_test, kinds } from './lib/suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

for (const kind of kinds) {
  for (const version of client_versions) {
    hub_test(
      `three ${version} peers meet in ${kind}`,
      async ({ world, ids }) => {
        const peers = await Promise.all(
          ids.slice(0, 3).map((id) => world.join({ id, version, kind })),
        );

        await all_linked(world, peers);
        await talk(world, peers);
      },
      () => browser,
    );
  }
}
