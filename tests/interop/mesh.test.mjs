// Whom the hub introduces to whom decides how far messages get: these peers have three links each.
import assert from 'node:assert/strict';
import { hub_test } from './lib/suite.mjs';
import { measure_mesh } from './mesh.mjs';

// Eight peers can end as two full groups of four that never hear of each other.
hub_test('a broadcast reaches all of eight 1.1.3 peers', async ({ hub }) => {
  const result = await measure_mesh(hub, { peers: 8, settle_ms: 8_000, sample: 8, pairs: 0 });

  assert.equal(result.min_reach, 1, JSON.stringify(result));
});

// Through upstream's hub: 27 to 63 %, with isolated peers.
hub_test('a broadcast reaches at least 90 % of forty 1.1.3 peers', async ({ hub }) => {
  const result = await measure_mesh(hub, { peers: 40 });

  assert.equal(result.isolated, 0, JSON.stringify(result));
  assert.ok(result.mean_reach >= 0.9, JSON.stringify(result));
});
