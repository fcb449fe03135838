// Besides what all partners do: media sections, names instead of addresses, and both offering at
// once.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Browser, PageHost } from './lib/page_host.mjs';
import { exchange, meet, meet_with_channel } from './lib/scenarios.mjs';
import { join_polite_signaling } from './lib/signaling.mjs';
import { our_lacks, pair_test, test_all_scenarios, with_ours } from './lib/suite.mjs';

let browser;
before(async () => {
  browser = await Browser.start();
});
after(() => browser?.close());
const start = () => PageHost.start(browser);
const sides = with_ours('chromium', start);

test_all_scenarios('chromium', start);

const sections = (sdp) => sdp.match(/^m=\w+/gm);

pair_test('Chromium offers audio, video and a channel', sides, async ({ ours, theirs }) => {
  theirs.channel('beside media');
  await meet({ a: theirs, b: ours }, { audio: true, video: true });

  await Promise.all([ours, theirs].map((side) => side.is_open('beside media')));
  await exchange({ a: theirs, b: ours }, 'beside media', [{ bytes: 1000, count: 10, seed: 1 }]);
  const [offer] = theirs.told('description');
  const [answer] = ours.told('description');
  assert.deepEqual(sections(offer.sdp).sort(), ['m=application', 'm=audio', 'm=video']);
  assert.deepEqual(sections(answer.sdp), sections(offer.sdp));
  assert(theirs.told('candidate').some(({ candidate }) => candidate.sdpMid === '0'));
});

pair_test('Chromium adds media to a running channel', sides, async ({ ours, theirs }) => {
  await meet_with_channel({ a: theirs, b: ours }, 'first');

  theirs.do('offer', { audio: true, video: true });
  await theirs.heard('remote_set', { type: 'answer' }, 2);

  await exchange({ a: theirs, b: ours }, 'first', [{ bytes: 1000, count: 10, seed: 2 }]);
});

pair_test('Chromium hides its addresses', sides, async ({ ours, theirs }) => {
  await meet_with_channel({ a: ours, b: theirs }, 'first');

  const hosts = theirs.told('candidate').map(({ candidate }) => candidate.candidate);
  assert(hosts.length > 0);
  for (const candidate of hosts) assert.match(candidate, /\.local \d+ typ host/);
});

const on_loopback = with_ours('chromium', start, { interfaces: 'loopback' });

pair_test('Chromium finds us on loopback alone', on_loopback, async ({ ours, theirs }) => {
  await meet_with_channel({ a: ours, b: theirs }, 'near');
  await exchange({ a: ours, b: theirs }, 'near', [{ bytes: 1000, count: 10, seed: 4 }]);
});

for (const polite_name of ['theirs', 'ours']) {
  if (polite_name === 'ours' && our_lacks.includes('implicit_rollback')) continue;
  const name = `both offer at once, ${polite_name === 'ours' ? 'we are' : 'Chromium is'} polite`;
  pair_test(name, sides, async ({ ours, theirs }) => {
    const [polite, impolite] = polite_name === 'ours' ? [ours, theirs] : [theirs, ours];
    for (const side of [ours, theirs]) {
      side.channel(side.id);
      side.do('offer');
    }
    await Promise.all([ours, theirs].map((side) => side.heard('description', { type: 'offer' })));
    join_polite_signaling(polite, impolite);

    for (const channel of ['ours', 'theirs']) {
      await Promise.all([ours, theirs].map((side) => side.is_open(channel)));
      await exchange({ a: ours, b: theirs }, channel, [{ bytes: 1000, count: 10, seed: 3 }]);
    }
  });
}
