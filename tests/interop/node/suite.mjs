// The frame of a test with native peers.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { all_linked, meeting_ms } from '../lib/meeting.mjs';
import { hub_test } from '../lib/suite.mjs';

const poll_ms = 200;
/// What native peers must never count.
const never = ['malformed', 'forged', 'over_rate', 'unsent', 'unparked'];

/// Native peers must not fall, and must find nothing wrong with what honest peers say.
async function check_native_peers(world) {
  for (const peer of world.peers) {
    if (peer.kind !== 'native') continue;
    assert.deepEqual(peer.told('ended'), [], `${peer.name} ended`);
    assert.deepEqual(peer.told('warning'), [], `${peer.name} warned`);
    const status = await peer.run('status');
    for (const name of never) assert.equal(status[name], 0, `${peer.name} counts ${name}`);
  }
}

/// Like `hub_test`; besides, what native peers have counted is looked at in the end.
export function native_test(name, body, get_browser) {
  const with_checks = async (frame) => {
    await body(frame);
    await check_native_peers(frame.world);
  };
  hub_test(name, with_checks, get_browser);
}

/// A native peer with a chosen id, of which it has no proof.
export const join_native = (world, id, more = {}) =>
  world.join({ id, version: 'ours', kind: 'native', more });

/// A native peer with the id of its own key. It signs what it says.
export async function join_proven(world, more = {}) {
  const host = await world.open_host('ours', 'native');
  const id = await host.spawn(undefined, more);
  return world.join({ id, version: 'ours', kind: 'native', host, more });
}

/// Such ids are smaller or greater than practically all others.
export const smallest = (id) => `00000000${id.slice(8)}`;
export const greatest = (id) => `ffffffff${id.slice(8)}`;

/// A native peer and one of upstream that are linked. The greater id is the native peer's if
/// `is_greater`; it makes the offer.
export async function join_pair(world, ids, { version, kind = 'node', is_greater = true, more }) {
  const id = is_greater ? smallest(ids[0]) : greatest(ids[0]);
  const [ours, theirs] = await Promise.all([
    join_proven(world, more),
    world.join({ id, version, kind }),
  ]);
  await all_linked(world, [ours, theirs]);
  return { ours, theirs };
}

/// Waits until one of upstream's peers no longer counts `gone` as linked. Its sweep for stale links,
/// if it comes first, tells nobody.
export async function loses(peer, gone) {
  const deadline = Date.now() + meeting_ms;
  while (!peer.has_lost(gone) && (await peer.open_links()).includes(gone.id)) {
    assert(Date.now() < deadline, `${peer.name} takes ${gone.name} for connected\n${peer}`);
    await sleep(poll_ms);
  }
}

/// Waits until a peer has told an event with these fields, `count` times.
export function hears(world, peer, name, fields, count = 1) {
  const what = `${peer.name}: ${name} ${JSON.stringify(fields)} x ${count}`;
  return world.until(what, () => peer.told(name, fields).length >= count, meeting_ms);
}
