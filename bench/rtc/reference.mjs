// Measures one other implementation of WebRTC, with both ends in this process, and prints a line of
// JSON.
//   node reference.mjs IMPLEMENTATION CASE [--option value...]
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { high_water_bytes, load_reference, reference_names } from './references.mjs';

const mebibyte = 1024 * 1024;
const settle_ms = 2000;
const opened_at_once = 10;

const help = `node reference.mjs ${reference_names.join('|')} CASE
  throughput   --message-bytes 65536 --mebibytes 256     one direction, MiB/s
  round-trip   --message-bytes 64 --count 10000          echoed by the other end, microseconds
  opening      --count 50                                from nothing to an open channel, ms
  idle         --count 200 --seconds 20                  many pairs that say nothing`;

function cpu_seconds() {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1e6;
}

function process_status(field) {
  return Number(readFileSync('/proc/self/status', 'utf8').match(`${field}:\\s+(\\d+)`)[1]);
}

function spread(samples) {
  const sorted = Float64Array.from(samples).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) };
}

/// Sends until `total` bytes have arrived at the other end.
async function transfer({ near, far }, message, total) {
  const all_arrived = new Promise((resolve) => {
    let arrived = 0;
    far.on_message = (data) => {
      arrived += data.byteLength;
      if (arrived === total) resolve();
    };
  });
  for (let left = total / message.length; left > 0; left -= 1) {
    if (near.buffered() >= high_water_bytes) await near.drained();
    near.send(message);
  }
  await all_arrived;
}

async function throughput(connect, { 'message-bytes': bytes = 65536, mebibytes = 256 }) {
  const pair = await connect();
  const message = Buffer.alloc(Number(bytes), 0xa5);
  const total = Number(mebibytes) * mebibyte;
  await transfer(pair, message, Math.max(total / 16, message.length));
  const cpu_before = cpu_seconds();
  const started = performance.now();
  await transfer(pair, message, total);
  const seconds = (performance.now() - started) / 1000;
  const cpu = cpu_seconds() - cpu_before;
  pair.close();
  return {
    message_bytes: message.length,
    mebibytes: total / mebibyte,
    mebibytes_per_second: total / mebibyte / seconds,
    cpu_seconds_per_gibibyte: (cpu * 1024 * mebibyte) / total,
  };
}

async function round_trip(connect, { 'message-bytes': bytes = 64, count = 10_000 }) {
  const { near, far, close } = await connect();
  const message = Buffer.alloc(Number(bytes), 0xa5);
  far.on_message = () => far.send(message);
  const warm_up = Number(count) / 10;
  const samples = [];
  for (let turn = 0; turn < Number(count) + warm_up; turn += 1) {
    const started = performance.now();
    await new Promise((resolve) => {
      near.on_message = resolve;
      near.send(message);
    });
    if (turn >= warm_up) samples.push((performance.now() - started) * 1000);
  }
  close();
  return { message_bytes: message.length, count: samples.length, microseconds: spread(samples) };
}

async function opening(connect, { count = 50 }) {
  const samples = [];
  for (let turn = 0; turn < Number(count); turn += 1) {
    const started = performance.now();
    const pair = await connect();
    samples.push(performance.now() - started);
    pair.close();
  }
  return { count: samples.length, milliseconds: spread(samples), each: samples };
}

async function idle(connect, { count = 200, seconds = 20 }) {
  // One pair first, so that what the library needs once is not counted.
  const pairs = [await connect()];
  await sleep(settle_ms);
  const before = process_status('VmRSS');
  while (pairs.length <= Number(count)) {
    const missing = Number(count) + 1 - pairs.length;
    const batch = Array.from({ length: Math.min(missing, opened_at_once) }, () => connect());
    pairs.push(...(await Promise.all(batch)));
  }
  await sleep(settle_ms);
  const after = process_status('VmRSS');
  const threads = process_status('Threads');
  const cpu_before = cpu_seconds();
  await sleep(Number(seconds) * 1000);
  const cpu = cpu_seconds() - cpu_before;
  return {
    pairs: pairs.length - 1,
    rss_kibibytes_per_pair: (after - before) / (pairs.length - 1),
    rss_mebibytes: (after * 1024) / mebibyte,
    threads,
    cpu_percent: (100 * cpu) / Number(seconds),
  };
}

const cases = { throughput, 'round-trip': round_trip, opening, idle };

const option = { type: 'string' };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'message-bytes': option, mebibytes: option, count: option, seconds: option },
});
const [name, what] = positionals;
if (!reference_names.includes(name) || !cases[what]) {
  console.error(help);
  process.exit(2);
}
const result = await cases[what](load_reference(name), values);
console.log(JSON.stringify({ reference: name, case: what, ...result }));
// Both keep threads that would hold the process.
process.exit(0);
