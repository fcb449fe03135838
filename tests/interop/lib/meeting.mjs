// What the tests ask of a group of peers.
import assert from 'node:assert/strict';

/// Generous: a busy machine with two cores starts six processes and a browser at once.
export const meeting_ms = 60_000;
const message_ms = 20_000;
const resend_ms = 3_000;

const pairs_of = (peers) => peers.flatMap((a) => peers.filter((b) => b !== a).map((b) => [a, b]));

/// Waits until every peer has announced a channel to every other.
export function all_linked(world, peers) {
  const linked = () => pairs_of(peers).every(([a, b]) => a.is_linked_to(b));
  return world.until('every peer linked to every other', linked, meeting_ms);
}

/// Waits until the links join all peers, directly or over others.
export function joined_up(world, peers) {
  const reaches_all = () => {
    const reached = new Set([peers[0]]);
    for (const peer of reached) {
      for (const other of peers)
        if (peer.is_linked_to(other) && other.is_linked_to(peer)) reached.add(other);
    }
    return reached.size === peers.length;
  };
  return world.until('links that join all peers', reaches_all, meeting_ms);
}

/// Every peer sends one broadcast and one direct message to each other.
export async function say_everything(peers, label) {
  for (const peer of peers) await peer.broadcast(`to all from ${peer.id} ${label}`);
  for (const [from, to] of pairs_of(peers))
    await from.direct(to, `to ${to.id} from ${from.id} ${label}`);
}

function all_heard(peers, label, wants_direct = () => true) {
  return pairs_of(peers).every(
    ([from, to]) =>
      to.has_heard(from, `to all from ${from.id} ${label}`, false) &&
      (!wants_direct(from, to) ||
        to.has_heard(from, `to ${to.id} from ${from.id} ${label}`, true)),
  );
}

/// For meshes with more peers than links: upstream routes a direct message along one path and gives
/// up at a dead end, so only neighbours can count on it.
export const between_neighbours = (from, to) => from.is_linked_to(to) && to.is_linked_to(from);

/// Waits until what `say_everything` has sent has arrived.
export function hear_everything(world, peers, label) {
  const heard = () => all_heard(peers, label);
  return world.until('every broadcast and direct message', heard, message_ms);
}

/// Every peer sends one broadcast and one direct message to each other; all must arrive.
export async function talk(world, peers, label = 'once') {
  await say_everything(peers, label);
  await hear_everything(world, peers, label);
}

/// Like `talk`, for meshes whose links are still moving: sends again until one round arrives whole.
/// `wants_direct` says for which pairs a direct message must arrive.
export async function talk_eventually(world, peers, wants_direct) {
  const deadline = Date.now() + meeting_ms;
  for (let round = 1; ; round += 1) {
    const label = `round ${round}`;
    await say_everything(peers, label);
    try {
      return await world.until(
        'one whole round of messages',
        () => all_heard(peers, label, wants_direct),
        resend_ms,
      );
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/// Waits until each of `peers` has told its application that `gone` is no longer connected.
export function hear_of_loss(world, peers, gone) {
  const heard = () => peers.every((peer) => peer.has_lost(gone));
  return world.until(`everybody told that ${gone.name} is gone`, heard, meeting_ms);
}

/// None of `peers` has been told of `others`, who are in another namespace.
export function assert_strangers(peers, others) {
  const foreign = new Set(others.map((peer) => peer.id));
  for (const peer of peers) {
    const seen = peer.events.filter((event) => foreign.has(event.peer ?? event.from));
    assert.deepEqual(seen, [], `${peer.name} heard of another namespace`);
  }
}
