// What any two implementations must be able to do with each other. In each scenario `a` offers and
// `b` answers.
import assert from 'node:assert/strict';
import { expect_messages, expect_some_messages } from './expect.mjs';
import { join_signaling } from './signaling.mjs';

const kib = 1024;

/// Resolves when both say they are connected.
export async function meet({ a, b }, offer = {}) {
  join_signaling(a, b);
  a.do('offer', offer);
  await Promise.all([a, b].map((side) => side.heard('state', { connection: 'connected' })));
}

/// Meets with one channel from `a`, open on both sides.
export async function meet_with_channel(pair, channel, options) {
  pair.a.channel(channel, options);
  await meet(pair);
  await Promise.all([pair.a.is_open(channel), pair.b.is_open(channel)]);
}

/// Both sides send at the same time and must get all that the other sent.
export async function exchange({ a, b }, channel, commands, options) {
  for (const command of commands) {
    a.send(channel, command);
    b.send(channel, { ...command, seed: command.seed + 1000 });
  }
  const from_b = commands.map((command) => ({ ...command, seed: command.seed + 1000 }));
  await Promise.all([
    expect_messages(b, channel, commands, options),
    expect_messages(a, channel, from_b, options),
  ]);
}

async function talk({ a, b }, channel, seed) {
  a.send(channel, { bytes: 100, count: 3, seed });
  b.send(channel, { bytes: 100, count: 3, seed, text: true });
  await Promise.all([
    b.heard('message', { channel, text: false, bytes: 100 }, 3),
    a.heard('message', { channel, text: true, bytes: 100 }, 3),
  ]);
}

async function opens(pair) {
  await meet_with_channel(pair, 'first');
  assert.equal((await pair.b.heard('channel', { channel: 'first' })).protocol, '');
  await exchange(pair, 'first', [{ bytes: 64, seed: 1 }]);
}

async function opens_without_trickle(pair) {
  await opens(pair);
  assert.deepEqual([...pair.a.told('candidate'), ...pair.b.told('candidate')], []);
}

async function moves_a_mebibyte(pair) {
  await meet_with_channel(pair, 'bulk');
  await exchange(pair, 'bulk', [{ bytes: 16 * kib, count: 64, seed: 2 }]);
}

async function moves_large_messages(pair) {
  await meet_with_channel(pair, 'large');
  await exchange(pair, 'large', [{ bytes: 256 * kib, count: 4, seed: 3 }]);
}

async function keeps_kinds_apart(pair) {
  await meet_with_channel(pair, 'kinds');
  const commands = [
    { string: 'Gr\u00fc\u00dfe, \u4e16\u754c \u{1f54a}', seed: 0 },
    { bytes: 1, seed: 4 },
    { bytes: 1, seed: 4, text: true },
    { string: '\u0000', seed: 0 },
    { bytes: 3000, seed: 5, text: true },
  ];
  await exchange(pair, 'kinds', commands);
}

/// What `b` has been told of the kind of the channel.
function assert_told({ b }, wanted) {
  if (b.lacks.includes('tell_reliability')) return;
  const [channel] = b.told('channel');
  for (const [key, value] of Object.entries(wanted)) assert.equal(channel[key], value, key);
}

async function sends_nothing_as_a_message(pair) {
  await meet_with_channel(pair, 'empty');
  const commands = [
    { string: '', seed: 0 },
    { bytes: 0, seed: 0 },
    { bytes: 1, seed: 4 },
    { string: '', seed: 0 },
  ];
  await exchange(pair, 'empty', commands);
}

async function sends_unordered(pair) {
  await meet_with_channel(pair, 'unordered', { ordered: false });
  assert_told(pair, { ordered: false });
  await exchange(pair, 'unordered', [{ bytes: 2000, count: 200, seed: 6 }], { any_order: true });
}

async function sends_once(pair) {
  await meet_with_channel(pair, 'once', { ordered: false, max_retransmits: 0 });
  if (!pair.a.lacks.includes('open_unordered')) assert_told(pair, { ordered: false });
  assert_told(pair, { max_retransmits: 0 });
  const [there, back] = [7, 8].map((seed) => ({ bytes: 1000, count: 50, seed }));
  pair.a.send('once', there);
  pair.b.send('once', back);
  await expect_some_messages(pair.b, 'once', [there]);
  await expect_some_messages(pair.a, 'once', [back]);
}

async function sends_for_a_time(pair) {
  await meet_with_channel(pair, 'timed', { max_packet_life_time: 2000 });
  assert_told(pair, { ordered: true, max_packet_life_time: 2000 });
  await exchange(pair, 'timed', [{ bytes: 1000, count: 50, seed: 9 }]);
}

async function agrees_outside_on_a_channel(pair) {
  const options = { negotiated: true, channel_id: 7, ordered: false };
  pair.a.channel('agreed', options);
  pair.b.channel('agreed', options);
  await meet(pair);
  await Promise.all([pair.a.is_open('agreed'), pair.b.is_open('agreed')]);
  await exchange(pair, 'agreed', [{ bytes: 500, count: 10, seed: 10 }], { any_order: true });
  assert.deepEqual([...pair.a.told('channel'), ...pair.b.told('channel')], []);
}

async function opens_channels_named(pair, names) {
  for (const name of names) pair.a.channel(name, { protocol: `p-${name}` });
  await meet(pair);
  for (const name of names) {
    await Promise.all([pair.a.is_open(name), pair.b.is_open(name)]);
    assert.equal(pair.b.told('channel', { channel: name })[0].protocol, `p-${name}`);
    await exchange(pair, name, [{ bytes: 10, seed: 11 }]);
  }
}

const names_channels_in_ascii = (pair) =>
  opens_channels_named(pair, ['', 'x', 'y'.repeat(1000), 'z " \\ z']);

const names_channels_in_any_script = (pair) =>
  opens_channels_named(pair, ['\u9e3d \u{1f54a}', '\u00e9'.repeat(500), '\u0000']);

async function opens_channels_from_both_sides(pair) {
  await meet_with_channel(pair, 'first');
  const names = Array.from({ length: 20 }, (_, index) => `${index}`);
  for (const name of names) {
    pair.a.channel(`a${name}`);
    pair.b.channel(`b${name}`);
  }
  for (const name of names.flatMap((each) => [`a${each}`, `b${each}`])) {
    await Promise.all([pair.a.is_open(name), pair.b.is_open(name)]);
    await exchange(pair, name, [{ bytes: 10, seed: 12 }]);
  }
  const ids = new Set(pair.a.told('channel_open').map((event) => event.channel_id));
  assert.equal(ids.size, 2 * names.length + 1);
}

async function closes_channels_and_opens_others(pair) {
  const { a, b } = pair;
  await meet_with_channel(pair, 'stays');
  for (let round = 0; round < 4; round += 1) {
    const name = `round ${round}`;
    const [closing, other] = round % 2 === 0 ? [a, b] : [b, a];
    a.channel(name);
    await Promise.all([a.is_open(name), b.is_open(name)]);
    await exchange(pair, name, [{ bytes: 100, count: 5, seed: 13 + round }]);
    closing.do('close_channel', { channel: name });
    await other.heard('channel_closed', { channel: name });
    await closing.heard('channel_closed', { channel: name });
  }
  await exchange(pair, 'stays', [{ bytes: 100, seed: 20 }]);
}

async function delivers_before_closing_a_channel(pair) {
  await meet_with_channel(pair, 'last words');
  const words = { bytes: 16 * kib, count: 32, seed: 21 };
  pair.a.send('last words', words);
  await pair.a.heard('sent', { channel: 'last words' });
  pair.a.do('close_channel', { channel: 'last words' });
  await pair.b.heard('channel_closed', { channel: 'last words' });
  await expect_messages(pair.b, 'last words', [words]);
}

async function restarts_ice(pair) {
  const { a, b } = pair;
  await meet_with_channel(pair, 'lasting');
  await talk(pair, 'lasting', 22);
  const before = [...a.told('description'), ...b.told('description')];
  a.do('offer', { ice_restart: true });
  await a.heard('remote_set', { type: 'answer' }, 2);
  const after = [...a.told('description'), ...b.told('description')];
  const fragments = after.map(({ sdp }) => sdp.match(/a=ice-ufrag:(\S+)/)[1]);
  assert.equal(new Set(fragments).size, before.length * 2, 'every description names itself anew');
  a.send('lasting', { bytes: 16 * kib, count: 64, seed: 23 });
  b.send('lasting', { bytes: 16 * kib, count: 64, seed: 24 });
  await a.heard('message', { channel: 'lasting', bytes: 16 * kib }, 64);
  await b.heard('message', { channel: 'lasting', bytes: 16 * kib }, 64);
}

async function plays_ping_pong(pair) {
  await meet_with_channel(pair, 'ping');
  pair.b.do('echo', { on: true });
  await pair.b.heard('echo', { on: true });
  for (let turn = 0; turn < 100; turn += 1) {
    pair.a.send('ping', { bytes: 64, seed: 100 + turn });
    await pair.a.heard('message', { channel: 'ping' }, turn + 1);
  }
}

async function tells_of_the_end(pair) {
  await meet_with_channel(pair, 'short');
  await exchange(pair, 'short', [{ bytes: 10, seed: 25 }]);
  pair.a.do('close');
  await pair.b.heard('channel_closed', { channel: 'short' });
}

/// Each: what it shows, and `run(pair)`. `needs` names an ability that both sides must have,
/// `needs_of_a` and `needs_of_b` one that `a` or `b` must have; `create` is added to the commands
/// of that name.
export const scenarios = [
  { name: 'opens a channel', run: opens },
  { name: 'opens without trickle', run: opens_without_trickle, create: { trickle: false } },
  { name: 'moves 1 MiB each way', run: moves_a_mebibyte },
  { name: 'moves messages of 256 KiB', run: moves_large_messages, needs: 'large_messages' },
  { name: 'keeps text and binary messages apart', run: keeps_kinds_apart },
  { name: 'sends empty messages', run: sends_nothing_as_a_message, needs: 'empty_messages' },
  { name: 'sends unordered', run: sends_unordered },
  { name: 'sends without retransmission', run: sends_once },
  { name: 'sends for a limited time', run: sends_for_a_time },
  { name: 'uses a channel agreed on outside', run: agrees_outside_on_a_channel },
  { name: 'names channels in ASCII', run: names_channels_in_ascii },
  {
    name: 'names channels in any script',
    run: names_channels_in_any_script,
    needs: 'unicode_labels',
  },
  { name: 'opens channels from both sides', run: opens_channels_from_both_sides },
  { name: 'closes channels and opens others', run: closes_channels_and_opens_others },
  {
    name: 'delivers before closing a channel',
    run: delivers_before_closing_a_channel,
    needs_of_a: 'flush_on_close',
    needs_of_b: 'hear_last_words',
  },
  { name: 'restarts ICE', run: restarts_ice, needs: 'ice_restart' },
  { name: 'plays ping-pong', run: plays_ping_pong },
  { name: 'tells the other side of the end', run: tells_of_the_end },
];
