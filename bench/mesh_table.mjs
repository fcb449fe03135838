// Turns the JSON lines of tests/interop/mesh.mjs on standard input into a Markdown table.
//   node mesh.mjs --json ... | node mesh_table.mjs NAME
import { createInterface } from 'node:readline';

const percent = (share) => `${(100 * share).toFixed(0)} %`;
const columns = {
  seed: (run) => run.seed,
  peers: (run) => run.peers,
  'mean reach of a broadcast': (run) => percent(run.mean_reach),
  'smallest reach': (run) => percent(run.min_reach),
  'peers without a link': (run) => run.isolated,
  parts: (run) => run.components,
  'direct messages': (run) => `${run.direct_arrived}/${run.direct_sent}`,
};

const line = (cells) => `| ${cells.join(' | ')} |`;
const names = Object.keys(columns);
const rows = [];
for await (const text of createInterface({ input: process.stdin })) {
  if (!text.startsWith('{')) continue;
  const run = JSON.parse(text);
  rows.push([process.argv[2] ?? 'hub', ...names.map((name) => columns[name](run))]);
}
if (rows.length === 0) {
  console.error('mesh_table: there is no result');
  process.exit(1);
}
console.log(line(['hub', ...names]));
console.log(line(['---', ...names.map(() => '--:')]));
for (const row of rows) console.log(line(row));
console.log();
