// Child processes that never outlive this one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const running = new Set();
const setpriv = '/usr/bin/setpriv';

function kill_all() {
  for (const child of running) child.kill('SIGKILL');
}

process.on('exit', kill_all);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(1));
}

/// Like `spawn`. Where setpriv exists the kernel ends the child even if this process is killed.
export function spawn_child(command, args, options = {}) {
  const guarded = existsSync(setpriv);
  const child = guarded
    ? spawn(setpriv, ['--pdeathsig', 'KILL', '--', command, ...args], options)
    : spawn(command, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/// Resolves with {code, signal} once the child is gone.
export function exited(child) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  }
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
}
