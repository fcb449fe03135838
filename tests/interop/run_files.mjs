#!/usr/bin/env node
// Runs the test files of a folder one after another:
//   node run_files.mjs FOLDER
// Upstream's clients block each other now and then, whatever the hub does (README.md). So a file in
// which a test has failed is shown and repeated once, unless the failure can only be our own.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { own_fault } from './lib/own_fault.mjs';

const output_bytes_max = 64 * 1024 * 1024;

function run(file) {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--test', '--test-reporter=tap', file],
    { env, encoding: 'utf8', maxBuffer: output_bytes_max },
  );
  return { has_passed: status === 0, output: stdout + stderr };
}

/// The tests that failed, with what they said; not the suites they are in.
function failures(output) {
  const reports = output.match(/^( *)not ok [^]*?^\1 {2}\.\.\.$/gm) ?? [output];
  return reports.filter((report) => !report.includes("failureType: 'subtestsFailed'"));
}

/// True if it has passed, at once or when repeated.
function run_or_repeat(file, name, repeated) {
  const first = run(file);
  const is_own = first.output.includes(own_fault);
  if (first.has_passed || is_own) {
    process.stdout.write(first.output);
    return first.has_passed;
  }
  for (const line of failures(first.output).join('\n').split('\n'))
    console.log(`first run of ${name}: ${line}`);
  repeated.push(name);
  const second = run(file);
  process.stdout.write(second.output);
  return second.has_passed;
}

const folder = resolve(process.argv[2]);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs'))
  .sort();
const repeated = [];
let has_passed = names.length > 0;
for (const name of names) {
  const file = relative(process.cwd(), join(folder, name));
  has_passed = run_or_repeat(file, name, repeated) && has_passed;
}
const which = repeated.join(' ') || 'none';
console.log(`${repeated.length} of ${names.length} files repeated: ${which}`);
process.exitCode = has_passed ? 0 : 1;
