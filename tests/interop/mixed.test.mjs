// Peers of all versions share the namespace "global".
import { after, before } from 'node:test';
import { Browser } from './lib/chromium_host.mjs';
import { between_neighbours, joined_up, talk_eventually } from './lib/meeting.mjs';
import { client_versions } from './lib/paths.mjs';
import { hub_test, kinds } from './lib/suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

function orders(values) {
  if (values.length < 2) return [values];
  return values.flatMap((first) =>
    orders(values.filter((value) => value !== first)).map((rest) => [first, ...rest]),
  );
}

// The greater of two ids makes the offer, and the versions disagree on what the smaller may do. So
// every order of ids is a case of its own.
for (const order of orders(client_versions)) {
  hub_test(`Node peers with ids ordered ${order.join(' < ')}`, async ({ world, ids }) => {
    const sorted = ids.slice(0, 3).sort();
    const joins = order.map((version, index) => world.join({ id: sorted[index], version }));
    const peers = await Promise.all(joins);

    await joined_up(world, peers);
    await talk_eventually(world, peers);
  });
}

hub_test(
  'every version in Node and in Chromium, six peers',
  async ({ world, ids }) => {
    const members = client_versions.flatMap((version) => kinds.map((kind) => ({ version, kind })));
    const peers = await Promise.all(
      members.map((member, index) => world.join({ id: ids[index], ...member })),
    );

    await joined_up(world, peers);
    await talk_eventually(world, peers, between_neighbours);
  },
  () => browser,
);
