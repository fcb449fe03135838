// Two sides that cannot reach each other meet over a TURN server, Debian's coturn. Only root can
// make their networks.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { partners } from './lib/partners.mjs';
import { partner_program } from './lib/paths.mjs';
import { ProgramHost } from './lib/program_host.mjs';
import { exchange, meet } from './lib/scenarios.mjs';
import { our_lacks, pair_test, start_ours } from './lib/suite.mjs';
import { TurnWorld, turn_servers } from './lib/turn_world.mjs';

let world;
before(async () => {
  world = await TurnWorld.start();
});
after(() => world?.close());

const start_partner = (name) => (wrap) => ProgramHost.start(partner_program(name), wrap);
const kib = 1024;

/// We are on the left. A side without `transport` knows no server.
function sides(partner, our_create, their_create) {
  const create = (servers, { transport, ...options }) => ({
    ...options,
    ice_servers: transport ? servers(transport) : [],
  });
  return {
    ours: {
      start: () => start_ours(world.left.inside),
      create: create(turn_servers.left, our_create),
      lacks: our_lacks,
    },
    theirs: {
      start: () => partner.start(world.right.inside),
      create: create(turn_servers.right, their_create),
      lacks: partner.lacks,
    },
  };
}

async function talk_over_relay(a, b) {
  a.channel('relayed');
  await meet({ a, b });
  await Promise.all([a.is_open('relayed'), b.is_open('relayed')]);
  await exchange({ a, b }, 'relayed', [{ bytes: 16 * kib, count: 64, seed: 1 }]);
}

async function types_of(side) {
  side.do('stats');
  const { local, remote } = await side.heard('stats');
  return { local, remote };
}

function relay_tests(partner, transport) {
  const { title } = partner;
  const over = transport.toUpperCase();
  const both_relay = [partner, ...Array(2).fill({ transport, relay_only: true })];
  for (const who of ['we offer', 'they offer']) {
    pair_test(`${title} over relays, ${over}: ${who}`, sides(...both_relay), async (pair) => {
      const { ours, theirs } = pair;
      await (who === 'we offer' ? talk_over_relay(ours, theirs) : talk_over_relay(theirs, ours));
      assert.deepEqual(await types_of(ours), { local: 'relay', remote: 'relay' });
    });
  }
  const only_ours = [partner, { transport }, {}];
  pair_test(`${title}, only we have a relay, ${over}`, sides(...only_ours), async (pair) => {
    await talk_over_relay(pair.ours, pair.theirs);
    assert.equal((await types_of(pair.ours)).local, 'relay');
  });
  const only_theirs = [partner, {}, { transport }];
  pair_test(`${title}, only they have a relay, ${over}`, sides(...only_theirs), async (pair) => {
    await talk_over_relay(pair.ours, pair.theirs);
    assert.equal((await types_of(pair.theirs)).local, 'relay');
  });
}

const others = [{ title: 'we and we', start: start_ours, lacks: our_lacks }];
for (const name of ['node_datachannel', 'wrtc']) {
  const { title, cannot } = partners[name];
  others.push({ title: `we and ${title}`, start: start_partner(name), lacks: cannot });
}

for (const partner of others) {
  relay_tests(partner, 'udp');
  const lacks = [...partner.lacks, ...our_lacks];
  if (!lacks.includes('turn_over_tcp')) relay_tests(partner, 'tcp');
}
