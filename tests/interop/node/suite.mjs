// The frame of a test with native peers.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { all_linked, meeting_ms } from '../lib/meeting.mjs';
import { our_part } from '../lib/own_fault.mjs';
import { client_versions } from '../lib/paths.mjs';
import { hub_test, kinds } from '../lib/suite.mjs';

const poll_ms = 200;
/// For a native peer to tell its status.
const answer_ms = 30_000;
/// What native peers must never count.
const never = ['malformed', 'forged', 'over_rate', 'unsent', 'unparked'];

export const is_native = (peer) => peer.kind === 'native';

/// Native peers must not fall, and must find nothing wrong with what honest peers say.
async function check_native_peers(world) {
  for (const peer of world.peers) {
    if (!is_native(peer)) continue;
    assert.deepEqual(peer.told('ended'), [], `${peer.name} ended`);
    assert.deepEqual(peer.told('warning'), [], `${peer.name} warned`);
    const status = await Promise.race([peer.run('status'), sleep(answer_ms, {}, { ref: false })]);
    for (const name of never)
      assert.equal(status[name], 0, `${peer.name} counts ${name}`);
  }
}

/// Like `hub_test`; besides, what native peers have counted is looked at in the end.
export function native_test(name, body, get_browser, { hub_kind } = {}) {
  const with_checks = async (frame) => {
    const failure = await body(frame).then(
      () => undefined,
      (error) => error,
    );
    try {
      await our_part(() => check_native_peers(frame.world));
    } catch (error) {
      if (failure) error.message += `\nafter: ${failure.message}`;
      throw error;
    }
    if (failure) throw failure;
  };
  hub_test(name, with_checks, get_browser, hub_kind);
}

/// A native peer with the id of its own key, still without a hub: `join` brings it there. It signs
/// what it says.
export async function spawn_native(world, more = {}) {
  const host = await world.open_host('ours', 'native');
  const id = await host.spawn(undefined, more);
  return { id, join: () => world.join({ id, version: 'ours', kind: 'native', host, more }) };
}

export const join_native = async (world, more) => (await spawn_native(world, more)).join();

/// Every version in Node and in a page.
export const everybody = client_versions.flatMap((version) =>
  kinds.map((kind) => ({ version, kind })),
);

/// Such ids are smaller or greater than practically all others.
export const smallest = (id) => `00000000${id.slice(8)}`;
export const greatest = (id) => `ffffffff${id.slice(8)}`;

/// A native peer and one of upstream that are linked. The greater id is the native peer's if
/// `is_greater`. Options are those of `World.join`'s `more`.
export async function join_pair(world, ids, pair) {
  const { version, kind = 'node', is_greater = true, our_options, their_options } = pair;
  const id = is_greater ? smallest(ids[0]) : greatest(ids[0]);
  const [ours, theirs] = await Promise.all([
    join_native(world, our_options),
    world.join({ id, version, kind, more: their_options }),
  ]);
  await all_linked(world, [ours, theirs]);
  return { ours, theirs };
}

/// Lets a peer call another that has just joined. The hub takes no offer for it before it has its
/// announcement, which it tells on.
export async function call(world, from, to) {
  await hears(world, from, 'peerDiscovered', { peer: to.id });
  await from.run('link', { to: to.id });
  await all_linked(world, [from, to]);
}

export const waits = { autoDiscovery: false };

/// The ends have the greater ids, so that they can offer to the relay.
export async function join_over_theirs(world, ids, relay_kind) {
  const relay = await world.join({ id: smallest(ids[0]), ...relay_kind });
  const ends = await Promise.all([join_native(world, waits), join_native(world, waits)]);
  await Promise.all(ends.map((end) => call(world, end, relay)));
  return ends;
}

/// With one link each, the ends have no room for each other.
export async function join_over_ours(world, ids, end_kinds) {
  const more = { autoDiscovery: false, evictionStrategy: false };
  const relay = await join_native(world, waits);
  const ends = [];
  for (const [index, end_kind] of end_kinds.entries()) {
    const end = await world.join({ id: smallest(ids[index]), ...end_kind, max_peers: 1, more });
    await call(world, relay, end);
    ends.push(end);
  }
  return ends;
}

/// Waits until one of upstream's peers no longer counts `gone` as linked. Its sweep for stale
/// links, if it comes first, tells nobody.
export async function loses(peer, gone) {
  const deadline = Date.now() + meeting_ms;
  while (!peer.has_lost(gone) && (await peer.open_links()).includes(gone.id)) {
    assert(Date.now() < deadline, `${peer.name} takes ${gone.name} for connected\n${peer}`);
    await sleep(poll_ms);
  }
}

/// Waits until a peer no longer knows `gone`, so that it cannot call it.
export async function forgets(peer, gone) {
  const deadline = Date.now() + meeting_ms;
  while ((await peer.run('known')).includes(gone.id)) {
    assert(Date.now() < deadline, `${peer.name} still knows ${gone.name}\n${peer}`);
    await sleep(poll_ms);
  }
}

/// What native peers tell of who spoke: of their own kind it is proven, of others it cannot be.
export function assert_verified(peers) {
  const natives = new Set(peers.filter(is_native).map((peer) => peer.id));
  for (const peer of peers.filter(is_native)) {
    for (const event of peer.told('messageReceived')) {
      if (event.from === peer.id) continue;
      assert.equal(event.verified, natives.has(event.from), `${peer.name}: ${event.content}`);
    }
  }
}

/// Waits until a peer has told an event with these fields, `count` times.
export function hears(world, peer, name, fields, count = 1) {
  const what = `${peer.name}: ${name} ${JSON.stringify(fields)} x ${count}`;
  return world.until(what, () => peer.told(name, fields).length >= count, meeting_ms);
}
