// The frame of a test: two hosts with a connection each, gone afterwards whatever happens.
import { test } from 'node:test';
import { Connection } from './connection.mjs';
import { partners } from './partners.mjs';
import { our_program, partner_program } from './paths.mjs';
import { ProgramHost } from './program_host.mjs';
import { scenarios } from './scenarios.mjs';

const test_timeout_ms = 90_000;

export const start_ours = (wrap) => ProgramHost.start(our_program(), wrap);

/// Runs `body({ours, theirs})` with a fresh connection on each side. A side is told by `start()`,
/// which makes its host, the options of its `create` command, and what it `lacks`.
export function pair_test(name, sides, body) {
  test(name, { timeout: test_timeout_ms }, async (t) => {
    const hosts = [];
    t.after(() => Promise.all(hosts.map((host) => host.close())));
    const pair = {};
    for (const [id, side] of Object.entries(sides)) {
      const host = await side.start();
      hosts.push(host);
      pair[id] = new Connection(host, id, side);
    }
    try {
      await body(pair);
    } catch (error) {
      const history = Object.values(pair).map((each) => `${each.name}:\n${each.history()}`);
      error.message += `\n${history.join('\n')}`;
      throw error;
    }
  });
}

/// A side lacks nothing, unless it is a partner; ours is one in a reference run.
export const lacks_of = (partner) => partners[partner]?.cannot ?? [];
export const our_lacks = lacks_of(process.env.RTC_PEER);

/// The sides of a test between our program and a partner.
export function with_ours(partner, start_theirs, create = {}) {
  return {
    ours: { start: () => start_ours(), create, lacks: our_lacks },
    theirs: { start: start_theirs, create, lacks: lacks_of(partner) },
  };
}

function is_possible({ needs, needs_of_a, needs_of_b }, a_lacks, b_lacks) {
  const a_can = !a_lacks.includes(needs) && !a_lacks.includes(needs_of_a);
  const b_can = !b_lacks.includes(needs) && !b_lacks.includes(needs_of_b);
  return a_can && b_can;
}

/// Every scenario twice: we offer, they offer.
export function test_all_scenarios(partner, start_theirs, create = {}) {
  const { title, cannot } = partners[partner];
  for (const scenario of scenarios) {
    const { name, run } = scenario;
    const sides = with_ours(partner, start_theirs, { ...create, ...scenario.create });
    if (is_possible(scenario, our_lacks, cannot))
      pair_test(`${title}, we offer: ${name}`, sides, ({ ours, theirs }) =>
        run({ a: ours, b: theirs }),
      );
    if (is_possible(scenario, cannot, our_lacks))
      pair_test(`${title} offers: ${name}`, sides, ({ ours, theirs }) =>
        run({ a: theirs, b: ours }),
      );
  }
}

/// The same for a partner that is a Node package.
export function test_package(partner) {
  test_all_scenarios(partner, () => ProgramHost.start(partner_program(partner)));
}
