// What run_files.mjs repeats, and what it does not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('run_files.mjs', import.meta.url));
const own_fault_module = new URL('lib/own_fault.mjs', import.meta.url).href;

/// Test files that count their runs: each makes one file more.
const counted = (name, body) => `
  import { existsSync, writeFileSync } from 'node:fs';
  import { test } from 'node:test';
  import { our_part } from '${own_fault_module}';
  const runs = ['1', '2', '3'].map((run) => new URL('${name}.run' + run, import.meta.url));
  const next = runs.findIndex((run) => !existsSync(run));
  writeFileSync(runs[next], '');
  test('good beside ${name}', () => {});
  test('${name}', async () => { ${body} });`;

const bodies = {
  good: '',
  unlucky: `if (next === 0) throw new Error('blocked');`,
  bad: `throw new Error('always so');`,
  own: `await our_part(() => { throw new Error('lost'); });`,
};

function run(t, names) {
  const folder = mkdtempSync(join(tmpdir(), 'run_files-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of names)
    writeFileSync(join(folder, `${name}.test.mjs`), counted(name, bodies[name]));
  const { status, stdout } = spawnSync(process.execPath, [program, folder], { encoding: 'utf8' });
  const ran = (name) =>
    ['1', '2', '3'].filter((one) => existsSync(join(folder, `${name}.run${one}`))).length;
  const sum = (what) =>
    [...stdout.matchAll(new RegExp(`^# ${what} (\\d+)`, 'gm'))].reduce((all, [, n]) => all + +n, 0);
  return { status, stdout, ran, passed: sum('pass'), failed: sum('fail') };
}

test('a file that failed is shown and repeated, the others are not', (t) => {
  const { status, stdout, ran, passed, failed } = run(t, ['good', 'unlucky']);

  assert.equal(status, 0, stdout);
  assert.deepEqual([ran('good'), ran('unlucky')], [1, 2]);
  assert.deepEqual([passed, failed], [4, 0]);
  assert.match(stdout, /^first run of unlucky.test.mjs: +error: 'blocked'$/m);
  assert.match(stdout, /^1 of 2 files repeated: unlucky.test.mjs$/m);
});

test('a file that fails twice has failed', (t) => {
  const { status, stdout, ran, passed, failed } = run(t, ['bad', 'good']);

  assert.equal(status, 1, stdout);
  assert.equal(ran('bad'), 2);
  assert.deepEqual([passed, failed], [3, 1]);
});

test('what can only be our fault is not repeated', (t) => {
  const { status, stdout, ran, failed } = run(t, ['own']);

  assert.equal(status, 1, stdout);
  assert.equal(ran('own'), 1);
  assert.equal(failed, 1);
  assert.match(stdout, /^0 of 1 files repeated: none$/m);
});

test('a folder without tests has not passed', (t) => {
  assert.equal(run(t, []).status, 1);
});
