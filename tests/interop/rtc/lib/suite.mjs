// The frame of a test: two hosts with a connection each, gone afterwards whatever happens.
import { test } from 'node:test';
import { Connection } from './connection.mjs';
import { partners } from './partners.mjs';
import { our_program, partner_program } from './paths.mjs';
import { ProgramHost } from './program_host.mjs';
import { scenarios } from './scenarios.mjs';

const test_timeout_ms = 90_000;

export const start_ours = () => ProgramHost.start(our_program());

/// Runs `body({ours, theirs})` with a fresh connection on each side, both made with `create`.
export function pair_test(name, start_theirs, create, body) {
  test(name, { timeout: test_timeout_ms }, async (t) => {
    const hosts = [];
    t.after(() => Promise.all(hosts.map((host) => host.close())));
    const connections = [];
    for (const [id, start] of [
      ['ours', start_ours],
      ['theirs', start_theirs],
    ]) {
      const host = await start();
      hosts.push(host);
      connections.push(new Connection(host, id, create));
    }
    const [ours, theirs] = connections;
    try {
      await body({ ours, theirs });
    } catch (error) {
      const history = connections.map((each) => `${each.name}:\n${each.history()}`);
      error.message += `\n${history.join('\n')}`;
      throw error;
    }
  });
}

/// A side lacks nothing, unless it is a partner; ours is one in a reference run.
const lacks = (partner) => partners[partner]?.cannot ?? [];
const our_lacks = lacks(process.env.RTC_PEER);

function is_possible({ needs, needs_of_a }, a_lacks, b_lacks) {
  return !a_lacks.includes(needs) && !b_lacks.includes(needs) && !a_lacks.includes(needs_of_a);
}

/// Every scenario twice: we offer, they offer.
export function test_all_scenarios(partner, start_theirs, create = {}) {
  const { title } = partners[partner];
  const their_lacks = lacks(partner);
  for (const scenario of scenarios) {
    const { name, run } = scenario;
    const options = { ...create, ...scenario.create };
    if (is_possible(scenario, our_lacks, their_lacks))
      pair_test(`${title}, we offer: ${name}`, start_theirs, options, ({ ours, theirs }) =>
        run({ a: ours, b: theirs, a_lacks: our_lacks, b_lacks: their_lacks }),
      );
    if (is_possible(scenario, their_lacks, our_lacks))
      pair_test(`${title} offers: ${name}`, start_theirs, options, ({ ours, theirs }) =>
        run({ a: theirs, b: ours, a_lacks: their_lacks, b_lacks: our_lacks }),
      );
  }
}

/// The same for a partner that is a Node package.
export function test_package(partner) {
  test_all_scenarios(partner, () => ProgramHost.start(partner_program(partner)));
}
