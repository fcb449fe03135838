// Installs the npm packages of the interop tests from the committed lock files. Does nothing when
// they are already there, so it is cheap to call before every run.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { client_versions, client_folder, interop_root } from './lib/paths.mjs';

const npm_options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

function lock_digest(folder) {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json'])
    hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

function is_installed(folder) {
  const stamp = join(folder, 'node_modules', '.installed');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lock_digest(folder);
}

function install(folder) {
  const digest = lock_digest(folder);
  const result = spawnSync('npm', ['ci', ...npm_options], { cwd: folder, stdio: 'inherit' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`npm ci failed in ${folder} (exit ${result.status})`);
  writeFileSync(join(folder, 'node_modules', '.installed'), digest);
}

const rtc_folder = join(interop_root, 'rtc');
for (const folder of [interop_root, ...client_versions.map(client_folder), rtc_folder]) {
  if (!is_installed(folder)) install(folder);
}
