// The frame of a test: two hosts with a connection each, gone afterwards whatever happens.
import { test } from 'node:test';
import { Connection } from './connection.mjs';
import { our_program } from './paths.mjs';
import { ProgramHost } from './program_host.mjs';
import { scenarios } from './scenarios.mjs';

const test_timeout_ms = 90_000;

/// What most partners are able to do.
export const usual_abilities = {
  large_messages: true,
  ice_restart: true,
  tell_reliability: true,
};

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

/// Every scenario twice: we offer, they offer.
export function test_all_scenarios(partner, start_theirs, { can = usual_abilities, create } = {}) {
  for (const { name, run, needs, create: needed } of scenarios) {
    if (needs && !can[needs]) continue;
    const options = { ...create, ...needed };
    pair_test(`${partner}, we offer: ${name}`, start_theirs, options, ({ ours, theirs }) =>
      run({ a: ours, b: theirs }, can),
    );
    pair_test(`${partner} offers: ${name}`, start_theirs, options, ({ ours, theirs }) =>
      run({ a: theirs, b: ours }, can),
    );
  }
}
