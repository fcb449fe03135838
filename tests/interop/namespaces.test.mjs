// Namespaces stay apart.
import { all_linked, assert_strangers, talk } from './lib/meeting.mjs';
import { hub_test } from './lib/suite.mjs';

async function join_all(world, version, network, ids) {
  const peers = await Promise.all(ids.map((id) => world.join({ id, version, network })));
  await all_linked(world, peers);
  return peers;
}

for (const version of ['1.0.6', '1.1.3']) {
  hub_test(`two namespaces of ${version} peers stay apart`, async ({ world, ids }) => {
    const red = await join_all(world, version, 'red', ids.slice(0, 2));
    const blue = await join_all(world, version, 'blue', ids.slice(2, 4));
    red.push(await world.join({ id: ids[4], version, network: 'red' }));
    await all_linked(world, red);

    await talk(world, red);
    await talk(world, blue);

    assert_strangers(red, blue);
    assert_strangers(blue, red);
  });
}

// 0.1.1 knows no namespaces and believes whatever it is told, so only the hub keeps it in "global".
hub_test('0.1.1 peers are in "global" and nowhere else', async ({ world, ids }) => {
  const old = await join_all(world, '0.1.1', undefined, ids.slice(0, 2));
  const blue = await join_all(world, '1.1.3', 'blue', ids.slice(2, 4));
  const global = await world.join({ id: ids[4], version: '1.1.3', network: 'global' });
  await all_linked(world, [...old, global]);

  await talk(world, [...old, global]);
  await talk(world, blue);

  assert_strangers(blue, [...old, global]);
  assert_strangers([...old, global], blue);
});
