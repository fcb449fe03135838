// A native peer and one of upstream meet and talk, whichever of them has the greater id.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { all_linked, assert_strangers, talk } from '../lib/meeting.mjs';
import { client_versions } from '../lib/paths.mjs';
import { kinds } from '../lib/suite.mjs';
import { join_native, join_pair, native_test } from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// Upstream's peers of these versions may offer to a greater id, too.
const may_offer_to_greater = (version) => version !== '1.0.6';

function assert_one_attempt(ours) {
  assert.equal(ours.count('peerConnected'), 1);
  for (const name of ['connectFailed', 'peerDisconnected']) assert.deepEqual(ours.told(name), []);
}

async function meet_and_talk({ world, ids }, version, kind, is_greater) {
  const { ours, theirs } = await join_pair(world, ids, { version, kind, is_greater });

  await talk(world, [ours, theirs]);

  const [link] = await ours.host.run('links', {});
  if (!is_greater) assert.equal(link.offered, false, 'the greater id offers');
  else if (!may_offer_to_greater(version)) assert.equal(link.offered, true);
  assert_one_attempt(ours);
}

for (const kind of kinds) {
  for (const is_greater of [true, false]) {
    const who = is_greater ? 'greater' : 'smaller';
    describe(`a native peer of ${who} id and one in ${kind}`, { concurrency: 3 }, () => {
      for (const version of client_versions) {
        native_test(
          version,
          (frame) => meet_and_talk(frame, version, kind, is_greater),
          () => browser,
        );
      }
    });
  }
}

// It tells both of each other at the same moment. Upstream's peers then call whoever it is, and an
// offer that reaches them meanwhile ends both attempts.
describe("a native peer and one in Node at upstream's server", { concurrency: 3 }, () => {
  for (const version of client_versions) {
    for (const is_greater of [true, false]) {
      native_test(
        `${version}, native id ${is_greater ? 'greater' : 'smaller'}`,
        async ({ world, ids }) => {
          const { ours, theirs } = await join_pair(world, ids, { version, is_greater });
          await talk(world, [ours, theirs]);
          assert_one_attempt(ours);
        },
        undefined,
        { hub_kind: 'upstream' },
      );
    }
  }
});

/// A peer that only waits. 1.1.3 looks for links below its floor all the same.
const waits = { autoDiscovery: false, connectivityFloor: 0 };

const one_side_waits = [
  { offers: true, is_greater: true, versions: client_versions },
  // The others refuse an offer of a smaller id.
  { offers: true, is_greater: false, versions: ['0.1.1'] },
  { offers: false, is_greater: false, versions: client_versions },
  { offers: false, is_greater: true, versions: client_versions.filter(may_offer_to_greater) },
];

for (const { offers, is_greater, versions } of one_side_waits) {
  const does = offers ? 'offers to one that waits' : 'waits for an offer';
  const which = is_greater ? 'smaller' : 'greater';
  describe(`a native peer ${does}, of ${which} id`, { concurrency: 3 }, () => {
    for (const [version, kind] of versions.flatMap((one) => kinds.map((kind) => [one, kind]))) {
      native_test(
        `${version} in ${kind}`,
        async ({ world, ids }) => {
          const options = offers ? { their_options: waits } : { our_options: waits };
          const pair = { version, kind, is_greater, ...options };
          const { ours, theirs } = await join_pair(world, ids, pair);

          await talk(world, [ours, theirs]);

          const [link] = await ours.host.run('links', {});
          assert.equal(link.offered, offers);
          assert_one_attempt(ours);
        },
        () => browser,
      );
    }
  });
}

native_test('namespaces stay apart', async ({ world, ids }) => {
  const networks = ['red', 'blue'];
  const join = (networkName, id) =>
    Promise.all([
      join_native(world, { networkName }),
      world.join({ id, version: '1.1.3', network: networkName }),
    ]);
  const [red, blue] = await Promise.all(networks.map((name, index) => join(name, ids[index])));
  await Promise.all([red, blue].map((peers) => all_linked(world, peers)));

  await Promise.all([red, blue].map((peers) => talk(world, peers)));

  assert_strangers(red, blue);
  assert_strangers(blue, red);
});
