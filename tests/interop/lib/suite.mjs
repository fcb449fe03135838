// The frame of a test: a hub and a world of its own, both gone afterwards whatever happens.
import { test } from 'node:test';
import { start_hub } from './hub.mjs';
import { own_fault } from './own_fault.mjs';
import { World, make_ids } from './world.mjs';

const test_timeout_ms = 180_000;

/// The same ids in every run; another SEED gives others, printed with each failure.
const seed = process.env.SEED ?? '1';

/// Runs `body({hub, world, ids})`. `get_browser` is needed by tests with pages. `hub_kind`
/// overrides the variable HUB.
export function hub_test(name, body, get_browser = () => undefined, hub_kind = undefined) {
  test(name, { timeout: test_timeout_ms }, async (t) => {
    const hub = await start_hub(hub_kind);
    const world = new World(hub, get_browser());
    t.after(async () => {
      await world.close();
      if (hub.is_running()) await hub.stop();
    });
    try {
      await body({ hub, world, ids: make_ids(`${name} ${seed}`, 10) });
    } catch (error) {
      if (hub.kind === 'ours' && hub.has_fallen())
        error.message = `${own_fault} the hub ended: ${error.message}`;
      error.message += `\nSEED=${seed}, hub output:\n${hub.output}`;
      throw error;
    }
  });
}

export const kinds = ['node', 'chromium'];
