// A native peer and one of upstream meet and talk, whichever of them has the greater id.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { Browser } from '../lib/chromium_host.mjs';
import { talk } from '../lib/meeting.mjs';
import { client_versions } from '../lib/paths.mjs';
import { kinds } from '../lib/suite.mjs';
import { join_pair, native_test } from './suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());

/// Upstream's peers of these versions may offer to a greater id, too.
const may_offer_to_greater = (version) => version !== '1.0.6';

async function meet_and_talk({ world, ids }, version, kind, is_greater) {
  const { ours, theirs } = await join_pair(world, ids, { version, kind, is_greater });

  await talk(world, [ours, theirs]);

  const [link] = await ours.host.run('links', {});
  if (!is_greater) assert.equal(link.offered, false, 'the greater id offers');
  else if (!may_offer_to_greater(version)) assert.equal(link.offered, true);
  assert.equal(ours.count('peerConnected'), 1);
  assert.equal(ours.count('peerDisconnected'), 0);
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
