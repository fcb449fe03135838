// Runs the cores as WebAssembly: build/wasm/bin/pigeon_cores.wasm, made by the preset `wasm`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const file = new URL('../../build/wasm/bin/pigeon_cores.wasm', import.meta.url);
const module = new WebAssembly.Module(readFileSync(file));

function start() {
  const { exports } = new WebAssembly.Instance(module, {});
  exports._initialize();
  return exports;
}

test('needs nothing of its host', () => {
  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test('two nodes find each other through the hub and try to link', () => {
  const cores = start();
  cores.run_seconds(30);

  assert.equal(cores.peer_count(), 2);
  assert.ok(cores.dial_count() >= 1, `${cores.dial_count()} attempts`);
  assert.ok(cores.next_timeout() > 30_000);
});

test('every run is the same', () => {
  const [one, other] = [start(), start()];
  one.run_seconds(120);
  other.run_seconds(60);
  other.run_seconds(120);

  assert.equal(one.dial_count(), other.dial_count());
  assert.equal(one.next_timeout(), other.next_timeout());
});
